#include "player/deck/span_tracker.h"

#include <gtest/gtest.h>

namespace edu::player {
namespace {

constexpr std::int64_t kStart = 1'795'000'000'000;

// A player seen every 40 ms; the test says what passes and how far media advances in it.
struct Seen {
  SpanTracker tracker;
  std::int64_t time = 0, wall_offset = kStart, media = 0;

  SpanTracker::Instant now() const { return {from_ms(wall_offset + time), milliseconds(time)}; }
  void moving(bool on) { tracker.moving(now(), on); }
  void show() { tracker.position(now(), milliseconds(media)); }
  void plays(std::int64_t ms) {
    for (std::int64_t i = 0; i < ms; i += 40) time += 40, media += 40, show();
  }
  void stands(std::int64_t ms) { time += ms; }
};

TEST(SpanTracker, MeasuresUninterruptedPlayAsOneSpan) {
  Seen seen;
  seen.moving(true);
  seen.plays(2000);
  ASSERT_EQ(seen.tracker.spans(), (std::vector<PlaySpan>{{kStart, 0, 2000}}));
  EXPECT_EQ(seen.tracker.played(), milliseconds(2000));
}

TEST(SpanTracker, CountsTheLastFrameUntilTheEnd) {
  Seen seen;
  seen.moving(true);
  seen.plays(960);
  seen.moving(false);  // the player says so when it has nothing more to decode
  seen.stands(40);
  seen.tracker.end(seen.now(), milliseconds(1000));
  EXPECT_EQ(seen.tracker.played(), milliseconds(1000));
}

TEST(SpanTracker, CountsNoMoreThanWasDeclaredAtTheEnd) {
  Seen seen;
  seen.moving(true);
  seen.plays(960);
  seen.stands(200);
  seen.tracker.end(seen.now(), milliseconds(980));
  EXPECT_EQ(seen.tracker.played(), milliseconds(980));
}

TEST(SpanTracker, CountsNoStallBeforeTheEnd) {
  Seen seen;
  seen.moving(true);
  seen.plays(1000);
  seen.stands(5000);
  seen.show();
  seen.tracker.end(seen.now(), milliseconds(60'000));
  EXPECT_EQ(seen.tracker.played(), milliseconds(1000));
}

TEST(SpanTracker, CountsNothingThatIsShownWhilePaused) {
  Seen seen;
  seen.plays(400);
  seen.show();
  EXPECT_FALSE(seen.tracker.advanced());
  EXPECT_EQ(seen.tracker.played(), milliseconds(0));
}

TEST(SpanTracker, EndsASpanAtAPauseAndBeginsAnother) {
  Seen seen;
  seen.moving(true);
  seen.plays(1000);
  seen.moving(false);
  seen.stands(5000);
  seen.moving(true);
  seen.plays(600);
  EXPECT_EQ(seen.tracker.spans(), (std::vector<PlaySpan>{{kStart, 0, 1000}, {kStart + 6000, 1000, 600}}));
}

TEST(SpanTracker, AddsNothingForASeekForward) {
  Seen seen;
  seen.moving(true);
  seen.plays(1000);
  seen.tracker.sought();
  seen.media += 60'000;
  seen.show();
  seen.plays(400);
  EXPECT_EQ(seen.tracker.spans(), (std::vector<PlaySpan>{{kStart, 0, 1000}, {kStart + 1000, 61'000, 400}}));
}

TEST(SpanTracker, AddsNothingForWhatAPersonGoesBackTo) {
  Seen seen;
  seen.moving(true);
  seen.plays(1000);
  seen.tracker.sought();
  seen.media = 200;
  seen.show();
  seen.plays(400);
  EXPECT_EQ(seen.tracker.played(), milliseconds(1000));
  seen.plays(1000);  // 200 of it for the second time
  EXPECT_NEAR(static_cast<double>(seen.tracker.played().count()), 1600, 40);
}

// As a DVD title does at each chapter, a transport stream whose sender began again, parts that were joined.
TEST(SpanTracker, CountsThroughAClockThatBeginsAgain) {
  Seen seen;
  seen.moving(true);
  for (int part = 0; part < 3; ++part) {
    seen.media = 0;
    seen.plays(12'000);
  }
  seen.tracker.end(seen.now(), milliseconds(36'000));
  EXPECT_EQ(seen.tracker.played(), milliseconds(36'000));
  EXPECT_EQ(seen.tracker.last_position(), milliseconds(36'000));
}

TEST(SpanTracker, CountsThroughAClockThatBeginsFarBelowItsStart) {
  Seen seen;
  seen.moving(true);
  seen.plays(2000);
  seen.media = -498'600;
  seen.plays(1000);
  EXPECT_EQ(seen.tracker.played(), milliseconds(3000));
}

TEST(SpanTracker, CountsThroughAJumpForwardByNoMoreThanTheTimeThatPassed) {
  Seen seen;
  seen.moving(true);
  seen.plays(1000);
  seen.media += 26 * 3'600'000;
  seen.plays(1000);
  EXPECT_EQ(seen.tracker.played(), milliseconds(2000));
  EXPECT_EQ(seen.tracker.last_position(), milliseconds(2000));
}

// As mpv does where the clock of the sound begins again: it starts its output again, and the sound that was
// queued is heard to its end while the first picture waits.
TEST(SpanTracker, CountsTheSoundThatIsHeardWhileTheClockBeginsAgain) {
  Seen seen;
  seen.moving(true);
  seen.plays(2000);
  seen.media = 0;
  seen.show();
  seen.moving(false);
  seen.stands(20);
  seen.show();
  seen.moving(true);
  seen.stands(360);
  seen.plays(2000);
  EXPECT_EQ(seen.tracker.played(), milliseconds(4380));
}

TEST(SpanTracker, CountsNoLongStallWhereTheClockBeginsAgain) {
  Seen seen;
  seen.moving(true);
  seen.plays(2000);
  seen.media = 0;
  seen.show();
  seen.stands(3000);
  seen.plays(2000);
  EXPECT_LE(seen.tracker.played(), milliseconds(4000));
}

TEST(SpanTracker, LeavesOutAStallThatNobodyAnnounced) {
  Seen seen;
  seen.moving(true);
  seen.plays(1000);
  seen.stands(3000);
  seen.plays(1000);
  ASSERT_EQ(seen.tracker.spans().size(), 2u);
  EXPECT_EQ(seen.tracker.spans()[1].wall_ms, kStart + 4040);  // from the first position seen after it
  EXPECT_EQ(seen.tracker.played(), milliseconds(1960));
}

TEST(SpanTracker, BeginsWhereMediaBeganToMoveNotWhereItWasLetGo) {
  Seen seen;
  seen.moving(true);
  seen.stands(150);  // the sound device takes a moment
  seen.plays(1000);
  EXPECT_EQ(seen.tracker.spans(), (std::vector<PlaySpan>{{kStart + 150, 0, 1000}}));
}

TEST(SpanTracker, IsNotLongerThanTheTimeThatPassed) {
  Seen seen;
  seen.moving(true);
  seen.plays(40);
  seen.media += 300;
  seen.show();
  EXPECT_LE(seen.tracker.played(), milliseconds(40));
}

TEST(SpanTracker, KeepsItsLengthWhenSomebodySetsTheClock) {
  Seen seen;
  seen.moving(true);
  seen.plays(1000);
  seen.wall_offset += 3'600'000;
  seen.plays(1000);
  EXPECT_EQ(seen.tracker.spans(), (std::vector<PlaySpan>{{kStart, 0, 2000}}));
}

TEST(SpanTracker, ToleratesTheSmallCorrectionsOfAPlayer) {
  Seen seen;
  seen.moving(true);
  for (int i = 0; i < 100; ++i) {
    seen.time += 40;
    seen.media += i % 2 == 0 ? 0 : 80;
    seen.show();
  }
  EXPECT_EQ(seen.tracker.spans().size(), 1u);
  EXPECT_EQ(seen.tracker.played(), milliseconds(4000));
}

TEST(SpanTracker, BoundsTheSpansOfAFileThatJumpsAllTheTime) {
  Seen seen;
  seen.moving(true);
  for (int i = 0; i < 5000; ++i) {
    seen.tracker.sought();
    seen.media += 10'000;
    seen.show();
    seen.plays(40);
  }
  EXPECT_EQ(seen.tracker.spans().size(), 1000u);
}

}  // namespace
}  // namespace edu::player
