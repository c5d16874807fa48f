#include "player/probe/probe_time.h"

#include <gtest/gtest.h>

namespace edu::player {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

// A packet each second.
void play(StreamTime& stream, std::int64_t from, std::int64_t to) {
  for (auto at = from; at < to; ++at) stream.add(at * kSecond, at * kSecond, kSecond);
}

TEST(PlayTime, IsTheSumOfPartsWhereClocksBeginAgain) {
  PlayTime time(true);
  play(time.stream(0), 500, 520);
  play(time.stream(0), 1, 11);
  EXPECT_EQ(time.played(), 30 * kSecond);
  EXPECT_EQ(time.parts(), 2);
}

TEST(PlayTime, IsNever26HoursForAJumpOfTimeStamps) {
  for (const bool restarts : {false, true}) {
    PlayTime time(restarts);
    play(time.stream(0), 0, 20);
    play(time.stream(0), 95'443, 95'453);
    EXPECT_EQ(time.played(), 30 * kSecond) << restarts;
  }
}

TEST(PlayTime, CountsASlideThatStaysWhereThereIsOneClock) {
  PlayTime time(false);
  time.stream(0).add(0, 0, 0);
  time.stream(0).add(600 * kSecond, 600 * kSecond, kSecond);
  EXPECT_EQ(time.played(), 601 * kSecond);
}

TEST(PlayTime, IsThatOfTheLongestStreamWithItsWait) {
  PlayTime time(true);
  play(time.stream(0), 0, 6);
  play(time.stream(1), 2, 8);
  EXPECT_EQ(time.played(), 8 * kSecond);
}

TEST(PlayTime, GoesOnWithoutTimeStamps) {
  StreamTime stream(true);
  for (int i = 0; i < 10; ++i) stream.add({}, {}, kSecond);
  EXPECT_EQ(stream.played(), 10 * kSecond);
}

TEST(PlayTime, TakesNoHarmFromWildStamps) {
  for (const bool restarts : {false, true}) {
    StreamTime stream(restarts);
    stream.add(INT64_MIN / 4, INT64_MAX / 4, INT64_MAX);
    stream.add(INT64_MAX / 4, INT64_MIN / 4, -1);
    EXPECT_GE(stream.parts(), 1);
  }
}

}  // namespace
}  // namespace edu::player
