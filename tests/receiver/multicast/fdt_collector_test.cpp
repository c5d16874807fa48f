// Hostile FDT instances: what a packet may cost, and what is kept of one.
#include "receiver/multicast/fdt_collector.h"

#include "bench.h"

namespace edu::multicast {
namespace {

class FdtCollectorTest : public testing::Test {
 protected:
  std::optional<FdtBytes> take(const fec::Oti& oti, const fec::SymbolId& id,
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
  FdtCollector collector_{fec::CodeSettings{}};
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
    std::optional<FdtBytes> whole;
    for (std::uint32_t b = 0; b < blocks; ++b)
      for (auto esi = from; esi < to; ++esi)
        if (auto one = take(oti, {b, esi, 0}, Bytes(1))) whole = std::move(one);
    return whole;
  };
  EXPECT_FALSE(send(16, 31));
  EXPECT_FALSE(send(0, 1)) << "with all of the repair each block would be whole now";
  const auto whole = send(1, 16);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->bytes.size(), oti.length);
}

}  // namespace
}  // namespace edu::multicast
