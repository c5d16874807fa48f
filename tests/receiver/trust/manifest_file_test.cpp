#include "receiver/trust/manifest_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/receiver/receiving.h"

namespace edu::receiver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ManifestFiles : public testing::Test {
 protected:
  ManifestFile manifest(const std::string& name, std::string_view content) {
    write_file(folder_ / name, content);
    return read_manifest(folder_ / name);
  }
  test::TempFolder folder_;
  Files files_;
};

TEST_F(ManifestFiles, ASidecarDescribesTheFileBesideIt) {
  const auto m = manifest("a.mp4.manifest.json", R"({"title": "甲"})");
  EXPECT_EQ(describe(m, folder_ / "a.mp4")->content->title, "甲");
  EXPECT_FALSE(describe(m, folder_ / "b.mp4"));
  EXPECT_TRUE(is_manifest_name("A.MANIFEST.JSON"));
  EXPECT_FALSE(is_manifest_name("manifest.json"));
}

TEST_F(ManifestFiles, AListDescribesItsPartsAlone) {
  const auto m = manifest("set.manifest.json", R"({"title": "甲", "parts": [{"file": "a.mp4"},
                                                  {"file": "b.mp4", "received": true}]})");
  EXPECT_EQ(describe(m, folder_ / "a.mp4")->content->title, "甲 (1/2)");
  EXPECT_EQ(describe(m, folder_ / "a.mp4")->part, "a.mp4");
  EXPECT_FALSE(describe(m, folder_ / "b.mp4"));
  EXPECT_FALSE(describe(m, folder_ / "set"));
}

TEST_F(ManifestFiles, FindsAPartWhoseNameOnTheDiskIsGb18030) {
  const auto m = manifest("set.manifest.json", R"({"parts": [{"file": "课.mp4"}]})");
  EXPECT_TRUE(describe(m, folder_ / "\xBF\xCE.mp4"));
}

TEST_F(ManifestFiles, ABadSidecarIsTheRefusalOfItsFile) {
  const auto m = manifest("a.mp4.manifest.json", "{");
  EXPECT_EQ(describe(m, folder_ / "a.mp4")->content.error().code, "receiver.manifest_json");
  EXPECT_FALSE(describe(m, folder_ / "b.mp4"));
}

TEST_F(ManifestFiles, RefusesLinksPipesAndWhatIsTooLargeWithoutReadingThem) {
  fs::create_symlink("/etc/passwd", folder_ / "link.manifest.json");
  ::mkfifo((folder_ / "fifo.manifest.json").c_str(), 0600);
  for (const auto* name : {"link.manifest.json", "fifo.manifest.json", "none.manifest.json"})
    EXPECT_EQ(read_manifest(folder_ / name).content.error().code, "receiver.manifest_unreadable") << name;
  const auto large = manifest("large.manifest.json", "{}" + std::string(kManifestLimit, ' '));
  EXPECT_EQ(large.content.error().code, "receiver.manifest_too_large");
}

TEST_F(ManifestFiles, ASidecarIsRemovedWithItsFileUnlessItChanged) {
  const auto m = manifest("a.mp4.manifest.json", "{}");
  const auto description = describe(m, folder_ / "a.mp4").value();
  write_file(m.path, R"({"title": "newer"})");
  give_up(files_, description);
  EXPECT_TRUE(fs::exists(m.path));
  write_file(m.path, "{}");
  give_up(files_, description);
  EXPECT_FALSE(fs::exists(m.path));
}

TEST_F(ManifestFiles, AListIsMarkedAndRemovedWithItsLastPart) {
  const auto m = manifest(
      "set.manifest.json",
      "\xEF\xBB\xBF{\"later\": 1.5, \"parts\": [{\"file\": \"a\"}, {\"file\": \"b\", \"x\": null}]}");
  const auto first = describe(m, folder_ / "a").value(), second = describe(m, folder_ / "b").value();
  give_up(files_, first);
  const auto marked = read_manifest(m.path);
  EXPECT_TRUE(marked.content->parts[0].received);
  EXPECT_FALSE(marked.content->parts[1].received);
  EXPECT_THAT(marked.bytes, testing::HasSubstr("later"));  // what we do not know stays
  EXPECT_FALSE(describe(marked, folder_ / "a"));
  give_up(files_, second);
  EXPECT_THAT(names_in(folder_.path()), IsEmpty());
  give_up(files_, second);  // gone already: nothing to do
}

}  // namespace
}  // namespace edu::receiver
