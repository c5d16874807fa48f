// Files as they were found in the field (tests/cases/roster): each is read as a clerk means it, or refused
// with the way to mend it.
#include <gmock/gmock.h>

#include "base/files.h"
#include "roster_fixture.h"

namespace edu::people::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RosterCases : public RosterTest {
 protected:
  static std::string bytes(const std::string& name) {
    return read_file(fs::path(EDU_SOURCE_FOLDER) / "tests/cases/roster" / name, kLargestRosterFile);
  }
  static RosterFile file(const std::string& name) { return parsed(bytes(name)); }
  ImportReport import_file(const std::string& name) {
    const auto read = file(name);
    const auto plan = plan_import(database_, read, today_, {});
    EXPECT_FALSE(plan.asks()) << plan_text(Language::en, plan);
    return import(database_, plan, today_);
  }
  const LocalDate today_ = day("2026-06-01");
};

TEST_F(RosterCases, LostZerosAreTheSamePeople) {
  EXPECT_EQ(import_file("base.csv").added.size(), 3u);
  const auto read = file("lostzero.csv");
  EXPECT_EQ(read.understood.encoding, "GB18030");
  const auto plan = plan_import(database_, read, today_, {});
  EXPECT_EQ(plan.recognised.size(), 3u);
  const auto report = import(database_, plan, today_);
  EXPECT_THAT(report.added, IsEmpty());
  EXPECT_EQ(report.unchanged, 3u);
  EXPECT_EQ(person("1").number, "001");
}

TEST_F(RosterCases, ZerosThatComeBackMendTheNumber) {
  import_file("lostzero.csv");
  EXPECT_EQ(import_file("base.csv").changed.size(), 3u);
  EXPECT_EQ(person("001").number, "001");
  EXPECT_EQ(list(database_, today_).size(), 3u);
}

TEST_F(RosterCases, ShortenedNumbersAreRefusedWithTheMend) {
  const auto errors = errors_of(bytes("sci.csv"));
  ASSERT_FALSE(errors.empty());
  EXPECT_EQ(errors[0].refusal.code, "people.shortened_number");
  EXPECT_THAT(line_text(Language::zh, errors[0]), testing::HasSubstr("文本"));
}

TEST_F(RosterCases, LineBreaksInCellsAreNone) {
  import_file("nl_cell.csv");
  EXPECT_EQ(person("041").name, "韩杨");
  EXPECT_THAT(names(expected_on(database_, today_, {"第一党支部"}, {Category::member})), ElementsAre("韩杨"));
}

TEST_F(RosterCases, NamesAreFoundByAnyDot) {
  import_file("minority.csv");
  for (const char* dot : {"·", "•", "・", "‧", " · "}) {
    EXPECT_EQ(find(database_, "阿卜杜拉" + std::string(dot) + "买买提", today_)->number, "051") << dot;
    EXPECT_EQ(find(database_, "古丽娜尔" + std::string(dot) + "艾山", today_)->number, "052") << dot;
  }
}

TEST_F(RosterCases, WideSignsArePlainOnes) {
  import_file("fullwidth.csv");
  EXPECT_EQ(find(database_, "０２１", today_)->number, "021");
  EXPECT_EQ(person("021").birth, "1980-05");
  EXPECT_EQ(person("021").phone, "13900001000");
}

TEST_F(RosterCases, DatesAreReadAsSpreadsheetsWriteThem) {
  for (const char* name : {"datetime.csv", "dates8.csv"})
    for (const auto& entry : file(name).entries) EXPECT_EQ(entry.birth, "1980-05") << entry.number;
}

TEST_F(RosterCases, EqualsSignsKeepTheirZeros) {
  const auto read = file("exceltext.csv");
  EXPECT_EQ(read.entries.at(0).number, "092");
  EXPECT_EQ(read.entries.at(0).phone, "13900001000");
}

TEST_F(RosterCases, DialectsAreReadAndTold) {
  const auto base = file("base.csv");
  for (const char* name : {"semicolon.csv", "unicode_text.txt", "titlerow.csv"})
    EXPECT_EQ(file(name).entries, base.entries) << name;
  EXPECT_EQ(file("semicolon.csv").understood.separator, ';');
  EXPECT_EQ(file("unicode_text.txt").understood.encoding, "UTF-16");
  EXPECT_EQ(file("unicode_text.txt").understood.separator, '\t');
  EXPECT_EQ(file("titlerow.csv").understood.skipped.size(), 1u);
  EXPECT_THAT(understood_text(Language::zh, file("titlerow.csv").understood),
              testing::HasSubstr("李家村党员花名册"));
}

}  // namespace
}  // namespace edu::people::test
