#include <fstream>
#include <utility>

#include <gmock/gmock.h>

#include "base/json.h"
#include "cli_bench.h"

namespace edu::app {
namespace {

using test::Outcome;
using testing::HasSubstr;

class CliImport : public test::CliTest {
 protected:
  using CliTest::sent;
  // What was asked about the file of that name.
  json::object sent(std::string_view name) {
    for (const auto& request : station_.requests())
      if (request.body.find(name) != std::string::npos) return json::parse(request.body).as_object();
    return {};
  }
};

TEST_F(CliImport, ImportsFilesByTheirWholePath) {
  station_.answer("POST /api/v1/library", "received\n");
  const auto one = file("a.mp4", "x"), two = file("b.mp4", "y");
  const auto outcome = run({"library", "import", one, two, "--receiver", "Li"});
  EXPECT_EQ(outcome.exit, Exit::done);
  EXPECT_EQ(outcome.out, "received\nreceived\n");
  EXPECT_EQ(get_string(sent(), "path"), two);
  EXPECT_EQ(get_string(sent(), "receiver"), "Li");
}

TEST_F(CliImport, WalksAFolderItselfAndSendsItsFilesOneByOne) {
  station_.answer("POST /api/v1/library", R"({"reception":1,"outcome":"stored","text":"received"})");
  fs::create_directories(folder_ / "stick" / "films");
  file("stick/films/a.mp4", "film");
  file("stick/films/notes.bin", std::string(100, '\1'));
  file("stick/plan.docx", "PK\3\4");
  const auto outcome = run({"library", "import", folder_ / "stick"});
  EXPECT_EQ(outcome.exit, Exit::done) << outcome.err;
  EXPECT_THAT(outcome.out, testing::StartsWith("received\nreceived\n"));
  EXPECT_THAT(outcome.out, HasSubstr("1 documents or archives"));
  const auto notes = sent("notes.bin");
  EXPECT_EQ(notes.at("only_media"), true);
  EXPECT_EQ(json::serialize(notes.at("descriptors")), R"(["file"])");
  EXPECT_FALSE(sent("a.mp4").contains("only_media"));
  EXPECT_EQ(run({"library", "import", folder_ / "stick" / "films", "--json"}).out,
            R"({"receptions":[{"name":"a.mp4","detail":"received","reception":1,"outcome":"stored"},)"
            R"({"name":"notes.bin","detail":"received","reception":1,"outcome":"stored"}],)"
            R"("titles_passed":0,"complete":true,"passed":{}})"
            "\n");
}

TEST_F(CliImport, ImportsAFileWhoseNameIsNotUtf8) {
  station_.answer("POST /api/v1/library", "received\n");
  const auto name = file("\xCD\xF5.mp4", "x");
  EXPECT_EQ(run({"library", "import", name}).exit, Exit::done);
  EXPECT_FALSE(sent().contains("path"));
  EXPECT_THAT(get_string(sent(), "path_percent"), testing::EndsWith("%CD%F5.mp4"));
}

TEST_F(CliImport, GoesOnAfterAFileThatIsRefusedAndExitsWith1) {
  station_.answer("POST /api/v1/library", "received\n");
  const auto outcome = run({"library", "import", folder_ / "none.mp4", file("a.mp4", "x")});
  EXPECT_EQ(outcome.exit, Exit::refused);
  EXPECT_THAT(outcome.err, HasSubstr("none.mp4"));
  EXPECT_EQ(outcome.out, "received\n");
}

}  // namespace
}  // namespace edu::app
