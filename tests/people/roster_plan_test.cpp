#include <gmock/gmock.h>

#include "roster_fixture.h"

namespace edu::people::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Twins = ImportChoices::Twins;
using Why = ImportPlan::Twin::Why;

RosterEntry born(RosterEntry made, std::string birth) {
  made.birth = std::move(birth);
  return made;
}

class RosterPlan : public RosterTest {
 protected:
  ImportPlan plan(std::vector<RosterEntry> entries, const ImportChoices& choices = {}) {
    RosterFile file;
    for (std::size_t i = 0; i < entries.size(); ++i) file.lines.push_back(i + 2);
    file.entries = std::move(entries);
    return plan_import(database_, file, today_, choices);
  }
  ImportReport carry_out(const ImportPlan& plan) { return import(database_, plan, today_); }
  std::vector<std::string> numbers() {
    std::vector<std::string> out;
    for (const auto& person : list(database_, today_)) out.push_back(person.number);
    return out;
  }
  static ImportChoices twins(Twins choice) {
    ImportChoices choices;
    choices.twins = choice;
    return choices;
  }
  const LocalDate today_ = day("2026-06-01");
};

TEST_F(RosterPlan, SaysWhatWouldChangeAndChangesNothing) {
  take({born(entry("1", "甲"), "1980-05")});
  const auto planned = plan({born(entry("1", "甲"), "1980-06"), entry("2", "乙")});
  EXPECT_FALSE(planned.asks());
  EXPECT_EQ(planned.added.size(), 1u);
  ASSERT_EQ(planned.changed.size(), 1u);
  EXPECT_THAT(plan_text(Language::zh, planned), HasSubstr("1 甲：出生年月 1980-05 → 1980-06"));
  EXPECT_THAT(numbers(), ElementsAre("1"));
  const auto report = carry_out(planned);
  EXPECT_EQ(report.added.size(), 1u);
  EXPECT_EQ(report.changed.size(), 1u);
}

TEST_F(RosterPlan, AsksForOneOfTheSameNameAndBirthUnderAnotherNumber) {
  take({born(entry("001", "王强"), "1980-05")});
  const auto planned = plan({born(entry("A17", "王 强"), "1980-05")});
  ASSERT_EQ(planned.twins.size(), 1u);
  EXPECT_EQ(planned.twins[0].why, Why::same_person);
  EXPECT_EQ(planned.twins[0].line, 2u);
  EXPECT_EQ(planned.twins[0].other_number, "001");
  EXPECT_THAT(carry_out(planned).added, IsEmpty());
  EXPECT_THAT(planned.missing, IsEmpty());
}

TEST_F(RosterPlan, ATwinIsTheSameOrAnotherOrLeftOutAsIsSaid) {
  take({born(entry("001", "王强"), "1980-05")});
  const auto file = std::vector{born(entry("A17", "王强"), "1980-05")};
  EXPECT_EQ(plan(file, twins(Twins::skip)).skipped, 1u);
  EXPECT_EQ(plan(file, twins(Twins::add)).added.size(), 1u);
  carry_out(plan(file, twins(Twins::same)));
  EXPECT_THAT(numbers(), ElementsAre("A17"));
}

TEST_F(RosterPlan, EachTwinCanBeDecidedByItsLine) {
  take({born(entry("001", "王强"), "1980-05"), born(entry("002", "李四"), "1981-05")});
  const auto file = std::vector{born(entry("A1", "王强"), "1980-05"), born(entry("A2", "李四"), "1981-05"),
                                born(entry("A3", "钱五"), "1982-05"), born(entry("A4", "钱五"), "1982-05")};
  ImportChoices choices;
  choices.of_line = {{2, Twins::same}, {3, Twins::add}};
  const auto half = plan(file, choices);
  ASSERT_EQ(half.twins.size(), 1u) << "the line that nobody decided";
  EXPECT_EQ(half.twins[0].line, 5u);
  EXPECT_THAT(half.asked_lines, ElementsAre(2u, 3u, 5u));
  choices.twins = Twins::skip;
  const auto whole = plan(file, choices);
  EXPECT_FALSE(whole.asks());
  EXPECT_EQ(whole.skipped, 1u);
  carry_out(whole);
  EXPECT_THAT(numbers(), testing::UnorderedElementsAre("A1", "002", "A2", "A3"));
}

TEST_F(RosterPlan, NamesakesOfAnotherBirthAreNoTwins) {
  take({born(entry("1", "王强"), "1980-05")});
  EXPECT_FALSE(plan({born(entry("2", "王强"), "1990-05")}).asks());
  EXPECT_FALSE(plan({entry("3", "王强")}).asks());
}

TEST_F(RosterPlan, WithoutABirthThePhoneOrTheGroupMakesATwin) {
  auto known = in_group(entry("1", "王强"), "一组");
  known.phone = "139";
  take({known});
  EXPECT_TRUE(plan({in_group(entry("2", "王强"), "一组")}).asks());
  auto by_phone = entry("3", "王强");
  by_phone.phone = "139";
  EXPECT_TRUE(plan({by_phone}).asks());
}

TEST_F(RosterPlan, ZerosWithoutABirthAreAsked) {
  take({entry("001", "王强")});
  EXPECT_TRUE(plan({entry("1", "王强")}).asks());
  EXPECT_FALSE(plan({entry("1", "李四")}).asks());
}

TEST_F(RosterPlan, ANumberThatIsSomebodyElsesIsAsked) {
  take({born(entry("1", "王强"), "1980-05")});
  const auto planned = plan({born(entry("1", "李四"), "1990-07")}, twins(Twins::add));
  ASSERT_EQ(planned.twins.size(), 1u);
  EXPECT_EQ(planned.twins[0].why, Why::number_taken);
  EXPECT_FALSE(plan({born(entry("1", "王强强"), "1980-05")}).asks());
}

TEST_F(RosterPlan, TwoLinesOfOnePersonAreAsked) {
  const auto planned = plan({born(entry("1", "王强"), "1980-05"), born(entry("2", "王强"), "1980-05")});
  ASSERT_EQ(planned.twins.size(), 1u);
  EXPECT_EQ(planned.twins[0].why, Why::in_file);
  EXPECT_EQ(planned.twins[0].other_line, 2u);
  auto other = born(entry("3", "王强"), "1980-05");
  other.phone = "139";
  auto one = born(entry("1", "王强"), "1980-05");
  one.phone = "138";
  EXPECT_FALSE(plan({one, other}).asks());
}

TEST_F(RosterPlan, AGroupThatLooksLikeASlipIsAsked) {
  take({in_group(entry("1", "甲"), "第一党支部")});
  const auto slip = std::vector{in_group(entry("2", "乙"), "第一党支书")};
  const auto planned = plan(slip);
  ASSERT_EQ(planned.doubtful.size(), 1u);
  EXPECT_EQ(planned.doubtful[0].nearest, "第一党支部");
  ImportChoices meant;
  meant.new_groups = true;
  EXPECT_FALSE(plan(slip, meant).asks());
  const auto other = plan({in_group(entry("2", "乙"), "第二党支部")});
  EXPECT_FALSE(other.asks());
  EXPECT_THAT(other.new_groups, ElementsAre("第二党支部"));
}

TEST_F(RosterPlan, AGroupKeepsTheRostersSpelling) {
  take({in_group(entry("1", "甲"), "Group A")});
  carry_out(plan({in_group(entry("2", "乙"), "group a")}));
  EXPECT_EQ(person("2").group, "Group A");
}

TEST_F(RosterPlan, WhoIsNotInTheFileIsToldAndMovesOutWhenThatIsSaid) {
  take({entry("1", "甲"), entry("2", "乙"), with_status(entry("3", "丙"), Status::moved_out)});
  const auto told = plan({entry("1", "甲")});
  ASSERT_EQ(told.missing.size(), 1u);
  EXPECT_THAT(plan_text(Language::zh, told), HasSubstr("2 乙"));
  take({entry("4", "丁"), entry("5", "戊")});
  EXPECT_THAT(plan_text(Language::zh, plan({entry("1", "甲")})),
              HasSubstr("另有 3 人不在文件中，仍然保留。"));
  EXPECT_EQ(told.missing[0].number, "2");
  EXPECT_THAT(carry_out(told).changed, IsEmpty());
  ImportChoices choices;
  choices.missing_move_out = true;
  EXPECT_EQ(carry_out(plan({entry("1", "甲")}, choices)).changed.size(), 3u);
  EXPECT_EQ(person("2").status, Status::moved_out);
}

TEST_F(RosterPlan, AQuestionNamesTheOptionsThatAnswerIt) {
  take({in_group(born(entry("1", "王强"), "1980-05"), "第一党支部")});
  const auto planned = plan({in_group(born(entry("7", "王强"), "1980-05"), "第一党支书")});
  for (const auto language : {Language::zh, Language::en})
    for (const char* option : {"--twins same", "--twins new", "--twins skip", "--new-groups"})
      EXPECT_THAT(plan_text(language, planned), HasSubstr(option));
  const auto json = plan_json(Language::zh, planned);
  EXPECT_TRUE(json.at("asks").as_bool());
  EXPECT_EQ(json.at("twins").as_array().size(), 1u);
}

}  // namespace
}  // namespace edu::people::test
