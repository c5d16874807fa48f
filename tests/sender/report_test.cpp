#include "sender/report.h"

#include <sstream>

#include <gtest/gtest.h>

#include "base/json.h"
#include "sending.h"

namespace edu::send {
namespace {

using namespace std::chrono_literals;

class ReportTest : public ::testing::Test {
 protected:
  ReportTest() {
    sending_.file("lesson", test::noise(1'000'000));
    options_.settings = sending_.settings;
    options_.language = Language::en;
    objects_ = find_objects(options_.settings).value();
    EXPECT_TRUE(add_oti(objects_, options_.settings));
  }
  Report report(unsigned columns = 0) { return Report(options_, objects_, out_, columns); }

  test::Sending sending_;
  Options options_;
  std::vector<Object> objects_;
  std::ostringstream out_;
};

TEST_F(ReportTest, SaysWhatIsSentAndWhatBreakItBears) {
  report().begin();
  EXPECT_NE(out_.str().find("1 files (976.6 KiB) to 239.1.2.3, port 5000, at 100 Mbit/s"), std::string::npos)
      << out_.str();
  EXPECT_NE(out_.str().find("rs, 12 %"), std::string::npos);
  EXPECT_EQ(out_.str().find('{'), std::string::npos);
}

TEST_F(ReportTest, NamesFilesThatStationsWillCallOtherwise) {
  sending_.file("a:b.mp4", {1});
  objects_ = find_objects(options_.settings).value();
  ASSERT_TRUE(add_oti(objects_, options_.settings));
  report().begin();
  EXPECT_NE(out_.str().find("a:b.mp4 will be called a_b.mp4"), std::string::npos) << out_.str();
  EXPECT_EQ(out_.str().find("lesson will be"), std::string::npos);
}

TEST_F(ReportTest, ShowsALineEveryTenSecondsWithoutATerminal) {
  auto lines = report();
  for (auto now = 0s; now <= 30s; now += 1s) lines.progress({}, now);
  const auto text = out_.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
}

TEST_F(ReportTest, DrawsABarOnATerminal) {
  auto bar = report(80);
  Counts counts;
  counts.pass_bytes = 560'000;  // half of the object and its repair
  bar.progress(counts, 1s);
  EXPECT_NE(out_.str().find("50 %"), std::string::npos) << out_.str();
  EXPECT_NE(out_.str().find("[####"), std::string::npos);
  EXPECT_EQ(out_.str().find('\n'), std::string::npos);
  for (const unsigned columns : {1U, 10U, 30U}) report(columns).progress(counts, 1s);  // however narrow
}

TEST_F(ReportTest, SaysNothingWhenItShallBeQuiet) {
  options_.quiet = true;
  auto quiet = report(80);
  quiet.begin();
  quiet.progress({}, 1s);
  quiet.end({}, 1s, 0);
  EXPECT_EQ(out_.str(), "");
}

TEST_F(ReportTest, EndsWithFigures) {
  Counts counts;
  counts.passes = 2;
  counts.packets = 5;
  counts.wire_bytes = 1'250'000;
  auto lines = report();
  lines.end(counts, 1s, 7);
  EXPECT_NE(out_.str().find("2 passes, 5 packets, 1.2 MiB in 1.0 s (10 Mbit/s)"), std::string::npos)
      << out_.str();
  EXPECT_NE(out_.str().find("7 packets did not leave"), std::string::npos);
  const auto figures = boost::json::parse(lines.json(counts, 1s, 7, true)).as_object();
  EXPECT_EQ(figures.at("wire_bytes").to_number<std::uint64_t>(), 1'250'000U);
  EXPECT_EQ(figures.at("object_bytes").to_number<std::uint64_t>(), 1'000'000U);
  EXPECT_EQ(figures.at("lost_packets").to_number<std::uint64_t>(), 7U);
  EXPECT_EQ(figures.at("ms").to_number<std::uint64_t>(), 1000U);
  EXPECT_TRUE(figures.at("gso").as_bool());
}

TEST(HumanBytes, AreReadable) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(1023), "1023 B");
  EXPECT_EQ(human_bytes(1536), "1.5 KiB");
  EXPECT_EQ(human_bytes(std::uint64_t{20} << 30), "20.0 GiB");
}

}  // namespace
}  // namespace edu::send
