#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <receiver/record_lines.h>

namespace edu::receiver {
namespace {

TEST(RecordLines, ComeBackAsTheyWereWritten) {
  RecordLine line;
  line.signal = true;
  line.bytes = 7;
  line.segments = 2;
  EXPECT_EQ(parse_record_line(to_line(line)), line);
  line.signal = false;
  line.kind = RecordLine::Kind::gap;
  line.gap = {1'795'000'000'000, 2'500};
  EXPECT_EQ(parse_record_line(to_line(line)), line);
  line.kind = RecordLine::Kind::ended;
  EXPECT_EQ(parse_record_line(to_line(line)), line);
  line.gap = {};
  EXPECT_EQ(parse_record_line(to_line(line)), line);
  const JoinedRecording joined{9, 1'000};
  EXPECT_EQ(parse_joined(to_line(joined)), joined);
}

TEST(RecordLines, WhatIsNotOfThisFormIsGarbage) {
  for (const char* line :
       {"", "[]", "{}", R"({"bytes":-1,"segments":0})", R"({"bytes":1})", R"({"bytes":"1","segments":0})",
        R"({"bytes":1,"segments":1,"gap_start_ms":5})", R"({"bytes":9223372036854775807,"segments":1})",
        R"({"refused":"made_up"})"})
    EXPECT_EQ(parse_record_line(line).error().code, "receiver.live_garbage") << line;
  EXPECT_EQ(parse_joined(R"({"written":1})").error().code, "receiver.live_garbage");
  EXPECT_EQ(parse_joined(R"({"refused":"live_no_data","what":"x"})").error(),
            (Refusal{"receiver.live_no_data", {{"what", "x"}}, {}}));
}

TEST(RecordLines, NeverShowAPassword) {
  EXPECT_EQ(without_credentials("rtsp://me:secret@10.0.0.1:554/one?token=x#y"), "rtsp://10.0.0.1:554/one");
  EXPECT_EQ(without_credentials("http://a@b:c@host/p"), "http://host/p");
  EXPECT_EQ(without_credentials("http://host/@path"), "http://host/@path");
  EXPECT_EQ(without_credentials("udp://@239.1.2.3:5000?localaddr=10.0.0.2"), "udp://239.1.2.3:5000");
  EXPECT_EQ(without_credentials("udp://239.1.2.3:5000"), "udp://239.1.2.3:5000");
  EXPECT_EQ(without_credentials("nonsense?key=1"), "nonsense");
  EXPECT_EQ(without_credentials("http://u:p@"), "http://");
}

}  // namespace
}  // namespace edu::receiver
