// What becomes of objects that fail, are described again, or are too many.
#include "bench.h"

namespace edu::multicast {
namespace {

class ReplacedTest : public InSession {};

using testing::ElementsAre;
using testing::IsEmpty;

// Under AddressSanitizer it also shows that nothing of the forgotten entry is touched.
TEST_F(ReplacedTest, WhatNoFdtNamesAndFailsAtOnceIsForgottenAndMayComeAgain) {
  receiver_.room = refuse("library.no_space", {}, Refusal::Kind::no_space);
  flute::PacketHeader header;
  header.tsi = 7;
  header.toi = {0, 1};
  header.close_object = true;
  const auto huge = no_code(60ull << 30, 8000, 1 << 13);
  const auto fti = fec::write_fti(huge);
  header.fti = fti;
  for (int i = 0; i < 3; ++i) receiver_.take(sender_.packet(header, huge, {0, 0, 0}, Bytes(8000)));
  EXPECT_THAT(receiver_.sessions.status(10), IsEmpty());
  receiver_.room = {};
  receiver_.take(sender_.object({0, 1}, no_code(0), content_, true));
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
}

TEST_F(ReplacedTest, TakesTheSentLengthOfACompressedObjectFromItsPacketsWhereTheFdtHasNone) {
  const auto packed = flute::deflate(flute::ContentEncoding::gzip, content_);
  ASSERT_NE(packed.size(), content_.size());
  auto file = file_of({0, 1}, "a.mp4", content_, no_code(0));
  file.transfer_length.reset();
  file.oti.reset();
  file.content_encoding = flute::ContentEncoding::gzip;
  receiver_.take(sender_.fdt(1, {file}));
  receiver_.take(sender_.object({0, 1}, no_code(0), packed, true));
  receiver_.settle();
  ASSERT_THAT(names(), ElementsAre("a.mp4"));
  EXPECT_EQ(content_of(receiver_.ended[0].file.path), content_);
}

TEST_F(ReplacedTest, WhatFailedByAFaultOfTheStationIsTriedAgainLater) {
  const auto fdt = sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))});
  receiver_.take(fdt);
  receiver_.room = refuse("multicast.storage_failed", {}, Refusal::Kind::unavailable);
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  receiver_.room = {};
  receiver_.pass(std::chrono::minutes(11));
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4!multicast.storage_failed", "a.mp4"));
}

// Descriptors of this process that lead into the folder.
std::ptrdiff_t open_files(const fs::path& folder) {
  std::ptrdiff_t count = 0;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    count += fs::read_symlink(entry, gone).string().starts_with(folder.string()) ? 1 : 0;
  }
  return count;
}

TEST_F(ReplacedTest, OfThousandsOfObjectsOnlySomeKeepTheirFilesOpen) {
  FluteSession::Limits limits;
  limits.open = 3;
  Receiver receiver(folder_.path(), files_, 1 << 20, limits);
  std::vector<flute::File> files;
  for (std::uint64_t i = 1; i <= 40; ++i)
    files.push_back(file_of({0, i}, "a" + std::to_string(i), content_, no_code(0)));
  const std::vector<flute::File> first(files.begin(), files.begin() + 20);
  const std::vector<flute::File> second(files.begin() + 20, files.end());
  receiver.take(sender_.fdt(1, first), 1);
  receiver.take(sender_.fdt(1, second), 2);
  const auto some = [&](std::uint64_t toi) {
    auto packets = sender_.object({0, toi}, no_code(0), content_);
    packets.resize(packets.size() - 1);
    return packets;
  };
  for (std::uint64_t i = 1; i <= 20; ++i) receiver.take(some(i), 1), receiver.take(some(20 + i), 2);
  for (int i = 0; i < 3; ++i) receiver.pass(milliseconds(500));
  EXPECT_LE(open_files(folder_ / "partial"), 3 * 3);
  const auto last = [&](std::uint64_t toi) { return sender_.object({0, toi}, no_code(0), content_).back(); };
  for (std::uint64_t i = 1; i <= 20; ++i) receiver.take(last(i), 1), receiver.take(last(20 + i), 2);
  receiver.settle();
  EXPECT_EQ(receiver.ended.size(), 40u);
  for (const auto& one : receiver.ended) EXPECT_FALSE(one.refusal);
}

TEST_F(ReplacedTest, WhatNoFdtNamesClosesItsFilesWhenItPauses) {
  auto packets = sender_.object({0, 1}, no_code(0), content_, true);
  const auto last = packets.back();
  packets.pop_back();
  receiver_.take(packets);
  receiver_.pass(std::chrono::seconds(3));
  receiver_.pass(std::chrono::seconds(1));
  EXPECT_EQ(open_files(folder_ / "partial"), 0);
  receiver_.take(last);
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
}

TEST_F(ReplacedTest, AVersionThatIsReplacedBeforeItIsWholeHasExactlyOneRecord) {
  auto file = file_of({0, 1}, "a.mp4", content_, no_code(0));
  file.md5 = flute::Md5().update(content_).finish();
  auto newer = file;
  const auto other = noise(content_.size(), 9);
  newer.md5 = flute::Md5().update(other).finish();
  receiver_.take(sender_.fdt(1, {file}));
  auto packets = sender_.object({0, 1}, no_code(0), content_);
  receiver_.take_some({packets.begin(), packets.begin() + 20});
  receiver_.take(sender_.fdt(2, {newer}));
  receiver_.take(sender_.object({0, 1}, no_code(0), other));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4!multicast.replaced", "a.mp4"));
  EXPECT_NE(receiver_.ended.at(0).no, receiver_.ended.at(1).no);
  EXPECT_NE(receiver_.ended[0].refusal->kind, Refusal::Kind::invalid) << "the sender may go back to it";
  EXPECT_EQ(content_of(receiver_.ended[1].file.path), other);
}

TEST_F(ReplacedTest, AManifestThatIsReplacedHasNoRecord) {
  auto file = file_of({0, 1}, "a.mp4.manifest.json", content_, no_code(0));
  receiver_.take(sender_.fdt(1, {file}));
  receiver_.take(sender_.object({0, 1}, no_code(0), content_).front());
  const auto other = noise(3000);
  receiver_.take(sender_.fdt(2, {file_of({0, 1}, "a.mp4.manifest.json", other, no_code(0))}));
  receiver_.take(sender_.object({0, 1}, no_code(0), other));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4.manifest.json"));
}

TEST_F(ReplacedTest, WhatIsFinishingIsDeliveredBeforeItsToiNamesAnother) {
  const auto other = noise(4000, 9);
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  const auto fdt = sender_.fdt(2, {file_of({0, 1}, "b.mp4", other, no_code(0))});
  receiver_.take(fdt);  // once: its repetition is known and skipped
  receiver_.settle();
  receiver_.take(fdt);
  receiver_.take(sender_.object({0, 1}, no_code(0), other));
  receiver_.settle();
  ASSERT_THAT(names(), ElementsAre("a.mp4", "b.mp4"));
  EXPECT_EQ(content_of(receiver_.ended[0].file.path), content_);
  EXPECT_EQ(content_of(receiver_.ended[1].file.path), other);
}

// Only the encoding differs, so that old and new have one key and one place on the disk.
TEST_F(ReplacedTest, TheReplacementOfAnObjectThatAWorkerHasIsNotTouchedByIt) {
  const auto packed = flute::deflate(flute::ContentEncoding::gzip, content_);
  auto file = file_of({0, 1}, "a.mp4", packed, no_code(0));
  receiver_.take(sender_.fdt(1, {file}));
  auto packets = sender_.object({0, 1}, no_code(0), packed);
  receiver_.take_some({packets.begin(), packets.begin() + 20});
  receiver_.now.mono += std::chrono::seconds(1);
  receiver_.sessions.tick(receiver_.now);  // a worker makes it durable, and has not done so yet
  ASSERT_GT(receiver_.jobs.waiting(), 0u);
  file.content_encoding = flute::ContentEncoding::gzip;
  file.content_length = content_.size();
  receiver_.take(sender_.fdt(2, {file}));
  receiver_.take_some({packets.begin(), packets.begin() + 30});
  receiver_.now.mono += std::chrono::seconds(1);
  receiver_.sessions.tick(receiver_.now);
  receiver_.settle();
  receiver_.take(packets);
  receiver_.pass(std::chrono::seconds(3));
  ASSERT_THAT(names(), ElementsAre("a.mp4!multicast.replaced", "a.mp4"));
  EXPECT_EQ(content_of(receiver_.ended[1].file.path), content_);
  EXPECT_TRUE(fs::is_empty(folder_ / "partial"));
}

TEST_F(ReplacedTest, ATransferLengthThatBecomesKnownIsNoReplacement) {
  const auto packed = flute::deflate(flute::ContentEncoding::gzip, content_);
  auto file = file_of({0, 1}, "a.mp4", content_, no_code(0));
  file.content_encoding = flute::ContentEncoding::gzip;
  file.transfer_length.reset();
  file.oti.reset();
  receiver_.take(sender_.fdt(1, {file}));
  const auto packets = sender_.object({0, 1}, no_code(0), packed, true);
  receiver_.take_some({packets.begin(), packets.begin() + 20});
  file.transfer_length = packed.size();
  receiver_.take(sender_.fdt(2, {file}));
  receiver_.take_some({packets.begin() + 20, packets.end()});
  receiver_.settle();
  ASSERT_THAT(names(), ElementsAre("a.mp4"));
  EXPECT_EQ(content_of(receiver_.ended[0].file.path), content_);
}

TEST_F(ReplacedTest, WhatIsTooLargeHasOneRecordAlsoAfterARestart) {
  FluteSession::Limits limits;
  limits.largest = 4000;
  const auto fdt = sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))});
  const auto packets = sender_.object({0, 1}, no_code(0), content_, true);
  Receiver first(folder_.path(), files_, 1 << 20, limits);
  first.take(packets);  // before its FDT, and after it
  EXPECT_THAT(names(first), IsEmpty());
  first.take(fdt);
  first.take(packets);
  ASSERT_THAT(names(first), ElementsAre("a.mp4!multicast.too_large"));
  first.done.add(first.ended[0].key);  // as the receiver asks once it is recorded
  Receiver restarted(folder_.path(), files_, 1 << 20, limits);
  restarted.take(fdt);
  restarted.take(packets);
  EXPECT_THAT(names(restarted), IsEmpty());
}

}  // namespace
}  // namespace edu::multicast
