// Whoever sends nonsense to a channel, in any amount and under any number, keeps nobody else out, and costs
// no more than the channel's memory.
#include "bench.h"

namespace edu::multicast {
namespace {

using testing::ElementsAre;

class StrangersTest : public InSession {
 protected:
  static constexpr std::uint8_t kJunk = 66;

  void honest_file(std::uint8_t from = 1) {
    receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}), from);
    receiver_.take(sender_.object({0, 1}, no_code(0), content_), from);
    receiver_.settle();
  }
  void expect_bounds() {
    EXPECT_LE(receiver_.sessions.memory(), receiver_.limits.bookkeeping);
    EXPECT_LE(receiver_.memory.used(), receiver_.memory.most());
  }
  // One packet of an FDT that never becomes whole.
  Bytes fdt_piece(std::uint64_t tsi, std::uint32_t instance, std::size_t length) {
    auto oti = no_code(length, 1000, 64);
    flute::PacketHeader header;
    header.tsi = tsi;
    header.fdt = flute::FdtHeader{2, instance};
    const auto fti = fec::write_fti(oti);
    header.fti = fti;
    return sender_.packet(header, oti, {0, 0, 0}, Bytes(1000));
  }
};

TEST_F(StrangersTest, InventedSessionsKeepNobodyOut) {
  for (std::uint64_t tsi = 100; tsi < 1100; ++tsi) receiver_.take(fdt_piece(tsi, 1, 100'000), kJunk);
  EXPECT_LE(receiver_.sessions.size(), FluteSessions::kStrangersOfAddress);
  honest_file();
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
  expect_bounds();
}

TEST_F(StrangersTest, InventedSessionsOfManyAddressesKeepNobodyOut) {
  const auto fdt = sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}, std::nullopt);
  const auto packets = sender_.object({0, 1}, no_code(0), content_, true);
  std::size_t next = 0;
  for (std::uint64_t round = 0; round < 2000; ++round) {
    receiver_.take(fdt_piece(round, 1, 100'000), static_cast<std::uint8_t>(2 + round % 250));
    if (round % 20 == 0)
      receiver_.take(next < fdt.size() ? fdt[next] : packets[(next - fdt.size()) % packets.size()]), ++next;
  }
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
  EXPECT_LE(receiver_.sessions.size(), FluteSessions::kStrangers + FluteSessions::kMost);
  expect_bounds();
}

TEST_F(StrangersTest, AreBoundedWithValidListsOfFilesToo) {
  for (std::uint8_t from = 2; from < 10; ++from) {
    std::vector<flute::File> files;
    for (std::uint64_t toi = 1; toi <= 4000; ++toi)
      files.push_back(file_of({0, toi}, std::string(150, 'x') + std::to_string(toi), content_, no_code(0)));
    receiver_.take(sender_.fdt(1, files), from);
    for (std::uint64_t toi = 1; toi <= 300; ++toi)
      receiver_.take(sender_.object({0, toi}, no_code(0), content_).front(), from);
    expect_bounds();
  }
  honest_file();
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
  expect_bounds();
}

TEST_F(StrangersTest, HaveNoMoreSessionsThanTheirShare) {
  const std::vector<flute::File> none;
  for (std::uint64_t tsi = 1; tsi <= 100; ++tsi) receiver_.take(Sender(tsi).fdt(1, none), kJunk);
  receiver_.pass(std::chrono::seconds(1));
  EXPECT_EQ(receiver_.sessions.size(), FluteSessions::kMostOfAddress);
  honest_file();
  receiver_.pass(std::chrono::seconds(1));
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
  EXPECT_EQ(receiver_.sessions.size(), FluteSessions::kMostOfAddress + 1);
}

TEST_F(StrangersTest, CannotHaveASmallFdtInflatedToMegabytes) {
  const std::string blanks(8 << 20, ' ');
  const auto xml = "<FDT-Instance>" + blanks + "</FDT-Instance>";
  const auto packed = flute::deflate(flute::ContentEncoding::gzip, Bytes(xml.begin(), xml.end()));
  auto oti = no_code(packed.size(), 1000, 64);
  flute::PacketHeader header;
  header.tsi = 7;
  header.fdt = flute::FdtHeader{2, 1};
  header.content_encoding = flute::ContentEncoding::gzip;
  const auto fti = fec::write_fti(oti);
  header.fti = fti;
  for (std::uint32_t i = 0; i * 1000 < packed.size(); ++i) {
    const auto part =
        std::span(packed).subspan(i * 1000).first(std::min<std::size_t>(1000, packed.size() - i * 1000));
    receiver_.take(sender_.packet(header, oti, {0, i, 0}, part));
  }
  EXPECT_EQ(receiver_.sessions.session_counts().bad_fdts, 1u);
  EXPECT_EQ(receiver_.sessions.session_counts().fdts, 0u);
}

TEST_F(StrangersTest, AreReadByAWorkerAndNotOnTheWayOfThePackets) {
  receiver_.jobs.hold_tables = true;
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  EXPECT_EQ(receiver_.jobs.waiting(), 1u);
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4")) << "what came meanwhile was held";
}

// Of what is free on the disk unfinished files of one address have a half at most.
TEST_F(StrangersTest, LeaveHalfOfTheDisk) {
  std::uint64_t free = 1000 << 20, asked = 0;
  test::TempFolder folder;
  Receiver receiver(folder.path(), files_);
  Assembly::Parts parts = receiver.parts().assembly;
  parts.room = [&](std::uint64_t bytes) -> Result<void> {
    asked = bytes;
    return bytes <= free ? Result<void>{} : refuse("multicast.disk_full", {}, Refusal::Kind::no_space);
  };
  Accounts accounts(1 << 20);
  parts.share = accounts.share_of(address(kJunk));
  parts.share->disk() = 600 << 20;
  free -= 600 << 20;
  auto one = std::make_shared<Assembly>(parts, no_code(content_.size()), folder / "x", ObjectKey{});
  one->resume();
  for (std::uint32_t esi = 0; esi < 8; ++esi)
    one->take({0, esi, 0}, std::span(content_).subspan(esi * 100, 100));
  ASSERT_TRUE(one->failure());
  EXPECT_EQ(one->failure()->code, "multicast.disk_full");
  EXPECT_GT(asked, 600u << 20);
  parts.share = accounts.share_of(address(1));
  auto other = std::make_shared<Assembly>(parts, no_code(content_.size()), folder / "y", ObjectKey{});
  other->resume();
  for (std::uint32_t esi = 0; esi < 8; ++esi)
    other->take({0, esi, 0}, std::span(content_).subspan(esi * 100, 100));
  EXPECT_FALSE(other->failure());
}

}  // namespace
}  // namespace edu::multicast
