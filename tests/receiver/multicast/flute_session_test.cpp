// What comes in order, out of order and by other ways, as a session puts it together.
#include "bench.h"

namespace edu::multicast {
namespace {

class FluteSessionTest : public InSession {};

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(FluteSessionTest, DeliversWhatTheFdtNames) {
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "http://x/%E8%AF%BE.mp4", content_, no_code(0))}));
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  receiver_.settle();
  ASSERT_THAT(names(), ElementsAre("课.mp4"));
  EXPECT_EQ(content_of(receiver_.ended[0].file.path), content_);
  EXPECT_EQ(receiver_.ended[0].session, "192.0.2.1 TSI 7");
}

TEST_F(FluteSessionTest, BeginsFromExtFtiBeforeTheFdtCame) {
  receiver_.take(sender_.object({0, 1}, no_code(0), content_, true));
  EXPECT_THAT(names(), IsEmpty());
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  receiver_.settle();
  ASSERT_THAT(names(), ElementsAre("a.mp4"));
  EXPECT_EQ(content_of(receiver_.ended[0].file.path), content_);
}

TEST_F(FluteSessionTest, SaysWhereAnObjectStands) {
  const auto states = [this] {
    std::vector<ObjectState> out;
    for (const auto& one : receiver_.sessions.status(10)) out.push_back(one.state);
    return out;
  };
  const auto packets = sender_.object({0, 1}, no_code(0), content_, true);
  receiver_.take(packets.front());
  EXPECT_THAT(states(), ElementsAre(ObjectState::held));
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  EXPECT_THAT(states(), ElementsAre(ObjectState::receiving));
  receiver_.take(packets);
  EXPECT_THAT(states(), ElementsAre(ObjectState::finishing));
  receiver_.settle();
  EXPECT_THAT(states(), IsEmpty());
}

TEST_F(FluteSessionTest, HoldsSoManyObjectsThatNoFdtNamesAndTheOldestGivesWay) {
  FluteSession::Limits limits;
  limits.unannounced = 2;
  Receiver receiver(folder_.path(), files_, 1 << 20, limits);
  const auto begin = [&](std::uint64_t toi) {
    receiver.take(sender_.object({0, toi}, no_code(0), content_, true).front());
  };
  begin(1), begin(2);
  receiver.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  begin(3);
  EXPECT_EQ(receiver.sessions.status(10).size(), 3u) << "what has its name takes no room of theirs";
  begin(4);
  std::vector<std::int64_t> numbers;
  for (const auto& one : receiver.sessions.status(10)) numbers.push_back(one.no);
  EXPECT_THAT(numbers, ElementsAre(1, 3, 4));
  EXPECT_EQ(receiver.sessions.session_counts().not_announced, 1u);
}

TEST_F(FluteSessionTest, HoldsWhatComesBeforeTheFdtWithoutExtFti) {
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
}

TEST_F(FluteSessionTest, ReceivesNothingTwiceInACarousel) {
  const auto fdt = sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))});
  for (int pass = 0; pass < 3; ++pass) {
    receiver_.take(fdt);
    receiver_.take(sender_.object({0, 1}, no_code(0), content_));
    receiver_.settle();
  }
  ASSERT_THAT(names(), ElementsAre("a.mp4"));
  receiver_.done.add(receiver_.ended[0].key);
  Receiver restarted(folder_.path(), files_);
  restarted.take(fdt);
  restarted.take(sender_.object({0, 1}, no_code(0), content_));
  restarted.settle();
  EXPECT_THAT(restarted.ended, IsEmpty());
}

TEST_F(FluteSessionTest, TakesTheNewObjectWhenItsToiNamesAnother) {
  const auto other = noise(4000, 9);
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  const auto old = sender_.object({0, 1}, no_code(0), content_);
  receiver_.take_some({old.begin(), old.begin() + 20});
  receiver_.take(sender_.fdt(2, {file_of({0, 1}, "b.mp4", other, no_code(0))}));
  receiver_.take(sender_.object({0, 1}, no_code(0), other));
  receiver_.settle();
  ASSERT_THAT(names(), ElementsAre("a.mp4!multicast.replaced", "b.mp4"));
  EXPECT_EQ(content_of(receiver_.ended[1].file.path), other);
}

TEST_F(FluteSessionTest, ReadsTheSameInstanceAgainWhenItsBytesAreOthers) {
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  receiver_.take(sender_.fdt(1, {file_of({0, 2}, "b.mp4", content_, no_code(0))}));
  EXPECT_EQ(receiver_.sessions.session_counts().fdts, 2u);
  receiver_.take(sender_.object({0, 2}, no_code(0), content_));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("b.mp4"));
}

TEST_F(FluteSessionTest, KnowsARepeatedInstanceWithoutReadingIt) {
  const auto fdt = sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))});
  for (int i = 0; i < 5; ++i) receiver_.take(fdt);
  EXPECT_EQ(receiver_.sessions.session_counts().fdts, 1u);
}

TEST_F(FluteSessionTest, KeepsAnEntryThatLeavesTheFdtInMidCarousel) {
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  const auto packets = sender_.object({0, 1}, no_code(0), content_);
  receiver_.take_some({packets.begin(), packets.begin() + 25});
  receiver_.take(sender_.fdt(2, {file_of({0, 2}, "b.mp4", content_, no_code(0))}));
  receiver_.take_some({packets.begin() + 25, packets.end()});
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
}

TEST_F(FluteSessionTest, TakesAnFdtOfThousandsOfFilesOverSixtyFourKibibytes) {
  std::vector<flute::File> files;
  for (std::uint64_t i = 1; i <= 3000; ++i)
    files.push_back(file_of({0, i}, "course-" + std::to_string(i) + ".mp4", content_, no_code(0)));
  const auto fdt = sender_.fdt(1, files);
  ASSERT_GT(fdt.size(), (64u << 10) / 400);
  constexpr std::size_t kOfAChannel = 30 << 20;  // bytes, as a channel's blocks have
  test::TempFolder folder;
  Receiver receiver(folder.path(), files_, kOfAChannel);
  receiver.take(fdt);
  receiver.take(sender_.object({0, 2999}, no_code(0), content_));
  receiver.settle();
  EXPECT_THAT(names(receiver), ElementsAre("course-2999.mp4"));
}

TEST_F(FluteSessionTest, IsLenientWithoutTheSendersTime) {
  const auto an_hour_ago = to_ms(receiver_.now.wall) / 1000 - 3600;
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}, an_hour_ago));
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
}

TEST_F(FluteSessionTest, ComparesExpiryWithTheSendersTimeWhereItIsSent) {
  flute::PacketHeader header;
  header.tsi = 7;
  header.toi = {0, 99};
  const auto sender_now = to_ms(receiver_.now.wall) - 3'600'000;  // our clock is an hour fast
  header.sender_current_time_ms = static_cast<std::uint64_t>(sender_now);
  receiver_.take(flute::write_header(header));
  const auto soon = sender_now / 1000 + 600, past = sender_now / 1000 - 600;
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "good.mp4", content_, no_code(0))}, soon));
  receiver_.take(sender_.fdt(2, {file_of({0, 2}, "expired.mp4", content_, no_code(0))}, past));
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  receiver_.take(sender_.object({0, 2}, no_code(0), content_));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("good.mp4"));
}

TEST_F(FluteSessionTest, ForgetsAnEntryOnceItsInstanceHasExpired) {
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  const auto packets = sender_.object({0, 1}, no_code(0), content_);
  receiver_.take_some({packets.begin(), packets.begin() + 30});
  receiver_.pass(std::chrono::hours(25));
  receiver_.pass(std::chrono::seconds(11));
  EXPECT_THAT(receiver_.sessions.status(10), IsEmpty());
  // Announced again it goes on with what lies on the disk.
  receiver_.take(sender_.fdt(2, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  receiver_.take_some({packets.begin() + 30, packets.end()});
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
}

TEST_F(FluteSessionTest, KeepsTwoSendersWithOneTsiApart) {
  const auto other = noise(5000, 8);
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}), 1);
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", other, no_code(0))}), 2);
  const auto ours = sender_.object({0, 1}, no_code(0), content_),
             theirs = sender_.object({0, 1}, no_code(0), other);
  for (std::size_t i = 0; i < ours.size(); ++i) receiver_.take(ours[i], 1), receiver_.take(theirs[i], 2);
  receiver_.settle();
  ASSERT_EQ(receiver_.ended.size(), 2u);
  EXPECT_EQ(content_of(receiver_.ended[0].file.path), content_);
  EXPECT_EQ(content_of(receiver_.ended[1].file.path), other);
}

TEST_F(FluteSessionTest, AFullDiskEndsTheObjectOnceAndItIsTriedAgainLater) {
  receiver_.room = refuse("library.no_space", {}, Refusal::Kind::no_space);
  const auto fdt = sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))});
  receiver_.take(fdt);
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  EXPECT_THAT(names(), ElementsAre("a.mp4!library.no_space"));
  receiver_.room = {};
  receiver_.pass(std::chrono::minutes(11));
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4!library.no_space", "a.mp4"));
}

TEST_F(FluteSessionTest, SkipsWhatTheLibraryHas) {
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  const auto packets = sender_.object({0, 1}, no_code(0), content_);
  receiver_.take_some({packets.begin(), packets.begin() + 9});
  const auto folder = receiver_.sessions.gaps(1, 1).value().folder;
  receiver_.sessions.skip("192.0.2.1 TSI 7", "another", "a.mp4");  // a file of that name elsewhere
  EXPECT_EQ(receiver_.sessions.status(1).size(), 1u);
  receiver_.sessions.skip("192.0.2.1 TSI 7", folder, "a.mp4");
  receiver_.take_some({packets.begin() + 9, packets.end()});
  receiver_.settle();
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_TRUE(fs::is_empty(folder_ / "partial"));
}

TEST_F(FluteSessionTest, ReceivesAgainWhatWasDeliveredWrong) {
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  const auto packets = sender_.object({0, 1}, no_code(0), content_);
  receiver_.take(packets);
  receiver_.settle();
  receiver_.take(packets);  // the next pass: it is not wanted
  receiver_.settle();
  ASSERT_THAT(names(), ElementsAre("a.mp4"));
  receiver_.done.release(receiver_.ended[0].key);  // as Channel::again does
  receiver_.sessions.again(receiver_.ended[0].key);
  receiver_.take(packets);
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4", "a.mp4"));
}

TEST_F(FluteSessionTest, FillsGapsWithBytesThatCameByAnotherWay) {
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  const auto packets = sender_.object({0, 1}, no_code(0), content_);
  for (std::size_t i = 0; i < packets.size(); ++i)
    if (i < 7 || i > 11) receiver_.take(packets[i]);
  const auto no = receiver_.sessions.status(1).at(0).no;
  const auto gaps = receiver_.sessions.gaps(no, 10);
  ASSERT_TRUE(gaps);
  ASSERT_EQ(gaps->runs.size(), 1u);
  const auto [first, last] = gaps->runs[0];
  EXPECT_EQ(first, 700u);
  EXPECT_EQ(last, 1199u);
  EXPECT_TRUE(
      receiver_.sessions.fill(gaps->key, first, std::span(content_).subspan(first, last - first + 1)));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
}

TEST_F(FluteSessionTest, ResumesInTheNextRun) {
  const auto fdt = sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))});
  const auto packets = sender_.object({0, 1}, no_code(0), content_);
  receiver_.take(fdt);
  receiver_.take_some({packets.begin(), packets.begin() + 30});
  receiver_.pass(std::chrono::seconds(1));
  Receiver restarted(folder_.path(), files_);
  restarted.take(fdt);
  restarted.take_some({packets.begin() + 30, packets.end()});
  restarted.settle();
  ASSERT_EQ(restarted.ended.size(), 1u);
  EXPECT_EQ(content_of(restarted.ended[0].file.path), content_);
}

TEST_F(FluteSessionTest, SaysWhenTheNextPassIsExpected) {
  Receiver receiver(folder_.path(), files_);
  const auto content = noise(1500);
  const auto oti = no_code(content.size());
  receiver.take(
      sender_.fdt(1, {file_of({0, 1}, "a.mp4", content, oti), file_of({0, 2}, "b.mp4", content, oti)}));
  auto first = sender_.object({0, 1}, oti, content), second = sender_.object({0, 2}, oti, content);
  first.erase(first.begin() + 5);
  second.erase(second.begin() + 5);
  receiver.take(first);
  receiver.pass(milliseconds(30'000));
  receiver.take(second);
  receiver.pass(milliseconds(30'000));
  for (const auto& one : receiver.sessions.status(10)) EXPECT_EQ(one.passes.basis, Passes::Basis::none);
  receiver.take(first);
  receiver.pass(milliseconds(10'000));
  const auto status = receiver.sessions.status(10);
  ASSERT_EQ(status.size(), 2u);
  EXPECT_EQ(status[0].passes.basis, Passes::Basis::object);
  EXPECT_EQ(status[0].passes.period, milliseconds(60'000));
  EXPECT_EQ(status[0].passes.whole, 1u);
  EXPECT_EQ(status[0].passes.quiet, milliseconds(10'000));
  EXPECT_EQ(*status[0].passes.from - receiver.now.wall, milliseconds(50'000));
  EXPECT_EQ(status[1].passes.basis, Passes::Basis::session) << "the other object told how long a pass is";
  EXPECT_EQ(*status[1].passes.from - receiver.now.wall, milliseconds(20'000));
  const auto gaps = receiver.sessions.gaps(status[0].no, 10);
  ASSERT_TRUE(gaps);
  EXPECT_EQ(gaps->passes.period, milliseconds(60'000));
}

}  // namespace
}  // namespace edu::multicast
