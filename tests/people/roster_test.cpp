#include <gmock/gmock.h>

#include "roster_fixture.h"

namespace edu::people::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Roster : public RosterTest {
 protected:
  const LocalDate today_ = day("2026-06-01");
};

TEST_F(Roster, ListsByNumber) {
  take({entry("10", "丙"), entry("2", "乙"), entry("A1", "甲"), entry("1", "丁")});
  EXPECT_THAT(names(list(database_, today_)), ElementsAre("甲", "丁", "乙", "丙"));
}

TEST_F(Roster, ListsByGroupAndCategory) {
  take({in_group(entry("1", "甲"), "一"), in_group(entry("2", "乙", Category::villager), "一"),
        in_group(entry("3", "丙"), "二"), entry("4", "丁")});
  EXPECT_THAT(names(list(database_, today_, {{"一"}, {}})), ElementsAre("甲", "乙"));
  EXPECT_THAT(names(list(database_, today_, {{"一", "二"}, {Category::member}})), ElementsAre("甲", "丙"));
  EXPECT_THAT(names(list(database_, today_, {{""}, {}})), ElementsAre("丁"));
  EXPECT_THAT(list(database_, today_, {{"三"}, {}}), IsEmpty());
}

TEST_F(Roster, FindsByIdWithTheStatusOfTheDay) {
  const auto id = take({entry("1", "甲")}, "2026-01-01").added[0];
  take({with_status(entry("1", "甲"), Status::ill, day("2026-03-01"))});
  EXPECT_EQ(find_by_id(database_, id, day("2026-02-28"))->status, Status::on_roll);
  EXPECT_EQ(find_by_id(database_, id, day("2026-03-01"))->status, Status::ill);
  EXPECT_FALSE(find_by_id(database_, "nobody", today_));
}

TEST_F(Roster, FindsByNumberBeforeName) {
  take({entry("7", "甲"), entry("8", "7")});
  EXPECT_EQ(find(database_, "7", today_)->name, "甲");
  EXPECT_EQ(find(database_, " 8 ", today_)->name, "7");
}

TEST_F(Roster, FindsByNameInAnyNormalForm) {
  take({entry("1", "Jos\u00E9"), entry("2", "王强")});
  EXPECT_EQ(find(database_, "Jose\u0301", today_)->number, "1");
  EXPECT_EQ(find(database_, "王\u3000强", today_)->number, "2");
}

TEST_F(Roster, FindsWhatIsMeant) {
  take({entry("001", "John Smith"), entry("2", "王强"), entry("B-7", "李四")});
  EXPECT_EQ(find(database_, "1", today_)->number, "001");
  EXPECT_EQ(find(database_, "０02", today_)->number, "2");
  EXPECT_EQ(find(database_, "b—7", today_)->number, "B-7");
  EXPECT_EQ(find(database_, "john smith", today_)->number, "001");
  EXPECT_EQ(find(database_, "2 王强", today_)->number, "2");
  EXPECT_EQ(find(database_, "王强（2）", today_).has_value(), false);
  take({entry("1", "赵六")});
  EXPECT_EQ(find(database_, "1", today_)->name, "赵六");
}

TEST_F(Roster, GroupsOfAQuestionMayBeTypedOtherwise) {
  take({in_group(entry("1", "甲"), "第1支部(东)")});
  EXPECT_EQ(list(database_, today_, {{"第１支部（东）"}, {}}).size(), 1u);
  EXPECT_EQ(known_group(group_names(database_), "第 1 支部（东）"), "第1支部(东)");
  const auto unknown = known_group(group_names(database_), "第2支部");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, "people.unknown_group");
  EXPECT_EQ(unknown.error().args.at("nearest"), "第1支部(东)");
  EXPECT_EQ(known_group({}, "一").error().code, "people.unknown_group_alone");
}

TEST_F(Roster, OneOfSeveralCategoriesDecides) {
  auto made = entry("1", "甲", Category::villager);
  made.marks = {Category::cadre, Category::reserve};
  take({made, entry("2", "乙", Category::villager)});
  EXPECT_EQ(person("1").marks, (std::vector{Category::cadre, Category::reserve}));
  const auto expected = expected_on(database_, today_, {}, {Category::member, Category::cadre});
  ASSERT_EQ(expected.size(), 1u);
  EXPECT_EQ(expected[0].category, Category::cadre);
  EXPECT_EQ(list(database_, today_, {{}, {Category::reserve}}).size(), 1u);
}

TEST_F(Roster, RefusesAnAmbiguousNameAndNamesTheNumbers) {
  take({entry("1", "王强"), entry("2", "李四"), entry("3", "王强")});
  const auto found = find(database_, "王强", today_);
  ASSERT_FALSE(found);
  EXPECT_EQ(
      found.error(),
      (Refusal{"people.ambiguous_name", {{"name", "王强"}, {"numbers", "1, 3"}}, Refusal::Kind::conflict}));
}

TEST_F(Roster, WhoMovedOutDoesNotMakeANameAmbiguous) {
  take({with_status(entry("1", "王强"), Status::moved_out, day("2026-05-01")), entry("3", "王强")});
  EXPECT_EQ(find(database_, "王强", today_)->number, "3");
  EXPECT_FALSE(find(database_, "王强", day("2026-04-30")));
  EXPECT_EQ(find(database_, "1", today_)->status, Status::moved_out);
}

TEST_F(Roster, RefusesWhoIsNotThere) {
  const auto found = find(database_, "无名氏", today_);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, "people.unknown_person");
  EXPECT_EQ(found.error().kind, Refusal::Kind::not_found);
  EXPECT_EQ(found.error().args.at("who"), "无名氏");
}

TEST_F(Roster, FindTakesAnyBytes) {
  take({entry("1", "甲")});
  EXPECT_FALSE(find(database_, "\xFF\xFE", today_));
  EXPECT_FALSE(find(database_, "", today_));
  EXPECT_FALSE(find(database_, std::string(1 << 20, 'x'), today_));
  EXPECT_FALSE(find(database_, "1' OR '1'='1", today_));
}

TEST_F(Roster, CountsItsGroups) {
  take({in_group(entry("1", "甲"), "一"), in_group(with_status(entry("2", "乙"), Status::mobile), "一"),
        in_group(with_status(entry("3", "丙"), Status::moved_out), "一"),
        in_group(with_status(entry("4", "丁"), Status::ill), "一"), entry("5", "戊")});
  EXPECT_THAT(groups(database_, today_), ElementsAre(Group{"", 1, 1}, Group{"一", 3, 2}));
}

TEST_F(Roster, AStatusOfNobodyIsNone) {
  EXPECT_FALSE(status_on(database_, "nobody", today_));
  EXPECT_THAT(history(database_, "nobody"), IsEmpty());
}

TEST_F(Roster, TheTableHasHeadingsAndWordsInTheLanguage) {
  auto made = in_group(with_status(entry("001", "张三"), Status::ill, day("2026-05-01")), "一组");
  made.gender = Gender::female;
  made.birth = "1970-01";
  made.phone = "1";
  made.roles = std::vector{Role::station_operator, Role::tutor};
  take({made});
  const auto words = [](const Table& table) {
    std::vector<std::string> out;
    for (const auto& cell : table.rows.at(0)) out.push_back(shown(table, cell));
    return out;
  };
  const auto zh = roster_table(list(database_, today_), Language::zh);
  std::vector<std::string> headings;
  for (const auto& column : zh.columns) headings.push_back(column.heading);
  EXPECT_THAT(headings, ElementsAre("编号", "序号", "姓名", "性别", "出生年月", "类别", "支部/小组", "状态",
                                    "状态日期", "电话", "角色"));
  EXPECT_THAT(words(zh), ElementsAre("001", "1", "张三", "女", "1970-01", "党员", "一组", "因病",
                                     "2026年5月1日", "1", "操作员、辅导员"));
  const auto en = roster_table(list(database_, today_), Language::en);
  EXPECT_THAT(words(en), ElementsAre("001", "1", "张三", "female", "1970-01", "member", "一组", "ill",
                                     "1 May 2026", "1", "operator, tutor"));
}

TEST(RosterWords, KeysAreReadBack) {
  EXPECT_EQ(from_key<Category>("probationary"), Category::probationary);
  EXPECT_EQ(key(Role::station_operator), "operator");
  EXPECT_FALSE(from_key<Status>("在册"));
  EXPECT_EQ(label(Language::zh, Gender::unstated), "");
}

}  // namespace
}  // namespace edu::people::test
