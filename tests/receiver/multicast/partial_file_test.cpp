#include "receiver/multicast/partial_file.h"

#include "bench.h"

namespace edu::multicast {
namespace {

class PartialFileTest : public Receiving {
 protected:
  static constexpr std::uint16_t kSymbol = 16;
  static constexpr std::uint64_t kSymbols = 200;

  PartialFile file(std::uint8_t key = 1) { return file(files_, key); }
  PartialFile file(Files& files, std::uint8_t key = 1) {
    ObjectKey k{};
    k[0] = key;
    return {files, folder_ / "object", k, kSymbol, kSymbols};
  }
  static Bits bits(std::initializer_list<std::uint64_t> set) {
    Bits out(kSymbols);
    for (const auto bit : set) out.set(bit);
    return out;
  }
  static bool same(const Bits& a, const Bits& b) { return std::ranges::equal(a.words(), b.words()); }
};

TEST_F(PartialFileTest, GoesOnWithWhatWasSavedLast) {
  {
    auto first = file();
    first.write(32, noise(16));
    first.save(bits({2}), false);
    first.write(64, noise(16));
    first.save(bits({2, 4}), false);
  }
  auto second = file();
  const auto have = second.restore();
  ASSERT_TRUE(have);
  EXPECT_TRUE(same(*have, bits({2, 4})));
  Bytes there(16);
  second.read(64, there);
  EXPECT_EQ(there, noise(16));
}

TEST_F(PartialFileTest, FallsBackToTheOtherSlotWhenTheNewestIsDamaged) {
  {
    auto first = file();
    first.write(0, noise(16));
    first.save(bits({0}), false);
    first.save(bits({0, 1}), false);
  }
  auto map = content_of(folder_ / "object.map");
  map[60] ^= 1;  // generation 2 lies in slot 0
  std::ofstream(folder_ / "object.map", std::ios::binary)
      .write(reinterpret_cast<const char*>(map.data()), static_cast<std::streamsize>(map.size()));
  const auto have = file().restore();
  ASSERT_TRUE(have);
  EXPECT_TRUE(same(*have, bits({0})));
}

TEST_F(PartialFileTest, BeginsAnewWhatBelongsToAnotherObject) {
  {
    auto first = file();
    first.write(0, noise(16));
    first.save(bits({0}), false);
  }
  EXPECT_FALSE(file(2).restore());
  EXPECT_FALSE(fs::exists(folder_ / "object.part"));
  EXPECT_FALSE(fs::exists(folder_ / "object.map"));
}

TEST_F(PartialFileTest, BeginsAnewWithoutItsData) {
  {
    auto first = file();
    first.write(0, noise(16));
    first.save(bits({0}), false);
  }
  fs::remove(folder_ / "object.part");
  EXPECT_FALSE(file().restore());
}

TEST_F(PartialFileTest, KeepsRepairSymbolsAndPassesOverADamagedOne) {
  {
    auto first = file();
    first.write(0, noise(16));
    EXPECT_EQ(first.spool(3, 9, noise(16, 2)), 0u);
    EXPECT_EQ(first.spool(3, 10, noise(16, 3)), 1u);
    EXPECT_EQ(first.spool(4, 9, noise(16, 4)), 2u);
    first.save(bits({0}), first.has_spool());
  }
  auto spool = content_of(folder_ / "object.spool");
  spool[32 + 20] ^= 1;
  std::ofstream(folder_ / "object.spool", std::ios::binary)
      .write(reinterpret_cast<const char*>(spool.data()), static_cast<std::streamsize>(spool.size()));
  auto second = file();
  ASSERT_TRUE(second.restore());
  const auto found = second.restore_spool(100);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].block, 4u);
  EXPECT_EQ(found[1].symbol, 9u);
  Bytes symbol(16);
  second.read_spooled(found[1].record, symbol);
  EXPECT_EQ(symbol, noise(16, 4));
}

TEST_F(PartialFileTest, NeverClaimsMoreThanWasWrittenWhicheverOperationFails) {
  for (unsigned n = 0;; ++n) {
    fs::remove_all(folder_.path());
    fs::create_directories(folder_.path());
    test::FaultyFiles faulty(n, true);
    Bits last_saved(kSymbols);
    bool saved = false;
    try {
      auto first = file(faulty);
      for (const std::uint64_t symbol : {5, 6, 7}) {
        first.write(symbol * kSymbol, noise(kSymbol, static_cast<unsigned>(symbol)));
        auto have = last_saved;
        have.set(symbol);
        first.save(have, false);
        last_saved = have;
        saved = true;
      }
    } catch (const std::system_error&) {
    }
    auto again = file();
    const auto have = again.restore();
    EXPECT_TRUE(!saved || have) << n;
    for (std::uint64_t symbol = 0; have && symbol < kSymbols; ++symbol) {
      EXPECT_TRUE(have->test(symbol) || !last_saved.test(symbol)) << n;
      if (!have->test(symbol)) continue;
      Bytes there(kSymbol);
      again.read(symbol * kSymbol, there);
      EXPECT_EQ(there, noise(kSymbol, static_cast<unsigned>(symbol))) << n;
    }
    if (!faulty.failed()) break;
  }
}

}  // namespace
}  // namespace edu::multicast
