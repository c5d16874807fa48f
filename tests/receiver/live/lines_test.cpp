#include "receiver/live/lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "receiver/live/address.h"

namespace edu::live {
namespace {

RecordLine progress(bool signal) {
  RecordLine line;
  line.signal = signal;
  line.bytes = 7;
  line.segments = 2;
  return line;
}

TEST(RecordLines, ComeBackAsTheyWereWritten) {
  auto line = progress(true);
  EXPECT_EQ(parse_record_line(to_line(line)), line);
  line = progress(false);
  line.trouble = Refusal{"live.no_service", {{"what", "101"}}, Refusal::Kind::unavailable};
  EXPECT_EQ(parse_record_line(to_line(line)), line);
  line = progress(false);
  line.kind = RecordLine::Kind::gap;
  line.gap = {1'795'000'000'000, 2'500};
  EXPECT_EQ(parse_record_line(to_line(line)), line);
  line.kind = RecordLine::Kind::ended;
  line.why = "stopped";
  EXPECT_EQ(parse_record_line(to_line(line)), line);
  line.gap = {};
  EXPECT_EQ(parse_record_line(to_line(line)), line);
}

TEST(RecordLines, AJoinComesBackAsItWasWritten) {
  const JoinLine under_way{false, 9, 0, 0, 0}, joined{true, 9, 1'000, 1, 40};
  EXPECT_EQ(parse_join_line(to_line(under_way)), under_way);
  EXPECT_EQ(parse_join_line(to_line(joined)), joined);
}

TEST(RecordLines, OrdersComeBackAsTheyWereWritten) {
  const RecordOrder order{"udp://239.1.2.3:5000", 101, "/tmp/x", 60, 1'000, 1'795'000'000'000, 1'500};
  EXPECT_EQ(parse_record_order(to_line(order)), order);
  EXPECT_EQ(parse_join_order(to_line(order)), std::nullopt);
  const JoinOrder join{"/tmp/x", "/tmp/y"};
  EXPECT_EQ(parse_join_order(to_line(join)), join);
  EXPECT_EQ(parse_record_order(to_line(join)), std::nullopt);
  EXPECT_EQ(parse_record_order(R"({"do":"record","seconds":-1})"), std::nullopt);
}

TEST(RecordLines, WhatIsNotOfThisFormIsGarbage) {
  for (const char* line :
       {"", "[]", "{}", "null", R"({"bytes":1,"segments":0})", R"({"signal":1,"bytes":-1,"segments":0})",
        R"({"signal":1,"bytes":1})", R"({"signal":1,"bytes":"1","segments":0})",
        R"({"bytes":1,"segments":1,"gap_start_ms":5})",
        R"({"signal":1,"bytes":9223372036854775807,"segments":1})",
        R"({"ended":"because","bytes":1,"segments":1})", R"({"refused":"made_up"})"})
    EXPECT_EQ(parse_record_line(line).error().code, "live.garbage") << line;
  for (const char* line : {"", "{}", R"({"written":1})", R"({"joining":-1})"})
    EXPECT_EQ(parse_join_line(line).error().code, "live.garbage") << line;
  EXPECT_EQ(parse_record_line(std::string(kLongestLine + 1, ' ')).error().code, "live.garbage");
}

TEST(RecordLines, ARefusalKeepsItsWordWithinBounds) {
  const auto line = R"({"refused":"not_written","what":")" + std::string(3000, 'x') + "\"}";
  const auto refusal = parse_record_line(line).error();
  EXPECT_EQ(refusal.code, "live.not_written");
  EXPECT_EQ(refusal.args.at("what").size(), 200u);
  EXPECT_EQ(parse_join_line(R"({"refused":"no_data","what":"a\nb"})").error().args.at("what"), "a b");
}

TEST(Address, NeverShowsAPassword) {
  EXPECT_EQ(without_credentials("rtsp://me:secret@10.0.0.1:554/one?token=x#y"), "rtsp://10.0.0.1:554/one");
  EXPECT_EQ(without_credentials("http://a@b:c@host/p"), "http://host/p");
  EXPECT_EQ(without_credentials("http://host/@path"), "http://host/@path");
  EXPECT_EQ(without_credentials("udp://@239.1.2.3:5000?localaddr=10.0.0.2"), "udp://239.1.2.3:5000");
  EXPECT_EQ(without_credentials("udp://239.1.2.3:5000"), "udp://239.1.2.3:5000");
  EXPECT_EQ(without_credentials("nonsense?key=1"), "nonsense");
  EXPECT_EQ(without_credentials("me:secret@host/one"), "host/one");
  EXPECT_EQ(without_credentials("no scheme://me:secret@host/one"), "host/one");
  EXPECT_EQ(without_credentials("http://u:p@"), "http://");
}

TEST(Address, IsASourceAsRecordsKeepIt) {
  EXPECT_EQ(source_of("a  b", "rtsp://me:x@h/1"), "a b · rtsp://h/1");
  EXPECT_EQ(source_of("a", "http://h/" + std::string(2000, 'x')).size(), 900u);
}

}  // namespace
}  // namespace edu::live
