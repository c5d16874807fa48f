// What a deck does with its orders, by a clock that the test moves and a player that plays what the test
// says.
#include "player/deck/order_player.h"

#include <fstream>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"
#include "tests/support/run.h"
#include "tests/support/temp_folder.h"

namespace edu::player {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FakeMedia final : public MediaPlayer {
 public:
  std::int64_t load(const std::filesystem::path& path, bool append) override {
    done.push_back((append ? "append " : "load ") + path.filename().string());
    return ++entries;
  }
  void unload() override { done.emplace_back("unload"); }
  void pause(bool paused) override { done.emplace_back(paused ? "pause" : "play"); }
  void next() override { done.emplace_back("next"); }
  void ask_position() override {}

  std::vector<std::string> done;
  std::int64_t entries = 0;
};

class OrderPlayerTest : public testing::Test {
 protected:
  DeckItem item(const char* name, milliseconds declared = seconds(1)) {
    const auto path = folder_ / name;
    std::ofstream(path) << name;
    return {path, declared};
  }
  void arm(std::uint64_t id, milliseconds ahead, std::vector<DeckItem> items) {
    const ArmOrder order{id, clock_.now() + ahead, std::move(items)};
    player_.arm(order);
    test::settle(loop_);
  }
  void pass(milliseconds span) {
    clock_.advance(span);
    test::settle(loop_);
  }
  // A file that the player has opened moves from position `from` on.
  void opens(std::int64_t entry) {
    player_.event(FileStarted{entry});
    player_.event(FileReady{});
  }
  void moves(milliseconds from, milliseconds length) {
    player_.event(Moving{true});
    player_.event(Position{from});
    pass(length);
    player_.event(Position{from + length});
  }
  void stands(milliseconds span) {
    player_.event(Moving{false});
    pass(span);
  }
  void ends(std::int64_t entry) { player_.event(FileEnded{entry, FileEnded::Reason::eof, ""}); }
  std::vector<std::string> done() { return std::exchange(media_.done, {}); }
  template <class Message>
  std::vector<Message> told() const {
    std::vector<Message> out;
    for (const auto& message : told_)
      if (const auto* one = std::get_if<Message>(&message)) out.push_back(*one);
    return out;
  }

  edu::test::TempFolder folder_;
  asio::io_context loop_;
  edu::test::ManualClock clock_{from_ms(1'795'000'000'000)};
  FakeMedia media_;
  std::vector<DeckMessage> told_;
  OrderPlayer player_{loop_.get_executor(), media_, clock_,
                      [this](const DeckMessage& message) { told_.push_back(message); }};
};

TEST_F(OrderPlayerTest, PreloadsPausedAndStartsAtTheInstant) {
  const auto instant = clock_.now() + seconds(1);
  arm(7, seconds(1), {item("a"), item("b")});
  EXPECT_THAT(done(), ElementsAre("pause", "load a", "append b"));
  opens(1);
  EXPECT_THAT(told<Ready>(), ElementsAre(Ready{7}));
  pass(milliseconds(999));
  EXPECT_THAT(done(), IsEmpty());
  pass(milliseconds(1));
  EXPECT_THAT(done(), ElementsAre("play"));
  EXPECT_THAT(told<Started>(), IsEmpty());  // nothing was seen of it yet
  pass(milliseconds(40));
  moves(milliseconds(0), milliseconds(100));
  EXPECT_THAT(told<Started>(), ElementsAre(Started{7, 0, instant, instant + milliseconds(40)}));
}

TEST_F(OrderPlayerTest, WaitsForTheInstantByTheClockThatWasSet) {
  const auto before = clock_.now();
  arm(7, seconds(10), {item("a")});
  done();
  clock_.set(before - seconds(60));
  test::settle(loop_);
  pass(seconds(69));
  EXPECT_THAT(done(), IsEmpty());
  pass(seconds(1));
  EXPECT_THAT(done(), ElementsAre("play"));
}

TEST_F(OrderPlayerTest, StartsAtOnceWhatIsDue) {
  arm(7, -seconds(5), {item("a")});
  EXPECT_THAT(done(), ElementsAre("pause", "load a", "play"));
}

TEST_F(OrderPlayerTest, APauseEndsASpan) {
  arm(7, seconds(0), {item("a", seconds(3))});
  opens(1);
  moves(milliseconds(0), milliseconds(1000));
  done();
  player_.take(OrderTo{OrderTo::Verb::pause, 7});
  EXPECT_THAT(done(), ElementsAre("pause"));
  stands(milliseconds(700));
  player_.take(OrderTo{OrderTo::Verb::resume, 7});
  EXPECT_THAT(done(), ElementsAre("play"));
  moves(milliseconds(1000), milliseconds(500));
  player_.take(OrderTo{OrderTo::Verb::stop, 7});
  const auto ended = told<ItemEnded>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].reason, ItemEnd::stopped);
  EXPECT_EQ(ended[0].played, milliseconds(1500));
  ASSERT_EQ(ended[0].spans.size(), 2u);
  EXPECT_EQ(ended[0].spans[1].wall_ms - ended[0].spans[0].wall_ms, 1700);
  EXPECT_THAT(told<Finished>(), ElementsAre(Finished{7, OrderEnd::stopped, ""}));
}

TEST_F(OrderPlayerTest, AnOrderThatIsDueWaitsForTheOneOnAir) {
  arm(1, seconds(0), {item("a")});
  opens(1);
  arm(2, milliseconds(100), {item("b")});
  arm(3, milliseconds(100), {item("c")});
  ASSERT_EQ(told<Finished>().size(), 1u);
  EXPECT_EQ(told<Finished>()[0].id, 3u);
  EXPECT_EQ(told<Finished>()[0].reason, OrderEnd::refused);
  done();
  moves(milliseconds(0), milliseconds(1000));
  EXPECT_THAT(done(), IsEmpty());
  ends(1);
  EXPECT_THAT(told<Finished>(), ElementsAre(testing::_, Finished{1, OrderEnd::played, ""}));
  EXPECT_THAT(done(), ElementsAre("pause", "load b", "play"));
}

TEST_F(OrderPlayerTest, ARevokedOrderNeverStarts) {
  arm(1, seconds(5), {item("a")});
  player_.take(OrderTo{OrderTo::Verb::revoke, 1});
  EXPECT_THAT(told<Finished>(), ElementsAre(Finished{1, OrderEnd::revoked, ""}));
  EXPECT_EQ(media_.done.back(), "unload");
  done();
  pass(seconds(60));
  EXPECT_THAT(done(), IsEmpty());
}

TEST_F(OrderPlayerTest, AfterAnItemThatCannotBePlayedTheNextStartsAtItsOwnTime) {
  const auto instant = clock_.now() + seconds(1);
  auto second = item("b");
  second.own_time = instant + seconds(20);
  arm(1, seconds(1), {{folder_ / "missing", seconds(20), instant}, second});
  EXPECT_THAT(done(), ElementsAre("pause", "load b"));
  opens(1);
  pass(seconds(1));
  EXPECT_THAT(done(), ElementsAre("pause"));
  pass(milliseconds(19'999));
  EXPECT_THAT(done(), IsEmpty());
  pass(milliseconds(1));
  EXPECT_THAT(done(), ElementsAre("play"));
  moves(milliseconds(0), milliseconds(100));
  ASSERT_EQ(told<Started>().size(), 1u);
  EXPECT_EQ(told<Started>()[0].at, instant + seconds(20));
  ends(1);
  EXPECT_THAT(told<Finished>(), ElementsAre(Finished{1, OrderEnd::played, ""}));
}

TEST_F(OrderPlayerTest, AfterAnItemThatEndsEarlyTheNextStartsAtItsOwnTime) {
  auto second = item("b");
  second.own_time = clock_.now() + seconds(20);
  arm(1, seconds(0), {item("a", seconds(20)), second});
  opens(1);
  moves(milliseconds(0), seconds(5));
  done();
  ends(1);
  EXPECT_THAT(done(), ElementsAre("pause"));
  opens(2);
  player_.take(OrderTo{OrderTo::Verb::resume, 1});
  pass(milliseconds(14'999));
  EXPECT_THAT(done(), IsEmpty());
  pass(milliseconds(1));
  EXPECT_THAT(done(), ElementsAre("play"));
}

TEST_F(OrderPlayerTest, WhatIsAllButOverGivesWayToTheNextOne) {
  auto second = item("b");
  second.own_time = clock_.now() + seconds(20);
  arm(1, seconds(0), {item("a", seconds(20)), second});
  opens(1);
  pass(milliseconds(60));
  moves(milliseconds(0), milliseconds(19'900));
  done();
  pass(milliseconds(40));
  EXPECT_THAT(done(), ElementsAre("next"));
  player_.event(FileEnded{1, FileEnded::Reason::stopped, ""});
  ASSERT_EQ(told<ItemEnded>().size(), 1u);
  EXPECT_EQ(told<ItemEnded>()[0].reason, ItemEnd::eof);
  EXPECT_EQ(told<ItemEnded>()[0].played, milliseconds(19'940));
}

TEST_F(OrderPlayerTest, WhatHasMoreToShowGoesOn) {
  auto second = item("b");
  second.own_time = clock_.now() + seconds(20);
  arm(1, seconds(0), {item("a", seconds(25)), second});
  opens(1);
  moves(milliseconds(0), seconds(20));
  done();
  moves(seconds(20), seconds(5));
  EXPECT_THAT(done(), IsEmpty());
}

TEST_F(OrderPlayerTest, AnItemWhoseOwnTimeIsPastFollowsAtOnce) {
  auto second = item("b");
  second.own_time = clock_.now() + seconds(1);
  arm(1, seconds(0), {item("a"), second});
  opens(1);
  moves(milliseconds(0), seconds(1));
  done();
  ends(1);
  EXPECT_THAT(done(), IsEmpty());
}

TEST_F(OrderPlayerTest, WhatIsNoFileIsNeverLoaded) {
  arm(1, seconds(0), {{folder_ / "missing", seconds(1)}, item("b"), {folder_.path(), seconds(1)}});
  const auto ended = told<ItemEnded>();
  ASSERT_EQ(ended.size(), 2u);
  EXPECT_EQ(ended[0].item, 0u);
  EXPECT_EQ(ended[1].item, 2u);
  EXPECT_EQ(ended[0].reason, ItemEnd::error);
  EXPECT_THAT(told<Finished>(), IsEmpty());
  opens(1);
  ends(1);
  EXPECT_THAT(told<Finished>(), ElementsAre(Finished{1, OrderEnd::played, ""}));
}

}  // namespace
}  // namespace edu::player
