// What comes whole and is not what was announced: by bad luck, or because the sender's Reed-Solomon code is
// another one than the settings say.
#include "bench.h"

namespace edu::multicast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DamagedTest : public InSession {
 protected:
  flute::File file(bool with_md5, const fec::Oti& oti = no_code(0)) {
    auto file = file_of({0, 1}, "a.mp4", content_, oti);
    if (with_md5) file.md5 = Md5().update(content_).finish();
    return file;
  }
  void send_damaged() {
    auto packets = sender_.object({0, 1}, no_code(0), content_);
    packets[3].back() ^= 1;
    receiver_.take(packets);
    receiver_.settle();
  }
  // Every block of 8 lacks the symbols `lost`; there are 4 repair symbols of each.
  std::vector<Bytes> with_losses(const Sender& sender, const std::vector<std::size_t>& lost,
                                 std::uint32_t repair = 4) {
    auto packets = sender.object({0, 1}, reed_solomon(0), content_, false, repair);
    std::vector<Bytes> out;
    std::size_t place = 0;
    for (auto& packet : packets) {
      const auto esi = packet[packet.size() - 101 < packet.size() ? packet.size() - 101 : 0];
      place = esi;
      if (std::ranges::find(lost, place) == lost.end()) out.push_back(std::move(packet));
    }
    return out;
  }
};

TEST_F(DamagedTest, IsReceivedAgainAndHasOneRecordInTheEnd) {
  receiver_.take(sender_.fdt(1, {file(true)}));
  send_damaged();
  EXPECT_THAT(names(), IsEmpty());
  const auto status = receiver_.sessions.status(10);
  ASSERT_EQ(status.size(), 1u);
  EXPECT_EQ(status[0].why->code, "multicast.again");
  send_damaged();
  EXPECT_THAT(names(), IsEmpty());
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  receiver_.settle();
  ASSERT_THAT(names(), ElementsAre("a.mp4"));
  EXPECT_EQ(content_of(receiver_.ended[0].file.path), content_);
}

TEST_F(DamagedTest, IsGivenUpAfterThreeTries) {
  receiver_.take(sender_.fdt(1, {file(true)}));
  for (int i = 0; i < 5; ++i) send_damaged();
  EXPECT_THAT(names(), ElementsAre("a.mp4!multicast.md5_mismatch"));
  EXPECT_TRUE(fs::is_empty(folder_ / "partial"));
}

class OtherPoints : public DamagedTest, public testing::WithParamInterface<fec::RsPoints> {
 protected:
  Sender other_{7, GetParam()};
  void expect_content() {
    receiver_.settle();
    for (int i = 0; i < 4; ++i)
      receiver_.pass(std::chrono::seconds(1));  // what workers have done is looked at
    ASSERT_THAT(names(), ElementsAre("a.mp4"));
    EXPECT_EQ(content_of(receiver_.ended[0].file.path), content_);
    const bool corrected = GetParam() != fec::RsPoints::powers;
    const auto notes = receiver_.sessions.notes(receiver_.now);
    EXPECT_EQ(std::ranges::count(notes, "multicast.rs_points", [](const Note& one) { return one.what.code; }),
              corrected);
  }
};

TEST_P(OtherPoints, AreFoundByABlockThatIsWhole) {
  receiver_.take(sender_.fdt(1, {file(false, reed_solomon(0))}));
  auto packets = other_.object({0, 1}, reed_solomon(0), content_, false, 1);
  packets.erase(packets.begin() + 20);  // of the third block
  receiver_.take(packets);
  receiver_.settle();
  receiver_.take(packets);  // the next pass repairs with what the first has told
  expect_content();
}

TEST_P(OtherPoints, AreFoundByOneSymbolMoreThanIsMissing) {
  receiver_.take(sender_.fdt(1, {file(false, reed_solomon(0))}));
  receiver_.take(with_losses(other_, {3, 5}));
  expect_content();
}

// Without its first symbol a block fits two of the matrices.
TEST_P(OtherPoints, AreNotGuessedByABlockThatFitsSeveral) {
  receiver_.take(sender_.fdt(1, {file(false, reed_solomon(0))}));
  auto packets = with_losses(other_, {0, 5});
  auto last = other_.object({0, 1}, reed_solomon(0), content_, false, 4);
  const auto count = packets.size();
  packets.insert(packets.end(), last.end() - 11, last.end());  // the last block is whole
  receiver_.take_some({packets.begin(), packets.begin() + static_cast<std::ptrdiff_t>(count)});
  receiver_.settle();
  receiver_.take_some({packets.begin() + static_cast<std::ptrdiff_t>(count), packets.end()});
  expect_content();
}

TEST_P(OtherPoints, AreFoundByTheMd5WhereNothingElseTells) {
  receiver_.take(sender_.fdt(1, {file(true, reed_solomon(0))}));
  for (int pass = 0; pass < 3 && receiver_.ended.empty(); ++pass) {
    receiver_.take(with_losses(other_, {0}, 1));
    receiver_.pass(std::chrono::seconds(3));
    for (int i = 0; i < 4; ++i) receiver_.pass(std::chrono::seconds(1));
  }
  expect_content();
}

TEST_P(OtherPoints, AreFoundWhereBlocksLeaveTheMemory) {
  test::TempFolder folder;
  Receiver small(folder.path(), files_, 1000);
  small.take(sender_.fdt(1, {file(false, reed_solomon(0))}));
  for (int pass = 0; pass < 2; ++pass) {
    small.take(with_losses(other_, {3, 5}));
    small.settle();
    small.pass(std::chrono::seconds(3));
    for (int i = 0; i < 4; ++i) small.pass(std::chrono::seconds(1));
  }
  ASSERT_EQ(small.ended.size(), 1u);
  EXPECT_EQ(content_of(small.ended[0].file.path), content_);
}

INSTANTIATE_TEST_SUITE_P(All, OtherPoints, testing::ValuesIn(fec::kAllPoints), [](const auto& one) {
  return "Points" + std::to_string(static_cast<int>(one.param));
});

}  // namespace
}  // namespace edu::multicast
