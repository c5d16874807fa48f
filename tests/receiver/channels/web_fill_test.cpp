#include "receiver/channels/web_fill.h"

#include <set>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"
#include "tests/support/run.h"

namespace edu::receiver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint16_t kSymbol = 1000;

multicast::Gaps gaps_of(std::uint64_t length, std::vector<multicast::Assembly::Gap> runs) {
  multicast::Gaps gaps;
  gaps.no = 3;
  gaps.name = "a.mp4";
  gaps.length = length;
  gaps.symbol = kSymbol;
  gaps.sha256 = std::string(64, 'a');
  gaps.key[0] = 7;
  gaps.runs = std::move(runs);
  return gaps;
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges(const multicast::Gaps& gaps) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> out;
  for (const auto& piece : pieces_of(gaps)) out.emplace_back(piece.first, piece.last);
  return out;
}

using Pair = std::pair<std::uint64_t, std::uint64_t>;

TEST(WebPieces, JoinNeighboursAndLeaveFarOnesApart) {
  const auto near = gaps_of(10'000'000, {{0, 999}, {5000, 6999}, {900'000, 900'999}});
  EXPECT_THAT(ranges(near), ElementsAre(Pair{0, 6999}, Pair{900'000, 900'999}));
}

TEST(WebPieces, AreOfWholeSymbolsAndOfABoundedSize) {
  const auto large = gaps_of(5'000'500, {{0, 5'000'499}});
  std::uint64_t next = 0;
  for (const auto& piece : pieces_of(large)) {
    EXPECT_EQ(piece.first, next);
    EXPECT_EQ(piece.first % kSymbol, 0u);
    EXPECT_LE(piece.size(), kWebPiece);
    EXPECT_EQ(piece.length, 5'000'500u);
    next = piece.last + 1;
  }
  EXPECT_EQ(next, 5'000'500u);
}

// A station whose one object lacks what `missing` says, and servers that a test makes.
class WebFillTest : public testing::Test {
 protected:
  WebFillTest() {
    status.name = "tv";
    multicast::ObjectStatus object;
    object.no = 3;
    object.name = "a.mp4";
    object.state = multicast::ObjectState::receiving;
    object.bytes = 1'000'000;
    object.received = 950'000;
    object.started = clock.now();
    status.objects = {object};
    auto ended = [this](std::exception_ptr) { over = true; };
    asio::co_spawn(loop, fill.run(), asio::bind_cancellation_slot(stop.slot(), ended));
  }
  ~WebFillTest() override {
    stop.emit(asio::cancellation_type::terminal);
    settle();
    EXPECT_TRUE(over);
  }
  void settle() { loop.restart(), loop.poll(); }
  void pass(milliseconds span) {
    clock.advance(span);
    settle();
  }
  awaitable<Result<std::vector<std::uint8_t>>> fetch(WebRange range) {
    asked.push_back(range);
    if (down.contains(range.url)) co_return refuse("catalogue.connect", {}, Refusal::Kind::unavailable);
    co_return std::vector<std::uint8_t>(range.size() - (short_of_one ? 1 : 0), 1);
  }
  awaitable<Result<multicast::Gaps>> gaps_now(std::int64_t no) {
    if (no != 3) co_return refuse("receiver.no_object", {}, Refusal::Kind::not_found);
    co_return missing;
  }
  awaitable<bool> take(std::uint64_t offset, std::vector<std::uint8_t> bytes) {
    filled.emplace_back(offset, bytes.size());
    co_return wanted;
  }
  awaitable<std::vector<std::string>> where(bool by_hand) { co_return by_hand ? unsigned_urls : urls; }
  WebFill::Parts parts() {
    return {[this](WebRange range) { return fetch(std::move(range)); },
            [this](multicast::Gaps, bool by_hand) { return where(by_hand); },
            [this](const std::string&) { return open; },
            [this](std::int64_t no) { return gaps_now(no); },
            [this](const multicast::Gaps&, std::uint64_t offset, std::vector<std::uint8_t> bytes) {
              return take(offset, std::move(bytes));
            },
            [this] { return std::vector{status}; },
            clock};
  }
  std::string order(std::int64_t no) {
    const auto ordered = test::run(loop, fill.order(no));
    return ordered ? "" : ordered.error().code;
  }

  asio::io_context loop;
  test::ManualClock clock{from_ms(1'795'000'000'000)};
  multicast::ChannelStatus status;
  multicast::Gaps missing = gaps_of(1'000'000, {{10'000, 19'999}, {500'000, 500'999}});
  std::vector<std::string> urls{"http://a/a.mp4", "http://b/a.mp4"}, unsigned_urls = urls;
  std::set<std::string> down;
  bool open = true, wanted = true, short_of_one = false, over = false;
  std::vector<WebRange> asked;
  std::vector<Pair> filled;
  WebFill fill{parts(), {{"tv", {std::chrono::minutes(30), 10}}}};
  asio::cancellation_signal stop;
};

TEST_F(WebFillTest, FetchesWhatWasOrderedAndFeedsItIn) {
  const auto ordered = test::run(loop, fill.order(3));
  ASSERT_TRUE(ordered);
  EXPECT_EQ(ordered->bytes, 11'000u);
  EXPECT_EQ(ordered->url, "http://a/a.mp4");
  pass(milliseconds(5000));
  EXPECT_THAT(filled, ElementsAre(Pair{10'000, 10'000}, Pair{500'000, 1000}));
}

TEST_F(WebFillTest, AsksTheMirrorWhenAServerIsDownAndStaysWithIt) {
  down = {"http://a/a.mp4"};
  EXPECT_EQ(order(3), "");
  pass(milliseconds(5000));
  ASSERT_THAT(asked, SizeIs(3));
  EXPECT_EQ(asked[1].url, "http://b/a.mp4");
  EXPECT_EQ(asked[2].url, "http://b/a.mp4");
  EXPECT_THAT(filled, SizeIs(2));
}

TEST_F(WebFillTest, StopsWhenNoServerGivesTheBytes) {
  short_of_one = true;
  EXPECT_EQ(order(3), "");
  pass(milliseconds(5000));
  EXPECT_THAT(asked, SizeIs(2));
  EXPECT_THAT(filled, IsEmpty());
  EXPECT_FALSE(fill.ended(missing.key, false)) << "nothing of it came from the web";
}

TEST_F(WebFillTest, StopsWhenTheObjectIsWholeMeanwhile) {
  wanted = false;
  EXPECT_EQ(order(3), "");
  pass(milliseconds(5000));
  EXPECT_THAT(filled, SizeIs(1));
}

TEST_F(WebFillTest, RefusesWhatCannotBeFilled) {
  EXPECT_EQ(order(4), "receiver.no_object");
  missing.compressed = true;
  EXPECT_EQ(order(3), "receiver.gaps_compressed");
  missing.compressed = false;
  missing.rearranged = true;
  EXPECT_EQ(order(3), "receiver.gaps_compressed");
  missing.rearranged = false;
  missing.sha256.clear();  // nobody would notice wrong bytes
  EXPECT_EQ(order(3), "receiver.no_web_address");
  missing.md5.emplace();
  EXPECT_EQ(order(3), "");
  unsigned_urls.clear();
  EXPECT_EQ(order(3), "receiver.no_web_address");
}

TEST_F(WebFillTest, BeginsByItselfAfterAPassButNotBeforeItsTime) {
  status.objects[0].passes.whole = 1;
  pass(std::chrono::minutes(29));
  EXPECT_THAT(asked, IsEmpty());
  pass(std::chrono::minutes(1));
  EXPECT_THAT(filled, SizeIs(2));
  pass(std::chrono::minutes(29));  // still not whole: not again at once
  EXPECT_THAT(filled, SizeIs(2));
  pass(std::chrono::minutes(2));
  EXPECT_THAT(filled, SizeIs(4));
}

TEST_F(WebFillTest, BeginsByItselfAfterASilence) {
  pass(std::chrono::hours(2));
  EXPECT_THAT(asked, IsEmpty()) << "it is on the air, in its first pass";
  status.objects[0].passes.quiet = std::chrono::minutes(30);
  pass(milliseconds(5000));
  EXPECT_THAT(filled, SizeIs(2));
}

TEST_F(WebFillTest, LeavesToAPersonWhatIsMuchOrOutsideTheHoursOrNotSigned) {
  status.objects[0].passes.quiet = std::chrono::hours(1);
  status.objects[0].received = 899'999;
  pass(std::chrono::hours(1));
  EXPECT_THAT(asked, IsEmpty());
  status.objects[0].received = 900'000;
  open = false;
  pass(milliseconds(5000));
  EXPECT_THAT(asked, IsEmpty());
  open = true;
  urls.clear();
  pass(std::chrono::hours(1));
  EXPECT_THAT(asked, IsEmpty());
  EXPECT_EQ(order(3), "") << "by hand it is done";
  pass(milliseconds(5000));
  EXPECT_THAT(filled, SizeIs(2));
}

TEST_F(WebFillTest, DoesNotAskAgainWhereTheWebsBytesWereWrong) {
  EXPECT_EQ(order(3), "");
  pass(milliseconds(5000));
  EXPECT_TRUE(fill.ended(missing.key, false)) << "the channel is not to blame";
  EXPECT_FALSE(fill.ended(missing.key, false)) << "what came after that is the carousel's alone";
  EXPECT_EQ(order(3), "receiver.no_web_address");
}

TEST_F(WebFillTest, ForgetsWhatCameFromTheWebOnceTheObjectIsGood) {
  EXPECT_EQ(order(3), "");
  pass(milliseconds(5000));
  EXPECT_FALSE(fill.ended(missing.key, true));
  EXPECT_FALSE(fill.ended(missing.key, false));
  EXPECT_EQ(order(3), "");
}

}  // namespace
}  // namespace edu::receiver
