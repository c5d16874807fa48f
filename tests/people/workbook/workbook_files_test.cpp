// Workbooks as clerks send them (tests/cases/workbook, made by make.py there), from the bytes to the people.
#include <gmock/gmock.h>

#include "base/files.h"
#include "people/roster_workbook.h"
#include "people/workbook/readers.h"

namespace edu::workbook {
namespace {

using testing::ElementsAre;

fs::path file(const std::string& name) { return fs::path(EDU_SOURCE_FOLDER) / "tests/cases/workbook" / name; }

Result<Workbook> read(const std::string& name) {
  const auto bytes = read_file(file(name), 1 << 20);
  const auto kind = kind_of(bytes);
  if (kind == "xls") return read_xls(bytes, file(name).string());
  if (kind == "html") return read_html(bytes);
  return kind == "zip" ? read_zip(bytes) : read_xml(bytes);
}

people::RosterFile roster(const std::string& name) {
  const auto book = read(name);
  if (!book) {
    ADD_FAILURE() << name << ": " << text(Language::en, book.error());
    return {};
  }
  auto outcome = people::parse_workbook(*book);
  if (const auto* errors = std::get_if<people::LineErrors>(&outcome)) {
    for (const auto& error : *errors) ADD_FAILURE() << name << ": " << line_text(Language::en, error);
    return {};
  }
  return std::get<people::RosterFile>(std::move(outcome));
}

TEST(WorkbookFiles, TheFirstSheetThatIsNotHiddenAndHasHeadingsIsRead) {
  const auto excel = roster("excel.xlsx");
  ASSERT_EQ(excel.entries.size(), 3u);
  const auto& people = excel.entries;
  EXPECT_EQ(people[0].number, "001");
  EXPECT_EQ(people[0].birth, "1958-03");
  EXPECT_EQ(people[0].phone, "13900001000");
  EXPECT_EQ(people[1].birth, "1962-11");
  EXPECT_EQ(people[1].group, "第一党支部");  // merged with the cell above
  EXPECT_EQ(people[2].name, "张伟");
  EXPECT_EQ(people[2].group, "第二党支部");
  EXPECT_EQ(excel.understood.sheet, "花名册");
  EXPECT_THAT(excel.understood.other_sheets, ElementsAre("旧名单", "说明"));
  EXPECT_EQ(excel.understood.skipped.size(), 2u);
  EXPECT_EQ(excel.understood.heading_line, 2u);
}

TEST(WorkbookFiles, OfOtherProgramsAreTheSamePerson) {
  for (const char* name :
       {"since_1904.xlsx", "strict.xlsx", "old_excel.xls", "open_document.ods", "xml_2003.xls", "page.xls"}) {
    const auto read_back = roster(name);
    ASSERT_FALSE(read_back.entries.empty()) << name;
    EXPECT_EQ(read_back.entries[0].number, "001") << name;
    EXPECT_EQ(read_back.entries[0].name, "王建国") << name;
    EXPECT_EQ(read_back.entries[0].birth, "1958-03") << name;
  }
  EXPECT_EQ(roster("old_excel.xls").entries.at(0).phone, "13900001000");
  EXPECT_EQ(roster("old_excel.xls").understood.sheet, "花名册");
  EXPECT_EQ(roster("strict.xlsx").entries.at(0).group, "第一党支部");
  EXPECT_EQ(roster("xml_2003.xls").entries.at(0).phone, "13900001000");
}

TEST(WorkbookFiles, NumbersThatLostDigitsAreRefusedWithTheMend) {
  const auto outcome = people::parse_workbook(read("long_numbers.xlsx").value());
  const auto* errors = std::get_if<people::LineErrors>(&outcome);
  ASSERT_TRUE(errors);
  EXPECT_EQ(errors->at(0).refusal.code, "people.shortened_number");
  EXPECT_EQ(errors->at(0).line, 2u);
}

TEST(WorkbookFiles, CellsOverSeveralRowsStandInEach) {
  const auto page = roster("page.xls");
  ASSERT_EQ(page.entries.size(), 2u);
  EXPECT_EQ(page.entries[1].name, "李秀英");
  EXPECT_EQ(page.entries[1].group, "第一党支部");
  EXPECT_EQ(page.entries[1].phone, "13900001001");
  EXPECT_EQ(read_html("<html><p>nothing").error().code, "people.workbook_html");
}

TEST(WorkbookFiles, BytesThatAreNoneAreRefused) {
  for (const char* name : {"excel.xlsx", "old_excel.xls", "open_document.ods"}) {
    const auto whole = read_file(file(name), 1 << 20);
    for (std::size_t size = 8; size < whole.size(); size += 97) {
      const auto cut = whole.substr(0, size);
      if (kind_of(cut) != "zip") continue;
      EXPECT_FALSE(read_zip(cut)) << name << " " << size;
    }
  }
  EXPECT_EQ(read_zip("PK\x03\x04").error().code, "people.workbook_bad");
  EXPECT_EQ(read_xml("<a>").error().code, "people.workbook_bad");
  EXPECT_EQ(read_xls("\xD0\xCF", "/nowhere").error().code, "people.workbook_bad");
}

}  // namespace
}  // namespace edu::workbook
