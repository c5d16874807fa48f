#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "roster_fixture.h"

namespace edu::people {
namespace {

using test::errors_of;
using test::parsed;

struct Expected {
  std::size_t line;
  std::string code;
};
void expect_errors(std::string_view bytes, const std::vector<Expected>& wanted) {
  const auto errors = errors_of(bytes);
  ASSERT_EQ(errors.size(), wanted.size()) << bytes.substr(0, 200);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(errors[i].line, wanted[i].line) << errors[i].refusal.code;
    EXPECT_EQ(errors[i].refusal.code, "people." + wanted[i].code);
  }
}

TEST(RosterCsv, ReadsEveryColumnInChinese) {
  const auto file = parsed(
      "编号,姓名,性别,出生年月,类别,支部/小组,状态,状态日期,电话,角色\r\n"
      "001,张三,男,1975-03,党员,第一党支部,流动,2026-02-20,13900001000,操作员、辅导员\r\n");
  ASSERT_EQ(file.entries.size(), 1u);
  RosterEntry wanted = test::entry("001", "张三");
  wanted.gender = Gender::male;
  wanted.birth = "1975-03";
  wanted.group = "第一党支部";
  wanted.status = Status::mobile;
  wanted.status_since = test::day("2026-02-20");
  wanted.phone = "13900001000";
  wanted.roles = std::vector{Role::station_operator, Role::tutor};
  EXPECT_EQ(file.entries[0], wanted);
}

TEST(RosterCsv, ReadsEnglishHeadingsInAnyOrderAndCase) {
  const auto file =
      parsed("CATEGORY,name,Status since,status,Roles,Number\ncadre,Li Si,2026/3/1,Moved out,tutor,7\n");
  ASSERT_EQ(file.entries.size(), 1u);
  const auto& li = file.entries[0];
  EXPECT_EQ(li.number, "7");
  EXPECT_EQ(li.name, "Li Si");
  EXPECT_EQ(li.category, Category::cadre);
  EXPECT_EQ(li.status, Status::moved_out);
  EXPECT_EQ(li.status_since, test::day("2026-03-01"));
  EXPECT_EQ(li.roles, std::vector{Role::tutor});
}

TEST(RosterCsv, KnowsWhatTheFileDoesNotSpeakOf) {
  const auto file = parsed("编号,姓名,类别,电话\n1,张三,党员,\n");
  ASSERT_EQ(file.entries.size(), 1u);
  EXPECT_EQ(file.entries[0].phone, "");
  EXPECT_FALSE(file.entries[0].group);
  EXPECT_FALSE(file.entries[0].gender);
  EXPECT_FALSE(file.entries[0].status);
  EXPECT_FALSE(file.entries[0].roles);
}

TEST(RosterCsv, ReadsGb18030) {
  // 编号,姓名,类别 / 1,张三,党员
  const auto file = parsed(
      "\xB1\xE0\xBA\xC5,\xD0\xD5\xC3\xFB,\xC0\xE0\xB1\xF0\r\n"
      "1,\xD5\xC5\xC8\xFD,\xB5\xB3\xD4\xB1\r\n");
  ASSERT_EQ(file.entries.size(), 1u);
  EXPECT_EQ(file.entries[0].name, "张三");
  EXPECT_EQ(file.entries[0].category, Category::member);
}

TEST(RosterCsv, TakesTheOtherWordsOfForms) {
  const auto file =
      parsed("党员编号,姓名,人员类别,职务\n1,甲,正式党员,学习辅导人员\n2,乙,申请人,\n3,丙,积极分子,\n");
  ASSERT_EQ(file.entries.size(), 3u);
  EXPECT_EQ(file.entries[0].category, Category::member);
  EXPECT_EQ(file.entries[0].roles, std::vector{Role::tutor});
  EXPECT_EQ(file.entries[1].category, Category::petitioner);
  EXPECT_EQ(file.entries[2].category, Category::applicant);
}

TEST(RosterCsv, ReadsOverTheLineNumbersOfAPrintedList) {
  EXPECT_EQ(parsed("序号,编号,姓名,类别\n1,A-7,张三,党员\n").entries[0].number, "A-7");
}

TEST(RosterCsv, QuotedCellsMayHoldLineEnds) {
  const auto file = parsed("编号,姓名,类别,支部/小组\n1,张三,党员,\"第一\n党支部\"\n2,李四,党员,二\n");
  ASSERT_EQ(file.entries.size(), 2u);
  EXPECT_EQ(file.entries[0].group, "第一党支部");
}

TEST(RosterCsv, LinesAreThoseOfTheFileAlsoAfterQuotedLineEnds) {
  expect_errors("编号,姓名,类别,支部/小组\r\n1,张三,党员,\"第一\r\n党支部\"\r\n\r\n2,,党员,二\r\n",
                {{5, "missing_value"}});
}

TEST(RosterCsv, EmptyRowsAtTheEndOfASheetAreNoPeople) {
  EXPECT_EQ(parsed("编号,姓名,类别\n1,张三,党员\n,,\n , ,\n").entries.size(), 1u);
}

TEST(RosterCsv, EmptyCellsBeyondTheColumnsDoNoHarm) {
  EXPECT_EQ(parsed("编号,姓名,类别\n1,张三,党员,,\n").entries.size(), 1u);
}

TEST(RosterCsv, TellsUnknownColumnsAndLeavesThemOut) {
  const auto file = parsed("编号,姓名,类别,住址,,民族\n1,张三,党员,村东,,汉\n");
  EXPECT_THAT(file.understood.unknown_columns, testing::ElementsAre("住址", "民族"));
  EXPECT_THAT(file.understood.columns, testing::ElementsAre("编号", "姓名", "类别"));
  EXPECT_THAT(understood_text(Language::zh, file.understood), testing::HasSubstr("住址、民族"));
}

TEST(RosterCsv, RefusesMissingAndDoubleColumnsAndListsTheRightOnes) {
  expect_errors("姓名,电话\n张三,1\n", {{1, "no_number_column"}, {1, "no_category_column"}});
  expect_errors("编号,类别\n", {{1, "no_name_column"}});
  expect_errors("编号,姓名,类别,支部,小组\n", {{1, "double_column"}});
  const auto errors = errors_of("姓名,类别\n张三,党员\n");
  for (const auto language : {Language::zh, Language::en})
    for (const auto& column : roster_table({}, language).columns)
      EXPECT_THAT(line_text(language, errors[0]), testing::HasSubstr(column.heading));
}

TEST(RosterCsv, AnyNumberOfEmptyColumnsDoesNoHarm) {
  const std::string empty(1000, ',');
  EXPECT_EQ(parsed("编号,姓名,类别" + empty + "\n1,张三,党员" + empty + "\n").entries.size(), 1u);
}

TEST(RosterCsv, CellsMayBeMissingAtTheEndOfARow) {
  const auto file = parsed("编号,姓名,类别,支部,电话\n1,张三,党员\n");
  EXPECT_EQ(file.entries.at(0).phone, "");
}

TEST(RosterCsv, TakesTheLineNumbersWhereThereIsNoOtherNumber) {
  const auto file = parsed("序号,姓名,类别\n1,张三,党员\n");
  EXPECT_EQ(file.entries.at(0).number, "1");
  EXPECT_TRUE(file.understood.number_is_line);
}

TEST(RosterCsv, ReadsHeadingsWithNotesAndMarks) {
  const auto file =
      parsed("*编 号（必填）,姓\u3000名,政治面貌,出生年月(YYYY-MM),所属党支部\n1,张三,党员,1980-05,一\n");
  EXPECT_EQ(file.entries.at(0).birth, "1980-05");
  EXPECT_EQ(file.entries.at(0).group, "一");
}

TEST(RosterCsv, PassesOverTitlesRepeatedHeadingsTotalsAndFooters) {
  const auto file = parsed(
      "李家村党员花名册,,,\n填报单位：李家村,,,2026年11月\n编号,姓名,类别,电话\n1,张三,党员,1\n"
      "编号,姓名,类别,电话\n2,李四,党员,2\n合计,2人,,\n,合　计,,2\n填表人：王五,,审核：赵六,\n,,,第1页\n");
  EXPECT_EQ(file.entries.size(), 2u);
  EXPECT_EQ(file.understood.heading_line, 3u);
  std::vector<std::size_t> lines;
  for (const auto& row : file.understood.skipped) lines.push_back(row.line);
  EXPECT_THAT(lines, testing::ElementsAre(1, 2, 5, 7, 8, 9, 10));
}

TEST(RosterCsv, ReadsAllSeparatorsAndTheLineThatNamesThem) {
  for (const char* text : {"编号;姓名;类别\n1;张,三;党员\n", "编号\t姓名\t类别\n1\t张,三\t党员\n",
                           "\xEF\xBB\xBFsep=;\r\n编号;姓名;类别\r\n1;张,三;党员\r\n",
                           "\"sep=|\"\n编号|姓名|类别\n1|张,三|党员\n"})
    EXPECT_EQ(parsed(text).entries.at(0).name, "张,三") << text;
  EXPECT_EQ(errors_of("sep=;\n编号;姓名;类别\n1;;党员\n").at(0).line, 3u);
}

TEST(RosterCsv, ReadsAListThatWasTypedWithChineseCommas) {
  EXPECT_EQ(parsed("编号，姓名，类别\n１，张三，党员\n").entries.at(0).number, "1");
  EXPECT_EQ(parsed("编号,姓名,类别,支部\n1,张三,党员,\"一，二\"\n").entries.at(0).group, "一,二");
}

TEST(RosterCsv, ReadsGb18030WithSemicolons) {
  const auto file =
      parsed("\xB1\xE0\xBA\xC5;\xD0\xD5\xC3\xFB;\xC0\xE0\xB1\xF0\r\n1;\xD5\xC5\xC8\xFD;\xB5\xB3\xD4\xB1\r\n");
  EXPECT_EQ(file.entries.at(0).name, "张三");
  EXPECT_EQ(file.understood.separator, ';');
  EXPECT_EQ(file.understood.encoding, "GB18030");
}

TEST(RosterCsv, RefusesNumbersThatLostDigits) {
  expect_errors(
      "编号,姓名,类别,电话\n4.40981E+17,甲,党员,1\n1,乙,党员,1.39E+10\n440981198001010000,丙,党员,1\n",
      {{2, "shortened_number"}, {3, "shortened_number"}, {4, "lost_digits"}});
  EXPECT_EQ(parsed("编号,姓名,类别\n440981198001011,甲,党员\n2E5,乙,党员\n11010519491231002X,丙,党员\n")
                .entries.size(),
            3u);
  // An identity number may end in 000: its check digit is right.
  EXPECT_EQ(parsed("编号,姓名,类别\n110103194912310000,甲,党员\n").entries.size(), 1u);
}

TEST(RosterCsv, SaysWhatAMonthCutBySpreadsheetsMayBe) {
  expect_errors("编号,姓名,类别,出生年月\n1,甲,党员,1990.1\n", {{2, "cut_date"}});
}

TEST(RosterCsv, TakesSeveralCategories) {
  const auto file = parsed(
      "编号,姓名,类别\n1,甲,党员、困难党员\n2,乙,后备干部/党员\n3,丙,流动党员\n4,丁,党员 "
      "干部\n5,戊,入党申请人\n"
      "6,己,党员(困难党员)\n");
  const auto& of = file.entries;
  EXPECT_EQ(of.at(0).category, Category::member);
  EXPECT_THAT(of.at(0).marks, testing::ElementsAre(Category::hardship));
  EXPECT_EQ(of.at(1).category, Category::member);
  EXPECT_THAT(of.at(1).marks, testing::ElementsAre(Category::reserve));
  EXPECT_EQ(of.at(2).category, Category::member);
  EXPECT_THAT(of.at(2).marks, testing::ElementsAre(Category::floating));
  EXPECT_THAT(of.at(3).marks, testing::ElementsAre(Category::cadre));
  EXPECT_EQ(of.at(4).category, Category::petitioner);
  EXPECT_THAT(of.at(5).marks, testing::ElementsAre(Category::hardship));
}

TEST(RosterCsv, TheTemplateIsARoster) {
  for (const auto language : {Language::zh, Language::en})
    EXPECT_EQ(parsed(roster_template(language)).entries.size(), 1u);
}

TEST(RosterCsv, ReportsEveryBadLineAtOnce) {
  expect_errors(
      "编号,姓名,性别,出生年月,类别,状态,状态日期,角色\n"
      "1,张三,男,1990-05,党员,在册,,\n"
      ",李四,男,1990-05,党员,在册,,\n"
      "3,,男,1990-05,党员,在册,,\n"
      "4,王五,未知,1990-13,党,走了,2026-02-30,村长\n"
      "1,赵六,女,1990-05,党员,在册,,\n"
      "6,孙七,女\n"
      "7,周八,女,1990-05,党员,在册,,,多\n"
      "8,吴九,女,1990-05,党员,,2026-01-01,\n"
      "9,郑\"十,女,1990-05,党员,,,\n"
      "10,冯一,女,1990-05,,,,\n",
      {{3, "missing_value"},
       {4, "missing_value"},
       {5, "unknown_gender"},
       {5, "bad_date"},
       {5, "unknown_category"},
       {5, "unknown_status"},
       {5, "bad_date"},
       {5, "unknown_role"},
       {6, "duplicate_number"},
       {7, "field_count"},
       {8, "field_count"},
       {9, "since_without_status"},
       {10, "broken_quotes"},
       {11, "missing_value"}});
}

TEST(RosterCsv, DuplicateNumbersNameBothLines) {
  const auto errors = errors_of("编号,姓名,类别\n5,张三,党员\n6,李四,党员\n'05,a,党员\n '5 ,王五,党员\n");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].line, 5u);
  EXPECT_EQ(errors[0].refusal.args.at("line"), "2");
  EXPECT_EQ(line_text(Language::zh, errors[0]), "第 5 行：编号“5”与第 2 行重复。每人的编号必须不同。");
  EXPECT_EQ(line_text(Language::en, errors[0]).substr(0, 8), "Line 5: ");
}

TEST(RosterCsv, TheWordsThatAreRightStandInTheMessage) {
  const auto errors = errors_of("编号,姓名,类别,状态,性别,角色\n1,甲,x,x,x,x\n");
  ASSERT_EQ(errors.size(), 4u);
  for (const auto language : {Language::zh, Language::en}) {
    const auto names = [&](std::size_t at, auto value) {
      EXPECT_THAT(line_text(language, errors[at]), testing::HasSubstr(label(language, value)));
    };
    for (const auto& word : Vocabulary<Category>::words) names(0, word.value);
    for (const auto& word : Vocabulary<Status>::words) names(1, word.value);
    for (const auto& word : Vocabulary<Gender>::words) names(2, word.value);
    for (const auto& word : Vocabulary<Role>::words) names(3, word.value);
  }
}

TEST(RosterCsv, ListsAHundredErrorsAndCountsTheRest) {
  std::string bytes = "编号,姓名,类别\n";
  for (int i = 0; i < 150; ++i) bytes += std::to_string(i) + ",甲,坏\n";
  const auto errors = errors_of(bytes);
  ASSERT_EQ(errors.size(), kMostErrors + 1);
  EXPECT_EQ(errors.back().refusal.code, "people.more_errors");
  EXPECT_EQ(errors.back().refusal.args.at("count"), "50");
  EXPECT_EQ(errors.back().line, 0u);
  EXPECT_EQ(line_text(Language::zh, errors.back()), "另外还有 50 处错误，未一一列出。");
}

TEST(RosterCsv, TakesCellsUpToTheLimit) {
  const std::string longest(kLongestCell, 'x');
  EXPECT_EQ(parsed("编号,姓名,类别\n1," + longest + ",党员\n").entries[0].name, longest);
  expect_errors("编号,姓名,类别\n1," + longest + "x,党员\n", {{2, "field_too_long"}});
  expect_errors("编号,姓名,类别\n1," + std::string(1 << 20, 'x') + ",党员\n", {{2, "field_too_long"}});
}

TEST(RosterCsv, RefusesFilesBeyondTheirBounds) {
  expect_errors(std::string(kLargestRosterFile + 1, 'x'), {{0, "file_too_large"}});
  std::string bytes = "编号,姓名,类别\n";
  for (std::size_t i = 0; i <= kMostRosterRows; ++i) bytes += std::to_string(i) + ",甲,党员\n";
  expect_errors(bytes, {{kMostRosterRows + 2, "too_many_rows"}});
  bytes.erase(bytes.rfind('\n', bytes.size() - 2) + 1);
  EXPECT_EQ(parsed(bytes).entries.size(), kMostRosterRows);
}

TEST(RosterCsv, RefusesFilesWithoutPeople) {
  expect_errors("", {{0, "empty_file"}});
  expect_errors("\n\n,,\n", {{0, "empty_file"}});
  expect_errors("编号,姓名,类别\n", {{0, "no_people"}});
}

TEST(RosterCsv, RefusesMixedEncodings) {
  expect_errors("编号,姓名,类别\n1,张三,党员\n2,\xC0\xEE\xCB\xC4,\xB5\xB3\xD4\xB1\n",
                {{3, "unreadable_line"}});
  EXPECT_EQ(errors_of("编号\n\xC0\xEE\n")[0].refusal.args.at("encoding"), "UTF-8");
}

TEST(RosterCsv, BrokenHeadingsAreAllThatIsReported) {
  expect_errors("编号,\"姓名\n1,张三\n", {{1, "broken_quotes"}});
}

TEST(RosterCsv, EveryRefusalHasAText) {
  for (const char* code : {"unknown_person",     "ambiguous_name",       "empty_file",     "no_people",
                           "file_too_large",     "unreadable_line",      "double_column",  "no_number_column",
                           "no_name_column",     "no_category_column",   "too_many_rows",  "broken_quotes",
                           "field_count",        "field_too_long",       "missing_value",  "duplicate_number",
                           "unknown_gender",     "unknown_category",     "unknown_status", "unknown_role",
                           "bad_date",           "since_without_status", "more_errors",    "cut_date",
                           "shortened_number",   "lost_digits",          "import_asks",    "unknown_group",
                           "unknown_group_alone"})
    for (const auto language : {Language::zh, Language::en})
      EXPECT_TRUE(has_text(language, std::string("refusal.people.") + code)) << code;
}

}  // namespace
}  // namespace edu::people
