// Hostile FDT instances: what a packet may cost, and what is kept of one.
#include "receiver/multicast/fdt_collector.h"

#include "bench.h"

namespace edu::multicast {
namespace {

class FdtCollectorTest : public testing::Test {
 protected:
  std::shared_ptr<FdtInstance> take(const fec::Oti& oti, const fec::SymbolId& id,
                                    std::span<const std::uint8_t> symbol) {
    Bytes payload(fec::payload_id_size(oti.encoding));
    fec::write_payload_id(oti.encoding, id, payload);
    payload.insert(payload.end(), symbol.begin(), symbol.end());
    const auto fti = fec::write_fti(oti);
    flute::Packet packet;
    packet.has_toi = true;
    packet.codepoint = static_cast<std::uint8_t>(oti.encoding);
    packet.fdt = flute::FdtHeader{2, 1};
    packet.fti = fti;
    packet.payload = payload;
    return collector_.take(packet);
  }
  Accounts accounts_{8 << 20};
  FdtCollector collector_{accounts_.share_of(address(1))};
};

TEST_F(FdtCollectorTest, RefusesAnInstanceOfMillionsOfSymbols) {
  take(reed_solomon(FdtCollector::kLargest, 1, 1, 2), {0, 0, 0}, Bytes(1));
  EXPECT_EQ(collector_.underway(), 0u);
  EXPECT_EQ(collector_.refused(), 1u);
  take(reed_solomon(FdtCollector::kLargest, 64, 64, 80), {0, 0, 0}, Bytes(64));
  EXPECT_EQ(collector_.underway(), 1u) << "the largest is taken in symbols of a sensible size";
}

TEST_F(FdtCollectorTest, KeepsNoMoreRepairThanItsMemoryHoldsAndGetsWholeAllTheSame) {
  const auto oti = reed_solomon(FdtCollector::kMostSymbols, 1, 16, 64);
  const auto blocks = fec::Partition(oti).blocks();
  const auto send = [&](std::uint32_t from, std::uint32_t to) {
    std::shared_ptr<FdtInstance> whole;
    for (std::uint32_t b = 0; b < blocks; ++b)
      for (auto esi = from; esi < to; ++esi)
        if (auto one = take(oti, {b, esi, 0}, Bytes(1))) whole = std::move(one);
    return whole;
  };
  EXPECT_FALSE(send(16, 31));
  EXPECT_FALSE(send(0, 1)) << "with all of the repair each block would be whole now";
  const auto whole = send(1, 16);
  ASSERT_TRUE(whole);
  EXPECT_TRUE(FdtCollector::decode(*whole, {}));
  EXPECT_EQ(whole->symbols.size(), oti.length);
  collector_.ended(whole, true);
  EXPECT_LE(accounts_.used(), 2 * oti.length);
}

// A code that needs one symbol more is not tried again before there is one.
TEST_F(FdtCollectorTest, GivesAWorkerNothingThatItHadAlready) {
  const auto oti = reed_solomon(800, 100, 8, 12);
  for (std::uint32_t esi = 1; esi < 8; ++esi) EXPECT_FALSE(take(oti, {0, esi, 0}, Bytes(100)));
  const auto first = take(oti, {0, 8, 0}, Bytes(100));
  ASSERT_TRUE(first);
  EXPECT_FALSE(take(oti, {0, 9, 0}, Bytes(100))) << "a worker has it";
  collector_.ended(first, false);
  for (int again = 0; again < 10; ++again) EXPECT_FALSE(take(oti, {0, 8, 0}, Bytes(100)));
  EXPECT_EQ(take(oti, {0, 9, 0}, Bytes(100)), first);
}

TEST_F(FdtCollectorTest, GivesBackWhatItKept) {
  {
    FdtCollector another(accounts_.share_of(address(2)));
    EXPECT_EQ(accounts_.used(), 0u);
  }
  take(reed_solomon(800, 100, 8, 12), {0, 1, 0}, Bytes(100));
  EXPECT_GT(accounts_.used(), 800u);
}

}  // namespace
}  // namespace edu::multicast
