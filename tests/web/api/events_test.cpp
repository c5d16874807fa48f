#include "web/api/events.h"

#include <gmock/gmock.h>

#include "tests/support/manual_clock.h"
#include "tests/support/run.h"
#include "tests/support/temp_folder.h"

namespace edu::web {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

logs::Record record(std::int64_t seq) {
  logs::Record made;
  made.seq = seq;
  made.body = R"({"kind":"programme.added","seq":)" + std::to_string(seq) + "}";
  return made;
}

class Events : public testing::Test {
 protected:
  std::string next(EventStream& stream) { return test::run(loop_, stream.next()); }
  asio::io_context loop_;
};

TEST_F(Events, AreNumberedNamedAndOnOneLine) {
  EXPECT_EQ(event_text(record(7)),
            "id: 7\nevent: programme.added\ndata: {\"kind\":\"programme.added\",\"seq\":7}\n\n");
}

TEST_F(Events, ReachEveryListenerInOrder) {
  EventHub hub;
  const auto one = hub.subscribe(), two = hub.subscribe();
  hub.publish(record(1));
  hub.publish(record(2));
  for (const auto& stream : {one, two}) {
    EXPECT_THAT(next(*stream), StartsWith("retry: "));
    EXPECT_THAT(next(*stream), StartsWith("id: 1\n"));
    EXPECT_THAT(next(*stream), StartsWith("id: 2\n"));
  }
}

TEST_F(Events, OfChannelsHaveNoNumberAndAreNotToldAgain) {
  EventHub hub;
  const auto stream = hub.subscribe();
  next(*stream);
  hub.publish(record(1));
  hub.tell("channel.object_begun", json::object{{"channel", "县"}, {"name", "a\nb"}});
  EXPECT_THAT(next(*stream), StartsWith("id: 1\n"));
  EXPECT_EQ(next(*stream), "event: channel.object_begun\ndata: {\"channel\":\"县\",\"name\":\"a\\nb\"}\n\n");
  const auto later = hub.subscribe();
  EXPECT_THAT(next(*later), StartsWith("retry: "));
  hub.publish(record(2));
  EXPECT_THAT(next(*later), StartsWith("id: 2\n"));
}

TEST_F(Events, WakeAListenerThatWaits) {
  EventHub hub;
  const auto stream = hub.subscribe();
  next(*stream);
  std::string got;
  const auto keep = [&](std::exception_ptr, std::string piece) { got = std::move(piece); };
  asio::co_spawn(loop_, stream->next(), keep);
  test::settle(loop_);
  EXPECT_THAT(got, IsEmpty());
  hub.publish(record(1));
  test::settle(loop_);
  EXPECT_THAT(got, StartsWith("id: 1\n"));
}

TEST_F(Events, AreReplayedAndNotToldTwice) {
  EventHub hub;
  const auto stream = hub.subscribe();
  hub.publish(record(5));  // committed while the journal was being read
  hub.publish(record(6));
  stream->replay({3, {record(4), record(5)}});
  const auto missed = next(*stream);
  EXPECT_THAT(missed, HasSubstr("id: 4\n"));
  EXPECT_THAT(missed, HasSubstr("id: 5\n"));
  EXPECT_THAT(missed, Not(HasSubstr("event: missed")));
  EXPECT_THAT(next(*stream), StartsWith("id: 6\n"));
}

TEST_F(Events, NameARangeThatIsNoLongerTold) {
  EventHub hub;
  const auto stream = hub.subscribe();
  stream->replay({3, {record(10)}});
  EXPECT_THAT(next(*stream), HasSubstr("event: missed\ndata: {\"from\":4,\"to\":9}\n\nid: 10\n"));
}

TEST_F(Events, CutOffWhoFallsBehindAndNobodyElse) {
  EventHub hub(3);
  const auto slow = hub.subscribe(), quick = hub.subscribe();
  next(*quick);
  for (int i = 1; i <= 4; ++i) {
    hub.publish(record(i));
    EXPECT_THAT(next(*quick), StartsWith("id: " + std::to_string(i)));
  }
  next(*slow);
  EXPECT_THAT(next(*slow), IsEmpty());
}

TEST_F(Events, BeatEvery15Seconds) {
  test::ManualClock clock(from_ms(0));
  EventHub hub;
  const auto stream = hub.subscribe();
  next(*stream);
  asio::co_spawn(loop_, hub.beat(clock), asio::detached);
  test::settle(loop_);
  clock.advance(milliseconds(14'000));
  test::settle(loop_);
  std::string got = "nothing";
  const auto keep = [&](std::exception_ptr, std::string piece) { got = std::move(piece); };
  asio::co_spawn(loop_, stream->next(), keep);
  test::settle(loop_);
  EXPECT_EQ(got, "nothing");
  clock.advance(milliseconds(1'000));
  test::settle(loop_);
  EXPECT_EQ(got, ":\n\n");
}

TEST_F(Events, ForgetListenersThatWent) {
  EventHub hub(1);
  std::weak_ptr<EventStream> gone = hub.subscribe();
  EXPECT_TRUE(gone.expired());
  hub.publish(record(1));
}

class Missed : public testing::Test {
 protected:
  Missed() : database_(open_database(folder_ / "station.db")) { logs::journal::create(*database_); }
  void append(int count) {
    SQLite::Transaction transaction(*database_);
    for (int i = 0; i < count; ++i) {
      logs::Event event{"test.happened", "auto", {}, 1};
      logs::journal::append(*database_, {from_ms(1), milliseconds(1), ClockTrust::synced}, "boot", event);
    }
    transaction.commit();
  }
  test::TempFolder folder_;
  std::unique_ptr<Database> database_;
};

TEST_F(Missed, AreTheRecordsAfterTheLastThatWasSeen) {
  append(5);
  const auto missed = missed_since(*database_, 3);
  ASSERT_EQ(missed.records.size(), 2u);
  EXPECT_EQ(missed.records.front().seq, 4);
}

TEST_F(Missed, AreBounded) {
  append(static_cast<int>(kReplayed) + 50);
  const auto missed = missed_since(*database_, 0);
  EXPECT_EQ(missed.records.size(), kReplayed);
  EXPECT_EQ(missed.records.front().seq, 51);
}

TEST_F(Missed, AreNoneForANumberFromElsewhere) {
  append(5);
  for (const std::int64_t seen : {std::int64_t{5}, std::int64_t{999}, INT64_MAX}) {
    const auto missed = missed_since(*database_, seen);
    EXPECT_TRUE(missed.records.empty());
    EXPECT_EQ(missed.last_seen, 5);
  }
  EXPECT_EQ(missed_since(*database_, -7).records.size(), 5u);
}

}  // namespace
}  // namespace edu::web
