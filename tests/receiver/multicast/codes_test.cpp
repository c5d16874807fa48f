// Blocks with holes are computed from repair symbols, in memory and out of the spool, before and after a
// power cut.
#include "bench.h"
#include "receiver/multicast/assembly.h"

namespace edu::multicast {
namespace {

struct Code {
  const char* name;
  fec::Oti oti;
};

fec::Oti raptorq(std::uint16_t sub_blocks) {
  fec::Oti oti;
  oti.encoding = fec::Encoding::raptorq;
  oti.symbol = 96;
  oti.blocks = 3;
  oti.sub_blocks = sub_blocks;
  oti.alignment = 4;
  return oti;
}

class Codes : public Receiving, public testing::WithParamInterface<Code> {
 protected:
  // All packets but `lost` of a hundred, by a random number.
  std::vector<Bytes> with_losses(std::vector<Bytes> packets, unsigned lost, unsigned seed) const {
    std::minstd_rand random(seed);
    std::erase_if(packets, [&](const Bytes&) { return random() % 100 < lost; });
    return packets;
  }
  Bytes content_ = noise(20'000);
  Sender sender_;
};

TEST_P(Codes, RepairWhatWasLost) {
  if (!fec::has_code(GetParam().oti.encoding)) GTEST_SKIP();
  // All blocks in memory; some of them; one that is larger than all the memory there is.
  for (const std::size_t memory : {std::size_t{1} << 20, std::size_t{8} << 10, std::size_t{1} << 10}) {
    test::TempFolder folder;
    Receiver receiver(folder.path(), files_, memory);
    receiver.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, GetParam().oti)}));
    for (unsigned pass = 0; pass < 20 && receiver.ended.empty(); ++pass) {
      receiver.take(with_losses(sender_.object({0, 1}, GetParam().oti, content_, false, 4), 20, pass + 1));
      receiver.settle();
    }
    ASSERT_EQ(receiver.ended.size(), 1u) << memory;
    ASSERT_FALSE(receiver.ended[0].refusal);
    EXPECT_EQ(content_of(receiver.ended[0].file.path), content_);
    EXPECT_GT(receiver.ended[0].symbols.repaired, 0u) << memory;
  }
}

TEST_P(Codes, GoOnAfterAPowerCut) {
  if (!fec::has_code(GetParam().oti.encoding)) GTEST_SKIP();
  const auto fdt = sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, GetParam().oti)});
  const auto packets = with_losses(sender_.object({0, 1}, GetParam().oti, content_, false, 4), 20, 5);
  {
    Receiver receiver(folder_.path(), files_);
    receiver.take(fdt);
    receiver.take_some({packets.begin(), packets.begin() + static_cast<std::ptrdiff_t>(packets.size() / 2)});
    receiver.pass(std::chrono::seconds(1));
    receiver.jobs.lose();
  }
  Receiver receiver(folder_.path(), files_);
  receiver.take(fdt);
  for (unsigned pass = 0; pass < 20 && receiver.ended.empty(); ++pass) {
    receiver.take(with_losses(sender_.object({0, 1}, GetParam().oti, content_, false, 4), 20, pass + 9));
    receiver.settle();
  }
  ASSERT_EQ(receiver.ended.size(), 1u);
  EXPECT_EQ(content_of(receiver.ended[0].file.path), content_);
}

INSTANTIATE_TEST_SUITE_P(Schemes, Codes,
                         testing::Values(Code{"ReedSolomon", reed_solomon(0, 96, 20, 30)},
                                         Code{"RaptorQ", raptorq(1)},
                                         Code{"RaptorQWithSubBlocks", raptorq(3)}),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace edu::multicast
