// What a session must bear: wrong descriptions, packets that contradict them, floods, a disk that fails.
#include "bench.h"

namespace edu::multicast {
namespace {

class HostileSessionTest : public InSession {};

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(HostileSessionTest, PassesOverPacketsWhoseOtiContradictsTheObjects) {
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  const auto good = sender_.object({0, 1}, no_code(0), content_, true);
  const auto bad = sender_.object({0, 1}, no_code(0, 200), noise(5000, 5), true);
  receiver_.take_some({good.begin(), good.begin() + 10});
  receiver_.take(bad);
  receiver_.take_some({good.begin() + 10, good.end()});
  receiver_.settle();
  ASSERT_THAT(names(), ElementsAre("a.mp4"));
  EXPECT_EQ(content_of(receiver_.ended[0].file.path), content_);
  EXPECT_EQ(receiver_.sessions.session_counts().other_oti, bad.size());
}

TEST_F(HostileSessionTest, PassesOverAnUnknownCodepoint) {
  auto file = file_of({0, 1}, "a.mp4", content_, no_code(0));
  file.oti.reset();
  receiver_.take(sender_.fdt(1, {file}));
  const auto packets = sender_.object({0, 1}, no_code(0), content_, true);
  receiver_.take(packets.front());
  auto strange = packets[1];
  strange[3] = 77;  // the codepoint of the LCT header
  receiver_.take(strange);
  EXPECT_EQ(receiver_.sessions.session_counts().unknown_codepoint, 1u);
  receiver_.take(packets);
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
}

TEST_F(HostileSessionTest, BeginsNothingFromAnOtiThatCannotBe) {
  std::vector<fec::Oti> hostile(6, no_code(10'000));
  hostile[0].symbol = 0;
  hostile[1].max_block = 0;
  hostile[2].length = 1ull << 47, hostile[2].symbol = 1, hostile[2].max_block = 1;
  hostile[3] = reed_solomon(10'000), hostile[3].max_symbols = 0;
  hostile[4].encoding = fec::Encoding::raptorq, hostile[4].blocks = 0, hostile[4].alignment = 4;
  hostile[5] = hostile[4], hostile[5].blocks = 1, hostile[5].sub_blocks = 0;
  for (std::size_t i = 0; i < hostile.size(); ++i) {
    flute::PacketHeader header;
    header.tsi = 7;
    header.toi = {0, 100 + i};
    header.codepoint = static_cast<std::uint8_t>(hostile[i].encoding);
    const auto fti = fec::write_fti(hostile[i]);
    header.fti = fti;
    receiver_.take(sender_.packet(header, hostile[i], {0, 0, 0}, Bytes(100)));
  }
  EXPECT_THAT(receiver_.sessions.status(10), IsEmpty());
  EXPECT_TRUE(fs::is_empty(folder_ / "partial"));
  EXPECT_EQ(receiver_.memory.used(), 0u);
}

TEST_F(HostileSessionTest, HoldsMillionsOfToisInBoundedTables) {
  flute::PacketHeader header;
  header.tsi = 7;
  const auto fti = fec::write_fti(no_code(1000));
  for (std::uint64_t toi = 1; toi <= 1'000'000; ++toi) {
    header.toi = {0, toi};
    header.fti = toi % 2 == 0 ? std::span<const std::uint8_t>(fti) : std::span<const std::uint8_t>();
    receiver_.take(sender_.packet(header, no_code(1000), {0, 0, 0}, Bytes(100)));
  }
  FluteSession::Limits limits;
  EXPECT_LE(receiver_.sessions.status(1000).size(), limits.unannounced);
  EXPECT_LE(receiver_.memory.used(), receiver_.memory.most());
  receiver_.settle();
  EXPECT_LE(std::distance(fs::directory_iterator(folder_ / "partial"), {}), 100);
}

TEST_F(HostileSessionTest, SurvivesAFloodOfFdtInstances) {
  for (std::uint32_t instance = 0; instance < 5000; ++instance) {
    flute::PacketHeader header;
    header.tsi = 7;
    header.fdt = flute::FdtHeader{2, instance};
    const auto oti = no_code(FdtCollector::kLargest, 1000, 64);
    const auto fti = fec::write_fti(oti);
    header.fti = fti;
    receiver_.take(sender_.packet(header, oti, {0, 0, 0}, Bytes(1000)));
  }
  receiver_.take(sender_.fdt(9999, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  EXPECT_EQ(receiver_.sessions.session_counts().fdts, 1u);
}

TEST_F(HostileSessionTest, ReadsAListOfFilesInTheMemoryOfItsBlocks) {
  std::vector<flute::File> files;
  for (std::uint64_t i = 1; i <= 500; ++i)
    files.push_back(file_of({0, i}, std::to_string(i) + ".mp4", content_, no_code(0)));
  receiver_.jobs.hold_tables = true;
  receiver_.take(sender_.fdt(1, files));
  ASSERT_TRUE(receiver_.jobs.run_one());  // it is put together and measured
  EXPECT_GT(receiver_.memory.used(), 200u << 10);
  receiver_.settle();
  EXPECT_EQ(receiver_.memory.used(), 0u);
  EXPECT_EQ(receiver_.sessions.session_counts().fdts, 1u);
}

TEST_F(HostileSessionTest, PassesOverAListOfFilesThatNeedsMoreMemoryThanThereIs) {
  std::string bulk = "<FDT-Instance>";
  for (int i = 0; i < 50'000; ++i) bulk += "<a/>";
  receiver_.take(sender_.fdt(1, bulk + "</FDT-Instance>", 1400));
  EXPECT_EQ(receiver_.sessions.session_counts().bad_fdts, 1u);
  EXPECT_EQ(receiver_.sessions.notes(receiver_.now).at(0).what.code, "multicast.fdt_memory");
  receiver_.take(sender_.fdt(2, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
}

TEST_F(HostileSessionTest, RefusesBadFdtsAndGoesOn) {
  receiver_.take(sender_.fdt(1, std::string("no xml at all")));
  receiver_.take(
      sender_.fdt(2, std::string("<!DOCTYPE x [<!ENTITY a 'b'>]><FDT-Instance>&a;</FDT-Instance>")));
  receiver_.take(sender_.fdt(3, {file_of({0, 1}, "../../etc/passwd", content_, no_code(0)),
                                 file_of({0, 2}, "a.mp4", content_, no_code(0))}));
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  receiver_.take(sender_.object({0, 2}, no_code(0), content_));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("passwd", "a.mp4"));
  EXPECT_GE(receiver_.sessions.session_counts().bad_fdts, 1u);
}

TEST_F(HostileSessionTest, CountsMalformedDatagramsByKind) {
  receiver_.take(Bytes{0x10, 0x00});
  receiver_.take(Bytes{0x20, 0x00, 0x03, 0x00, 0, 0, 0, 0, 0, 0, 0, 0});
  const auto& counts = receiver_.sessions.counts();
  EXPECT_EQ(counts.datagrams, 2u);
  EXPECT_EQ(counts.malformed[0] + counts.malformed[1] + counts.malformed[2] + counts.malformed[3], 2u);
}

TEST_F(HostileSessionTest, RefusesAnObjectOverItsBounds) {
  auto file = file_of({0, 1}, "huge.mp4", content_, no_code(0));
  file.transfer_length = file.content_length = file.oti->length = 1ull << 47;
  file.oti->symbol = 1;
  receiver_.take(sender_.fdt(1, {file}));
  auto oti = no_code(1ull << 47, 1);
  flute::PacketHeader header;
  header.tsi = 7;
  header.toi = {0, 1};
  receiver_.take(sender_.packet(header, oti, {0, 0, 0}, Bytes(1)));
  receiver_.take(sender_.packet(header, oti, {0, 0, 0}, Bytes(1)));
  for (const auto& name : names()) EXPECT_EQ(name, "huge.mp4!multicast.too_large");
  EXPECT_LE(receiver_.ended.size(), 1u);
}

TEST_F(HostileSessionTest, ReportsOneRefusalForAnObjectWhoseMd5IsWrong) {
  auto file = file_of({0, 1}, "a.mp4", content_, no_code(0));
  file.md5 = flute::Md5Digest{};
  for (int pass = 0; pass < 5; ++pass) {
    receiver_.take(sender_.fdt(1, {file}));
    receiver_.take(sender_.object({0, 1}, no_code(0), content_));
    receiver_.settle();
  }
  EXPECT_THAT(names(), ElementsAre("a.mp4!multicast.md5_mismatch"));
}

TEST_F(HostileSessionTest, NeverDeliversWrongBytesWhicheverOperationOfTheDiskFails) {
  const auto fdt = sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))});
  const auto packets = sender_.object({0, 1}, no_code(0), content_);
  for (unsigned n = 0;; ++n) {
    test::TempFolder folder;
    test::FaultyFiles failing(n), sound;
    try {
      Receiver broken(folder.path(), failing, 600);
      broken.take(fdt);
      broken.take_some({packets.begin(), packets.begin() + 30});
      broken.pass(std::chrono::seconds(1));
      broken.take_some({packets.begin() + 30, packets.end()});
      broken.settle();
      for (const auto& one : broken.ended)
        EXPECT_EQ(one.refusal ? content_ : content_of(one.file.path), content_) << n;
    } catch (const std::system_error&) {  // it does not even start without its folders
    }
    if (!failing.failed()) break;
    Receiver restarted(folder.path(), sound);
    restarted.take(fdt);
    restarted.take(packets);
    restarted.settle();
    ASSERT_EQ(restarted.ended.size(), 1u) << n;
    ASSERT_FALSE(restarted.ended[0].refusal) << n;
    EXPECT_EQ(content_of(restarted.ended[0].file.path), content_) << n;
  }
}

// A full disk: told once, tried again soon, and at once when there is room.
TEST_F(HostileSessionTest, TriesAgainWhatTheDiskDidNotTake) {
  receiver_.room = refuse("multicast.disk_full", {{"what", "full"}}, Refusal::Kind::no_space);
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  for (int pass = 0; pass < 5; ++pass) {
    receiver_.take(sender_.object({0, 1}, no_code(0), content_));
    receiver_.pass(std::chrono::minutes(11));
  }
  EXPECT_THAT(names(), ElementsAre("a.mp4!multicast.disk_full"));
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  receiver_.pass(std::chrono::seconds(1));
  const auto status = receiver_.sessions.status(5);
  ASSERT_EQ(status.size(), 1u);
  EXPECT_EQ(status[0].why->code, "multicast.disk_full");
  const auto notes = receiver_.sessions.notes(receiver_.now);
  EXPECT_EQ(std::ranges::count(notes, "multicast.waiting", [](const Note& one) { return one.what.code; }), 1);
  receiver_.room = {};
  receiver_.pass(std::chrono::seconds(1));
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4!multicast.disk_full", "a.mp4"));
}

TEST_F(HostileSessionTest, NamesAnObjectWhoseErrorCorrectionThisBuildLacks) {
  Receiver receiver(folder_.path(), files_);
  const auto content = noise(1600);
  fec::Oti oti;
  oti.encoding = fec::Encoding::raptorq;
  oti.length = content.size();
  oti.symbol = 100;
  oti.blocks = 1;
  oti.alignment = 4;
  receiver.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content, oti)}));
  auto packets = sender_.object({0, 1}, oti, content);
  const auto last = packets.back();
  packets.pop_back();
  receiver.take(packets);
  const auto status = receiver.sessions.status(10);
  ASSERT_EQ(status.size(), 1u);
  EXPECT_EQ(status[0].why.has_value(), !fec::has_code(fec::Encoding::raptorq));
  EXPECT_TRUE(!status[0].why || status[0].why->code == "multicast.no_code");
  receiver.take(last);
  receiver.settle();
  ASSERT_EQ(receiver.ended.size(), 1u);
  EXPECT_EQ(content_of(receiver.ended[0].file.path), content);
}

TEST_F(HostileSessionTest, NamesWhatTheFdtDescribesWrongly) {
  Receiver receiver(folder_.path(), files_);
  const auto content = noise(1600);
  auto file = file_of({0, 1}, "a.mp4", content, no_code(content.size()));
  file.oti->max_block = 0;
  receiver.take(sender_.fdt(1, {file}));
  auto status = receiver.sessions.status(10);
  ASSERT_EQ(status.size(), 1u);
  EXPECT_EQ(status[0].name, "a.mp4");
  EXPECT_EQ(status[0].state, ObjectState::refused);
  EXPECT_EQ(status[0].why->code, "fec.bad_oti");
  receiver.take(sender_.object({0, 1}, no_code(content.size()), content));
  EXPECT_EQ(receiver.sessions.status(10).size(), 1u);
  file.oti->max_block = 8;  // the sender is put right
  receiver.take(sender_.fdt(2, {file}));
  receiver.take(sender_.object({0, 1}, no_code(content.size()), content));
  receiver.settle();
  ASSERT_EQ(receiver.ended.size(), 1u);
  EXPECT_FALSE(receiver.ended[0].refusal);
  const std::string unknown =
      R"(<FDT-Instance Expires="4294967295"><File TOI="2" Content-Location="b.mp4" Content-Length="9"
    FEC-OTI-FEC-Encoding-ID="3" FEC-OTI-Encoding-Symbol-Length="100" FEC-OTI-Maximum-Source-Block-Length="8"/></FDT-Instance>)";
  receiver.take(sender_.fdt(3, unknown));
  status = receiver.sessions.status(10);
  ASSERT_EQ(status.size(), 1u);
  EXPECT_EQ(status[0].name, "b.mp4");
  EXPECT_EQ(status[0].why->args.at("attribute"), "FEC-OTI-FEC-Encoding-ID");
}

}  // namespace
}  // namespace edu::multicast
