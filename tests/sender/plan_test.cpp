#include "sender/plan.h"

#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "sender/packets.h"

namespace edu::send {
namespace {

constexpr Scheme kSchemes[] = {Scheme::none, Scheme::rs, Scheme::rs129, Scheme::raptorq};
constexpr std::uint64_t kMib = 1 << 20;

using Symbol = std::pair<std::uint32_t, std::uint32_t>;

std::vector<Symbol> symbols_of(const fec::Oti& oti, const std::vector<Stretch>& stretches) {
  std::vector<Symbol> out;
  for (const auto& stretch : stretches)
    each_symbol(oti, stretch, [&](std::uint32_t sbn, std::uint32_t esi) { out.emplace_back(sbn, esi); });
  return out;
}

std::vector<Symbol> first_pass(const fec::Oti& oti, const Interleaving& how) {
  std::uint32_t next = 0;
  return symbols_of(oti, plan_pass(oti, how, 0, next));
}

TEST(Plan, GivesEveryFileAnOtiThatCanBeDecoded) {
  for (const auto scheme : kSchemes)
    for (const std::uint64_t length :
         {std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{100}, std::uint64_t{1456}, std::uint64_t{1457},
          std::uint64_t{65'536}, 10 * kMib, 512 * kMib, 15'360 * kMib})
      for (const unsigned overhead : {0U, 15U, 50U, 100U, 3000U}) {
        const auto oti = oti_for(scheme, length, 1456, overhead);
        const auto right = fec::checked(oti);
        EXPECT_TRUE(right) << static_cast<int>(scheme) << " " << length << " "
                           << (right ? "" : right.error().args.at("member"));
        EXPECT_LE(oti.symbol, 1456);
        const auto padding = fec::Partition(oti).symbols() * oti.symbol - length;
        EXPECT_LE(padding, fec::Partition(oti).symbols() * 4);
      }
}

TEST(Plan, LeavesItToTheCheckToRefuseWhatRaptorQCannotNumber) {
  EXPECT_FALSE(fec::checked(oti_for(Scheme::raptorq, 20'480 * kMib, 1456, 50)));
  EXPECT_TRUE(fec::checked(oti_for(Scheme::rs, 20'480 * kMib, 1456, 100)));
}

TEST(Plan, MakesRaptorQBlocksLargeAndFew) {
  const auto oti = oti_for(Scheme::raptorq, 512 * kMib, 1456, 50);
  const fec::Partition partition(oti);
  EXPECT_GE(partition.block(0).symbols, 3000U);
  EXPECT_LE(partition.block(0).symbols, 4000U);
  EXPECT_EQ(oti.sub_blocks, 1);
  EXPECT_EQ(oti.symbol % 4, 0);
}

TEST(Plan, SendsEverySymbolOnceInAPass) {
  for (const auto scheme : kSchemes)
    for (const std::uint64_t length : {1, 5000, 3'000'000}) {
      const auto oti = oti_for(scheme, length, 1000, 100);
      const auto sent = first_pass(oti, {kMib, kMib, 100});
      std::map<std::uint32_t, std::set<std::uint32_t>> blocks;
      for (const auto& [sbn, esi] : sent) EXPECT_TRUE(blocks[sbn].insert(esi).second);
      const fec::Partition partition(oti);
      ASSERT_EQ(blocks.size(), partition.blocks());
      for (const auto& [sbn, esis] : blocks) {
        const auto block = partition.block(sbn);
        const auto repair = scheme == Scheme::none      ? 0
                            : scheme == Scheme::raptorq ? (partition.block(0).symbols * 10 + 99) / 100
                                                        : repair_symbols(oti, block);
        EXPECT_EQ(esis.size(), block.symbols + repair);
        EXPECT_LT(*esis.rbegin(), block.encoded);
        EXPECT_EQ(*esis.rbegin() + 1, esis.size());  // no gaps
      }
    }
}

// What the defaults are for: a link of which nobody knows more than that it loses 2 % and has fades of 0.3 s.
TEST(Plan, BringsALargeFileWholeInOnePassOverAPoorLink) {
  const Settings settings;
  const auto length = 100 * kMib;
  const auto overhead = overhead_of(settings, length);
  const auto oti = oti_for(settings.scheme, length, symbol_room(settings), overhead);
  const auto sent = first_pass(oti, {settings.window_mib * kMib, settings.spool_mib * kMib, overhead});
  const auto packets_in_10_s = settings.rate / 8 * 10 / (payload_of(settings) + headers_of(settings.group));
  const auto fade = packets_in_10_s * 3 / 100;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    std::map<std::uint32_t, std::uint32_t> lost;
    for (std::size_t i = 0; i < sent.size(); ++i)
      if (random() % 100 < 2 || (i + seed * 100) % packets_in_10_s < fade) ++lost[sent[i].first];
    for (const auto& [block, count] : lost)
      EXPECT_LE(count, repair_symbols(oti, fec::Partition(oti).block(block))) << "seed " << seed;
  }
}

TEST(Plan, SendsNothingOfAnEmptyFile) {
  for (const auto scheme : kSchemes)
    EXPECT_TRUE(first_pass(oti_for(scheme, 0, 1000, 100), {kMib, kMib, 100}).empty());
}

TEST(Plan, LetsTheBlocksOfAWindowTakeTurns) {
  auto oti = oti_for(Scheme::rs, 3'000'000, 1000, 100);
  const fec::Partition partition(oti);
  ASSERT_GT(partition.blocks(), 6U);
  const Interleaving how{3 * 240'000, kMib, 100};
  std::uint32_t next = 0;
  const auto window = plan_pass(oti, how, 0, next).front().blocks;
  EXPECT_TRUE(window == 2 || window == 3);
  const auto sent = first_pass(oti, how);
  for (std::uint32_t i = 0; i < 3 * window; ++i) EXPECT_EQ(sent[i], (Symbol{i % window, i / window}));
}

// The promise to the operator: a break of so many packets, wherever it begins, costs no block more symbols
// than it has repair.
TEST(Plan, BearsTheFadeThatItPromises) {
  for (const auto scheme : {Scheme::rs, Scheme::rs129, Scheme::raptorq}) {
    const std::uint64_t length = scheme == Scheme::raptorq ? 60'000'000 : 3'000'000;
    const auto oti = oti_for(scheme, length, 1000, 80);
    const Interleaving how{scheme == Scheme::raptorq ? 24 * kMib : kMib, 64 * kMib, 80};
    const auto sent = first_pass(oti, how);
    const auto fade = fade_packets(oti, how);
    ASSERT_GT(fade, 20U);
    ASSERT_LT(fade, sent.size());
    const fec::Partition partition(oti);
    const auto total = sent.size();
    for (std::size_t start = 0; start + fade <= total; start += 97) {
      std::map<std::uint32_t, std::uint32_t> lost;
      for (std::size_t i = start; i < start + fade; ++i) ++lost[sent[i].first];
      for (const auto& [sbn, count] : lost) {
        const auto repair = scheme == Scheme::raptorq ? (partition.block(0).symbols * 8 + 99) / 100
                                                      : repair_symbols(oti, partition.block(sbn));
        ASSERT_LE(count, repair + 1) << sbn << " at " << start;
      }
    }
  }
}

// A receiver that has the losses of the overhead decodes a window before the next one is over.
TEST(Plan, SendsMostRepairOfRaptorQWithItsWindow) {
  const auto oti = oti_for(Scheme::raptorq, 60'000'000, 1000, 65);
  std::uint32_t next = 0;
  const auto pass = plan_pass(oti, {24 * kMib, 64 * kMib, 65}, 0, next);
  const auto blocks = fec::Partition(oti).blocks();
  const auto repair = (fec::Partition(oti).block(0).symbols * 65 + 999) / 1000;
  ASSERT_GT(pass.size(), 6U);
  for (std::size_t i = 0; i + 2 < pass.size(); i += 2) {
    EXPECT_FALSE(pass[i].repair);
    EXPECT_TRUE(pass[i + 1].repair);
    EXPECT_EQ(pass[i + 1].first_block, pass[i].first_block);
    EXPECT_EQ(pass[i + 1].blocks, pass[i].blocks);
    EXPECT_EQ(pass[i + 1].count, (repair * 9 + 9) / 10);
  }
  const auto rest = repair - pass[1].count;
  EXPECT_GT(rest, 10U);
  EXPECT_EQ(pass.back(), (Stretch{true, 0, blocks, pass[1].count, rest}));
  EXPECT_EQ(next, repair);
}

TEST(Plan, HasNoRestOfRepairWhereOneWindowIsTheWholeFile) {
  const auto oti = oti_for(Scheme::raptorq, 5'000'000, 1000, 50);
  std::uint32_t next = 0;
  EXPECT_EQ(plan_pass(oti, {24 * kMib, 64 * kMib, 50}, 0, next).size(), 2U);
}

TEST(Plan, BearsTheLossThatItPromises) {
  const auto oti = oti_for(Scheme::rs, 100 * kMib, 1460, 100);
  const auto loss = bearable_loss(oti, {24 * kMib, kMib, 100});
  EXPECT_GE(loss, 30U);
  EXPECT_LE(loss, 60U);
  EXPECT_EQ(bearable_loss(oti_for(Scheme::none, 100 * kMib, 1460, 0), {kMib, kMib, 0}), 0U);
}

TEST(Plan, PromisesNothingWithoutRepair) {
  EXPECT_EQ(fade_packets(oti_for(Scheme::none, 1'000'000, 1000, 0), {kMib, kMib, 0}), 0U);
  EXPECT_EQ(fade_packets(oti_for(Scheme::rs, 0, 1000, 100), {kMib, kMib, 100}), 0U);
}

TEST(Plan, RepeatsReedSolomonAndNeverRaptorQ) {
  const Interleaving how{kMib, kMib, 100};
  for (const auto scheme : {Scheme::none, Scheme::rs}) {
    const auto oti = oti_for(scheme, 1'000'000, 1000, 100);
    std::uint32_t next = 0;
    EXPECT_EQ(plan_pass(oti, how, 0, next), plan_pass(oti, how, 1, next));
  }
  const auto oti = oti_for(Scheme::raptorq, 20'000'000, 1000, 100);
  std::set<Symbol> seen;
  std::uint32_t next = 0;
  for (unsigned pass = 0; pass < 4; ++pass)
    for (const auto& symbol : symbols_of(oti, plan_pass(oti, how, pass, next)))
      EXPECT_TRUE(seen.insert(symbol).second) << pass;
  EXPECT_EQ(seen.size(), 4 * fec::Partition(oti).symbols() * 110 / 100);
}

TEST(Plan, SpreadsLaterRepairOverAllBlocks) {
  const auto oti = oti_for(Scheme::raptorq, 50'000'000, 1000, 50);
  const auto blocks = fec::Partition(oti).blocks();
  ASSERT_GT(blocks, 5U);
  std::uint32_t next = 0;
  const auto sent = symbols_of(oti, plan_pass(oti, {kMib, 1024 * kMib, 50}, 1, next));
  for (std::uint32_t i = 0; i < 10 * blocks; ++i) EXPECT_EQ(sent[i].first, i % blocks);
}

TEST(Plan, KeepsToTheSpoolsSize) {
  const auto oti = oti_for(Scheme::raptorq, 50'000'000, 1000, 50);
  for (unsigned pass = 0; pass < 2; ++pass) {
    std::uint32_t next = 0;
    for (const auto& stretch : plan_pass(oti, {kMib, kMib, 50}, pass, next))
      if (stretch.repair) {
        EXPECT_LE(std::uint64_t{stretch.blocks} * stretch.count * oti.symbol, kMib);
      }
  }
}

TEST(Plan, BeginsAnewWhenAllRepairSymbolsAreOut) {
  const auto oti = oti_for(Scheme::raptorq, 100'000, 1000, 50);
  const auto block = fec::Partition(oti).block(0);
  std::uint32_t next = repair_symbols(oti, block) - 1;
  for (const auto& [sbn, esi] : symbols_of(oti, plan_pass(oti, {kMib, kMib, 50}, 7, next))) {
    EXPECT_GE(esi, block.symbols);
    EXPECT_LT(esi, block.encoded);
  }
  EXPECT_LT(next, 1000U);
}

}  // namespace
}  // namespace edu::send
