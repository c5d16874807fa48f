// A playout with two decks: each has an airing and a row of its own.
#include <gmock/gmock.h>

#include "tests/scheduler/station.h"

namespace edu::scheduler {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class PlayoutDecks : public Station {
 protected:
  PlayoutDecks() {
    decks_.push_back({"B", second_});
    power_on();
    add(draft("2026-11-22T19:30", {2}));
    add(draft("2026-11-22T19:50", {3}));
    advance_to("2026-11-22T19:30");
    starts();
  }
  ~PlayoutDecks() override { power_off(); }  // before its deck goes

  void second_starts() {
    second_.emit(player::Started{1, 0, clock_.now(), clock_.now()});
    settle();
  }
  std::vector<std::string> ended() { return brief("playback.ended", {"play", "reason"}); }

  test::FakeDeck second_;
};

TEST_F(PlayoutDecks, BackToBackTheFreeDeckIsArmedAtThePreload) {
  EXPECT_THAT(second_.armed(), IsEmpty());  // an occurrence goes to one deck
  advance_to("2026-11-22T19:49:55");
  EXPECT_THAT(deck_.armed(), SizeIs(1));
  ASSERT_THAT(second_.armed(), SizeIs(1));
  EXPECT_EQ(second_.armed()[0].at, at("2026-11-22T19:50"));
}

TEST_F(PlayoutDecks, WhatTheDecksSayIsToldApart) {
  advance_to("2026-11-22T19:50");
  second_starts();
  EXPECT_EQ(rows("on_air"), 2);
  item_ends(minutes(20));
  finishes();
  EXPECT_THAT(ended(), ElementsAre("1 completed"));
  EXPECT_THAT(brief("session.closed", {"session", "why"}), ElementsAre("1 ended"));
  EXPECT_EQ(rows("on_air"), 1);
  const auto status = playout_->status();
  ASSERT_TRUE(status.now);
  EXPECT_EQ(status.now->occurrence.programme, 2);
}

TEST_F(PlayoutDecks, ADeckThatFailsLeavesTheOtherAlone) {
  advance_to("2026-11-22T19:50");
  second_starts();
  second_.emit(player::Failed{"signal 9"});
  settle();
  EXPECT_THAT(ended(), ElementsAre("2 deck_failed"));
  EXPECT_EQ(playout_->status().now->occurrence.programme, 1);
}

TEST_F(PlayoutDecks, APowerCutClosesTheRecordOfBoth) {
  advance_to("2026-11-22T19:50");
  second_starts();
  power_off();
  clock_.advance(minutes(1));
  power_on();
  EXPECT_THAT(ended(), ElementsAre("1 power_loss", "2 power_loss"));
  EXPECT_EQ(rows("on_air"), 0);
}

}  // namespace
}  // namespace edu::scheduler
