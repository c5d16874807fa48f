#include "player/probe/media_info.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/json.h"

namespace edu::player {
namespace {

MediaInfo example() {
  MediaInfo info;
  info.container = "mp4";
  info.duration = info.declared = milliseconds(8000);
  info.readable = milliseconds(7960);
  info.size = 123456;
  info.streams = {{"video", "h264", 1280, 720, 0, 0, ""}, {"audio", "aac", 0, 0, 48000, 2, "zho"}};
  info.tags = {{"title", "果树修剪"}, {"lecturer", "李老师"}};
  info.damaged = 2;
  info.poster = std::string("\xFF\xD8\xFF\0\x01", 5);
  return info;
}

std::string changed(void (*change)(json::object&)) {
  auto value = parse_json(to_line(example())).value();
  change(value.get_object());
  return json::serialize(value);
}

TEST(MediaInfo, ComesThroughItsLineUnchanged) { EXPECT_EQ(parse_answer(to_line(example())), example()); }

TEST(MediaInfo, HoldsIntegersAndStringsOnlyInItsLine) {
  const auto value = parse_json(to_line(example())).value();
  EXPECT_NO_THROW(canonical(value));
}

TEST(MediaInfo, RefusesWhateverIsNotOfItsForm) {
  const std::vector<std::string> lines{
      "",
      "null",
      "[]",
      "{}",
      "not json",
      "{\"refused\":\"invented\"}",
      "{\"refused\":7}",
      changed([](json::object& o) { o.erase("container"); }),
      changed([](json::object& o) { o["container"] = "a\nb"; }),
      changed([](json::object& o) { o["container"] = ""; }),
      changed([](json::object& o) { o["duration_ms"] = -1; }),
      changed([](json::object& o) { o["duration_ms"] = "8000"; }),
      changed([](json::object& o) { o["readable_ms"] = 8000.5; }),
      changed([](json::object& o) { o["declared_ms"] = INT64_MAX; }),
      changed([](json::object& o) { o["took"] = "chance"; }),
      changed([](json::object& o) { o["streams"] = json::array(); }),
      changed([](json::object& o) { o["streams"] = json::array(1000, o["streams"].at(0)); }),
      changed([](json::object& o) { o["streams"].at(0).as_object()["type"] = "telepathy"; }),
      changed([](json::object& o) { o["streams"].at(0).as_object()["width"] = -4; }),
      changed([](json::object& o) { o["streams"].as_array().push_back(3); }),
      changed([](json::object& o) { o.erase("tags"); }),
      changed([](json::object& o) { o["tags"].as_object()["shell"] = "rm"; }),
      changed([](json::object& o) { o["tags"].as_object()["title"] = std::string(5000, 'a'); }),
      changed([](json::object& o) { o["tags"].as_object()["title"] = "two\nlines"; }),
      changed([](json::object& o) { o["poster"] = "####"; }),
      changed([](json::object& o) { o["poster"] = to_base64("no JPEG"); }),
      changed([](json::object& o) { o["poster"] = to_base64("\xFF\xD8" + std::string(600 * 1024, 'x')); })};
  for (const auto& line : lines) {
    const auto answer = parse_answer(line);
    ASSERT_FALSE(answer.has_value()) << line.substr(0, 200);
    EXPECT_EQ(answer.error().code, "player.probe_garbage") << line.substr(0, 200);
  }
}

TEST(MediaInfo, GivesTheProbesRefusalsTheirRoomAndDurationsForPeople) {
  const auto line =
      to_line(Refusal{"player.truncated", {{"declared_ms", "2700000"}, {"readable_ms", "61000"}}, {}});
  const auto answer = parse_answer(line);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error(),
            (Refusal{"player.truncated", {{"declared", "00:45:00"}, {"readable", "00:01:01"}}, {}}));
}

TEST(MediaInfo, RefusesARefusalWithControlCharactersInItsArguments) {
  const auto answer = parse_answer(R"({"refused":"unreadable","what":"a\u001b[2Jb"})");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, "player.probe_garbage");
}

}  // namespace
}  // namespace edu::player
