#include "bench.h"

namespace edu::multicast {
namespace {

class FluteSessionTest : public Receiving {
 protected:
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& one : receiver_.ended)
      out.push_back(one.name + (one.refusal ? "!" + one.refusal->code : ""));
    return out;
  }
  Receiver receiver_{folder_.path(), files_};
  Sender sender_;
  Bytes content_ = noise(5000);
};

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
  receiver_.take(fdt);
  receiver_.take(sender_.object({0, 2999}, no_code(0), content_));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("course-2999.mp4"));
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

TEST_F(FluteSessionTest, PassesOverPacketsWhoseOtiContradictsTheObjects) {
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

TEST_F(FluteSessionTest, PassesOverAnUnknownCodepoint) {
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  const auto packets = sender_.object({0, 1}, no_code(0), content_);
  receiver_.take(packets.front());
  auto strange = packets[1];
  strange[3] = 77;  // the codepoint of the LCT header
  receiver_.take(strange);
  EXPECT_EQ(receiver_.sessions.session_counts().unknown_codepoint, 1u);
  receiver_.take(packets);
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
}

TEST_F(FluteSessionTest, BeginsNothingFromAnOtiThatCannotBe) {
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

TEST_F(FluteSessionTest, HoldsMillionsOfToisInBoundedTables) {
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

TEST_F(FluteSessionTest, SurvivesAFloodOfFdtInstances) {
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

TEST_F(FluteSessionTest, RefusesBadFdtsAndGoesOn) {
  receiver_.take(sender_.fdt(1, std::string("no xml at all")));
  receiver_.take(
      sender_.fdt(2, std::string("<!DOCTYPE x [<!ENTITY a 'b'>]><FDT-Instance>&a;</FDT-Instance>")));
  receiver_.take(sender_.fdt(3, {file_of({0, 1}, "../../etc/passwd", content_, no_code(0)),
                                 file_of({0, 2}, "a.mp4", content_, no_code(0))}));
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  receiver_.take(sender_.object({0, 2}, no_code(0), content_));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
  EXPECT_GE(receiver_.sessions.session_counts().bad_fdts, 1u);
}

TEST_F(FluteSessionTest, CountsMalformedDatagramsByKind) {
  receiver_.take(Bytes{0x10, 0x00});
  receiver_.take(Bytes{0x20, 0x00, 0x03, 0x00, 0, 0, 0, 0, 0, 0, 0, 0});
  const auto& counts = receiver_.sessions.counts();
  EXPECT_EQ(counts.datagrams, 2u);
  EXPECT_EQ(counts.malformed[0] + counts.malformed[1] + counts.malformed[2] + counts.malformed[3], 2u);
}

TEST_F(FluteSessionTest, RefusesAnObjectOverItsBounds) {
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

TEST_F(FluteSessionTest, ReportsOneRefusalForAnObjectWhoseMd5IsWrong) {
  auto file = file_of({0, 1}, "a.mp4", content_, no_code(0));
  file.md5 = flute::Md5Digest{};
  for (int pass = 0; pass < 2; ++pass) {
    receiver_.take(sender_.fdt(1, {file}));
    receiver_.take(sender_.object({0, 1}, no_code(0), content_));
    receiver_.settle();
  }
  EXPECT_THAT(names(), ElementsAre("a.mp4!multicast.md5_mismatch"));
}

TEST_F(FluteSessionTest, AFullDiskEndsTheObjectOnceAndItIsTriedAgainLater) {
  receiver_.no_room = Refusal{"library.no_space", {}, Refusal::Kind::no_space};
  const auto fdt = sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))});
  receiver_.take(fdt);
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  EXPECT_THAT(names(), ElementsAre("a.mp4!library.no_space"));
  receiver_.no_room.reset();
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

TEST_F(FluteSessionTest, ReceivesAnewWhatWasNotWhatItShouldBe) {
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  const auto packets = sender_.object({0, 1}, no_code(0), content_);
  receiver_.take(packets);
  receiver_.settle();
  receiver_.take(packets);  // the next pass: it is not wanted
  receiver_.settle();
  ASSERT_THAT(names(), ElementsAre("a.mp4"));
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

TEST_F(FluteSessionTest, NeverDeliversWrongBytesWhicheverOperationOfTheDiskFails) {
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

TEST_F(FluteSessionTest, NamesAnObjectWhoseErrorCorrectionThisBuildLacks) {
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

TEST_F(FluteSessionTest, NamesWhatTheFdtDescribesWrongly) {
  Receiver receiver(folder_.path(), files_);
  const auto content = noise(1600);
  auto file = file_of({0, 1}, "a.mp4", content, no_code(content.size()));
  file.oti->max_block = 0;
  receiver.take(sender_.fdt(1, {file}));
  auto status = receiver.sessions.status(10);
  ASSERT_EQ(status.size(), 1u);
  EXPECT_EQ(status[0].name, "a.mp4");
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
    FEC-OTI-FEC-Encoding-ID="1" FEC-OTI-Encoding-Symbol-Length="100" FEC-OTI-Maximum-Source-Block-Length="8"/></FDT-Instance>)";
  receiver.take(sender_.fdt(3, unknown));
  status = receiver.sessions.status(10);
  ASSERT_EQ(status.size(), 1u);
  EXPECT_EQ(status[0].name, "b.mp4");
  EXPECT_EQ(status[0].why->args.at("attribute"), "FEC-OTI-FEC-Encoding-ID");
}

}  // namespace
}  // namespace edu::multicast
