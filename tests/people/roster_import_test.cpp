#include <gmock/gmock.h>

#include "roster_fixture.h"

namespace edu::people::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RosterImport : public RosterTest {};

TEST_F(RosterImport, AddsPeopleUnderRandomIds) {
  const auto report = take({entry("1", "张三"), entry("2", "李四")});
  ASSERT_EQ(report.added.size(), 2u);
  EXPECT_NE(report.added[0], report.added[1]);
  EXPECT_EQ(report.added[0].size(), 32u);
  EXPECT_EQ(report.added[0].find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(person("1").id, report.added[0]);
  EXPECT_THAT(report.changed, IsEmpty());
  EXPECT_EQ(report.unchanged, 0u);
}

TEST_F(RosterImport, LeavesWhatIsTheSame) {
  const auto id = take({entry("1", "张三")}).added[0];
  const auto again = take({entry("1", "张三")});
  EXPECT_THAT(again.added, IsEmpty());
  EXPECT_THAT(again.changed, IsEmpty());
  EXPECT_EQ(again.unchanged, 1u);
  EXPECT_EQ(person("1").id, id);
}

TEST_F(RosterImport, ChangesWhatDiffersUnderTheSameId) {
  const auto ids = take({entry("1", "张三"), entry("2", "李四")}).added;
  auto changed = in_group(entry("1", "张三丰", Category::cadre), "第二党支部");
  changed.gender = Gender::male;
  changed.birth = "1970-01";
  changed.phone = "13900001000";
  changed.roles = std::vector{Role::tutor};
  const auto report = take({changed, entry("2", "李四")});
  EXPECT_THAT(report.changed, ElementsAre(ids[0]));
  EXPECT_EQ(report.unchanged, 1u);
  const auto now = person("1");
  EXPECT_EQ(now.id, ids[0]);
  EXPECT_EQ(now.name, "张三丰");
  EXPECT_EQ(now.category, Category::cadre);
  EXPECT_EQ(now.group, "第二党支部");
  EXPECT_EQ(now.gender, Gender::male);
  EXPECT_EQ(now.birth, "1970-01");
  EXPECT_EQ(now.phone, "13900001000");
  EXPECT_EQ(now.roles, std::vector{Role::tutor});
}

TEST_F(RosterImport, LeavesWhatTheFileDoesNotSpeakOf) {
  auto full = in_group(entry("1", "张三"), "第一党支部");
  full.phone = "13900001000";
  full.roles = std::vector{Role::station_operator};
  take({with_status(full, Status::ill, day("2026-05-01"))});
  EXPECT_EQ(take({entry("1", "张三")}).unchanged, 1u);
  EXPECT_EQ(person("1").group, "第一党支部");
  EXPECT_EQ(person("1").status, Status::ill);
  EXPECT_EQ(person("1").roles, std::vector{Role::station_operator});
}

TEST_F(RosterImport, TakesRolesAwayWhenTheirCellIsEmpty) {
  auto made = entry("1", "张三");
  made.roles = std::vector{Role::station_operator, Role::tutor};
  take({made});
  EXPECT_EQ(person("1").roles.size(), 2u);
  made.roles = std::vector<Role>{};
  EXPECT_EQ(take({made}).changed.size(), 1u);
  EXPECT_THAT(person("1").roles, IsEmpty());
}

TEST_F(RosterImport, DeletesNobody) {
  take({entry("1", "张三"), entry("2", "李四")});
  take({entry("2", "李四")});
  EXPECT_EQ(list(database_, day("2026-06-01")).size(), 2u);
}

TEST_F(RosterImport, AChangedStatusIsADatedEntry) {
  const auto id = take({entry("1", "张三")}, "2026-01-01").added[0];
  EXPECT_EQ(take({with_status(entry("1", "张三"), Status::mobile)}, "2026-06-01").changed.size(), 1u);
  EXPECT_THAT(history(database_, id), ElementsAre(DatedStatus{Status::on_roll, std::nullopt},
                                                  DatedStatus{Status::mobile, day("2026-06-01")}));
  EXPECT_EQ(status_on(database_, id, day("2026-05-31")), Status::on_roll);
  EXPECT_EQ(status_on(database_, id, day("2026-06-01")), Status::mobile);
  EXPECT_EQ(take({with_status(entry("1", "张三"), Status::mobile)}, "2026-07-01").unchanged, 1u);
}

TEST_F(RosterImport, ADateInThePastTakesThePlaceOfWhatWasThoughtSince) {
  const auto id = take({with_status(entry("1", "张三"), Status::mobile, day("2026-03-01"))}).added[0];
  take({with_status(entry("1", "张三"), Status::ill, day("2026-02-01"))});
  EXPECT_THAT(history(database_, id), ElementsAre(DatedStatus{Status::on_roll, std::nullopt},
                                                  DatedStatus{Status::ill, day("2026-02-01")}));
}

TEST_F(RosterImport, ADateToComeIsAPlanThatALaterFileMayMove) {
  const auto id = take({entry("1", "张三")}).added[0];
  const auto leaves = [&](const char* when) {
    return take({with_status(entry("1", "张三"), Status::moved_out, day(when))});
  };
  EXPECT_EQ(leaves("2026-07-01").changed.size(), 1u);
  EXPECT_EQ(leaves("2026-07-01").unchanged, 1u);
  EXPECT_EQ(status_on(database_, id, day("2026-06-30")), Status::on_roll);
  EXPECT_EQ(status_on(database_, id, day("2026-07-01")), Status::moved_out);
  EXPECT_EQ(leaves("2026-08-01").changed.size(), 1u);
  EXPECT_EQ(status_on(database_, id, day("2026-07-15")), Status::on_roll);
}

TEST_F(RosterImport, APlanStaysWhenAnotherThingChanges) {
  const auto id = take({entry("1", "张三")}).added[0];
  take({with_status(entry("1", "张三"), Status::moved_out, day("2026-07-01"))});
  take({with_status(entry("1", "张三丰"), Status::on_roll)});
  EXPECT_EQ(status_on(database_, id, day("2026-07-01")), Status::moved_out);
}

TEST_F(RosterImport, ANewPersonWhoLeavesLaterIsOnRollUntilThen) {
  const auto id = take({with_status(entry("1", "张三"), Status::mobile, day("2026-07-01"))}).added[0];
  EXPECT_EQ(status_on(database_, id, day("2026-06-01")), Status::on_roll);
  EXPECT_EQ(status_on(database_, id, day("2026-07-01")), Status::mobile);
}

TEST_F(RosterImport, ANewPersonWhoLeftWasOnRollUntilThen) {
  const auto id = take({with_status(entry("1", "张三"), Status::mobile, day("2026-03-01"))}).added[0];
  EXPECT_EQ(status_on(database_, id, day("2026-02-28")), Status::on_roll);
  EXPECT_EQ(status_on(database_, id, day("2026-03-01")), Status::mobile);
}

TEST_F(RosterImport, ANewPersonWhoComesLaterIsNotOnTheRosterBefore) {
  const auto id = take({with_status(entry("1", "张三"), Status::on_roll, day("2026-07-01"))}).added[0];
  EXPECT_EQ(status_on(database_, id, day("2026-06-30")), std::nullopt);
  EXPECT_EQ(person("1").status_since, day("2026-07-01"));
  EXPECT_EQ(take({with_status(entry("1", "张三"), Status::on_roll, day("2026-07-01"))}).unchanged, 1u);
}

TEST_F(RosterImport, TablesMayBeCreatedAgain) {
  take({entry("1", "张三")});
  create_tables(database_);
  EXPECT_EQ(person("1").name, "张三");
}

TEST_F(RosterImport, TheTablesTakeTextAlone) {
  EXPECT_THROW(database_.exec("INSERT INTO person VALUES ('a','b','c','male','','member','', x'00')"),
               SQLite::Exception);
}

}  // namespace
}  // namespace edu::people::test
