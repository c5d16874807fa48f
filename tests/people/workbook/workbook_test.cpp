#include "people/workbook/workbook.h"

#include <gtest/gtest.h>

namespace edu::workbook {
namespace {

using namespace std::string_literals;

TEST(WorkbookKind, IsWhatTheBytesBeginWith) {
  EXPECT_EQ(kind_of("PK\x03\x04..."), "zip");
  EXPECT_EQ(kind_of("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1..."), "xls");
  EXPECT_EQ(kind_of("\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<Workbook "
                    "xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">"),
            "xml");
  EXPECT_EQ(kind_of("<HTML><table>"), "html");
  EXPECT_EQ(kind_of("  <table border=1>"), "html");
  EXPECT_FALSE(kind_of("编号,姓名\n<table>"));
  EXPECT_FALSE(kind_of(""));
}

Workbook example() {
  return {"xlsx", {{"表", false, {{2, {"a", "", "王\n强"}}, {5, {"x"}}}}, {"旧", true, {}}}};
}

TEST(WorkbookLines, AreReadBack) {
  const auto back = from_lines(to_lines(example()));
  ASSERT_TRUE(back);
  ASSERT_EQ(back->sheets.size(), 2u);
  EXPECT_EQ(back->kind, "xlsx");
  EXPECT_EQ(back->sheets[0].name, "表");
  EXPECT_EQ(back->sheets[0].rows[0].cells, example().sheets[0].rows[0].cells);
  EXPECT_EQ(back->sheets[0].rows[1].number, 5u);
  EXPECT_TRUE(back->sheets[1].hidden);
}

TEST(WorkbookLines, MayBeARefusal) {
  const auto back = from_lines(to_lines(refuse("people.workbook_bad", {{"what", "x"}})));
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error(), (Refusal{"people.workbook_bad", {{"what", "x"}}, {}}));
}

TEST(WorkbookLines, OfAnotherFormAreGarbage) {
  const auto first = R"({"kind":"xlsx"})"s + "\n";
  std::string many = first;
  for (std::size_t i = 0; i <= kMostSheets; ++i) many += "{\"sheet\":\"x\"}\n";
  for (const auto& lines :
       {""s, "hello\n"s, "[]\n"s, R"({"kind":"exe"})"s, R"({"refused":"library.unknown"})"s,
        first + R"({"row":1,"cells":["before a sheet"]})",
        first + R"({"sheet":"a"})" + "\n" + R"({"row":0,"cells":[]})",
        first + R"({"sheet":"a"})" + "\n" + R"({"row":1,"cells":[1]})", many})
    EXPECT_EQ(from_lines(lines).error().code, "people.workbook_garbage") << lines.substr(0, 80);
}

}  // namespace
}  // namespace edu::workbook
