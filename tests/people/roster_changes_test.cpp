#include "people/roster_changes.h"

#include <gmock/gmock.h>

#include "roster_fixture.h"

namespace edu::people::test {
namespace {

using testing::ElementsAre;

class RosterChanges : public RosterTest {
 protected:
  const LocalDate today_ = day("2026-06-01");
};

TEST_F(RosterChanges, MergedPeopleAreOneWithWhatBothHad) {
  auto kept = entry("001", "王强");
  kept.roles = std::vector{Role::tutor};
  auto gone = in_group(entry("A7", "王强", Category::cadre), "一组");
  gone.birth = "1980-05";
  gone.phone = "139";
  gone.marks = {Category::hardship};
  take({kept, gone});
  const auto old = person("A7");
  merge(database_, person("001"), old);
  EXPECT_EQ(list(database_, today_).size(), 1u);
  const auto now = person("A7");
  EXPECT_EQ(now.number, "001");
  EXPECT_EQ(now.birth, "1980-05");
  EXPECT_EQ(now.group, "一组");
  EXPECT_EQ(now.phone, "139");
  EXPECT_EQ(now.roles, std::vector{Role::tutor});
  EXPECT_EQ(now.marks, (std::vector{Category::cadre, Category::hardship}));
  EXPECT_EQ(find_by_id(database_, old.id, today_)->number, "001");
}

TEST_F(RosterChanges, AMergerOfMergedPeopleLeadsToTheLast) {
  take({entry("1", "甲"), entry("2", "乙"), entry("3", "丙")});
  merge(database_, person("2"), person("1"));
  merge(database_, person("3"), person("2"));
  EXPECT_EQ(person("1").number, "3");
  EXPECT_EQ(merged_ids(database_).size(), 2u);
}

TEST_F(RosterChanges, AFileWithTheOldNumberMeansWhoTheyBecame) {
  take({entry("001", "王强"), entry("A7", "王强")});
  merge(database_, person("001"), person("A7"));
  RosterFile file{{entry("A7", "王强")}, {2}, {}};
  const auto plan = plan_import(database_, file, today_, {});
  EXPECT_FALSE(plan.asks());
  EXPECT_EQ(import(database_, plan, today_).unchanged, 1u);
}

TEST_F(RosterChanges, WhoMovedOutIsGoneFromThatDay) {
  take({entry("1", "甲")}, "2026-01-01");
  take({with_status(entry("1", "甲"), Status::mobile, day("2026-07-01"))}, "2026-01-01");
  move_out(database_, person("1"), day("2026-03-01"));
  EXPECT_EQ(person("1", "2026-02-28").status, Status::on_roll);
  EXPECT_EQ(person("1", "2026-08-01").status, Status::moved_out);
}

TEST_F(RosterChanges, WhoIsErasedLeavesNothing) {
  take({entry("1", "甲"), entry("2", "甲")});
  merge(database_, person("1"), person("2"));
  erase(database_, person("1"));
  EXPECT_TRUE(list(database_, today_).empty());
  EXPECT_TRUE(merged_ids(database_).empty());
  for (const char* table : {"person", "person_status", "person_role", "person_mark", "person_merged"}) {
    Statement count(database_, "SELECT count(*) FROM " + std::string(table));
    count.executeStep();
    EXPECT_EQ(count.getColumn(0).getInt(), 0) << table;
  }
}

}  // namespace
}  // namespace edu::people::test
