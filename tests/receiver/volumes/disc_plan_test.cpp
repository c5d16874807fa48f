#include "receiver/volumes/disc_plan.h"

#include <array>
#include <climits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace edu::receiver {
namespace {

using testing::ElementsAre;

RawTitle title(std::int64_t number, std::vector<DiscCell> cells, std::int64_t ms = 60'000) {
  return {number, 1, 1000, {{std::move(cells), ms}}};
}

TEST(DiscPlan, TakesTheCellsInTheirOrderWithTheirBytes) {
  const auto plan = plan_disc({title(1, {{500, 599, false, {}}, {0, 9, false, {}}})}, 10'000);
  ASSERT_EQ(plan.titles.size(), 1u);
  EXPECT_EQ(plan.titles[0].title, (DiscTitle{1, 60'000, 110 * 2048}));
  EXPECT_THAT(plan.titles[0].cells, ElementsAre(DiscCell{500, 599, false, {}}, DiscCell{0, 9, false, {}}));
}

TEST(DiscPlan, AddsUpTheChainsOfATitle) {
  RawTitle raw = title(1, {{0, 9, false, {}}}, 8'000);
  raw.chains.push_back({{{10, 19, false, {}}}, 7'000});
  const auto plan = plan_disc({raw}, 10'000);
  ASSERT_EQ(plan.titles.size(), 1u);
  EXPECT_EQ(plan.titles[0].title.duration_ms, 15'000);
}

TEST(DiscPlan, TakesTheFirstOfSeveralAngles) {
  const auto plan = plan_disc({title(1, {{0, 9, true, AnglePlace::first},
                                         {10, 19, true, AnglePlace::further},
                                         {20, 29, false, AnglePlace::none}})},
                              0);
  ASSERT_EQ(plan.titles.size(), 1u);
  EXPECT_EQ(plan.titles[0].cells.size(), 2u);
  EXPECT_EQ(plan.titles[0].title.bytes, 20 * 2048);
}

TEST(DiscPlan, CountsWhatIsBriefAndWhatIsRepeated) {
  const auto plan = plan_disc(
      {title(1, {{0, 9, false, {}}}), title(2, {{0, 9, false, {}}}), title(3, {{10, 19, false, {}}}, 9'999)},
      10'000);
  EXPECT_EQ(plan.titles.size(), 1u);
  EXPECT_EQ(plan.repeated, 1);
  EXPECT_EQ(plan.brief, 1);
}

TEST(DiscPlan, NumbersThatCannotBeRightAreDamage) {
  auto twice = title(6, {{0, 999, false, {}}, {0, 999, false, {}}});  // more than the disc has
  const auto plan = plan_disc(
      {title(1, {{0, 1000, false, {}}}), title(2, {{9, 8, false, {}}}), title(3, {{0, UINT_MAX, false, {}}}),
       title(4, {}), title(5, {{0, 9, false, {}}}, kLongestTitleMs + 1), twice},
      0);
  EXPECT_TRUE(plan.titles.empty());
  EXPECT_EQ(plan.damaged, 6);
}

TEST(DiscPlan, ReadsTimesOfBothRates) {
  EXPECT_EQ(disc_time_ms(0x01, 0x02, 0x03, 0x40 | 0x05), 3'723'200);
  EXPECT_EQ(disc_time_ms(0x00, 0x00, 0x10, 0xc0 | 0x15), 10'500);
  EXPECT_EQ(disc_time_ms(0x00, 0x60, 0x00, 0x40), std::nullopt);
  EXPECT_EQ(disc_time_ms(0x0a, 0x00, 0x00, 0x40), std::nullopt);
  EXPECT_EQ(disc_time_ms(0xff, 0xff, 0xff, 0xff), std::nullopt);
}

struct Pack {
  std::array<std::uint8_t, kSector> bytes{0, 0, 1, 0xba};
  Pack& put(std::size_t at, std::initializer_list<int> values) {
    for (const int value : values) bytes[at++] = static_cast<std::uint8_t>(value);
    return *this;
  }
};

TEST(DiscSector, TellsScramblingByThePacketsHeader) {
  EXPECT_FALSE(is_scrambled(Pack().put(14, {0, 0, 1, 0xe0, 0, 0, 0x80}).bytes));
  EXPECT_TRUE(is_scrambled(Pack().put(14, {0, 0, 1, 0xe0, 0, 0, 0x90}).bytes));
  EXPECT_TRUE(is_scrambled(Pack().put(14, {0, 0, 1, 0xbd, 0, 0, 0xb0}).bytes));
  EXPECT_FALSE(is_scrambled(Pack().put(14, {0, 0, 1, 0xbf, 0, 0, 0xb0}).bytes)) << "has no such header";
  EXPECT_TRUE(is_scrambled(Pack().put(13, {7}).put(21, {0, 0, 1, 0xc0, 0, 0, 0xa0}).bytes)) << "stuffing";
  EXPECT_FALSE(is_scrambled(Pack().put(0, {1}).bytes));
  EXPECT_FALSE(is_pack(Pack().put(0, {1}).bytes));
}

TEST(DiscSector, ReadsAUnitsLengthAndWhereTheNextOneLies) {
  const auto pack = [] { return Pack().put(0x400, {0, 0, 1, 0xbf, 3, 0xfa, 1}); };
  auto unit = unit_at(pack().put(0x40f, {0, 0, 1, 2}).put(0x541, {0xc0, 0, 2, 0}).bytes);
  ASSERT_TRUE(unit);
  EXPECT_EQ(unit->length, 0x102u);
  EXPECT_EQ(unit->next, 0x200u);
  unit = unit_at(pack().put(0x541, {0xbf, 0xff, 0xff, 0xff}).bytes);
  ASSERT_TRUE(unit);
  EXPECT_EQ(unit->next, std::nullopt);
  EXPECT_FALSE(unit_at(Pack().bytes));
}

}  // namespace
}  // namespace edu::receiver
