#include "base/table.h"

#include <gtest/gtest.h>

namespace edu {
namespace {

Table sample() {
  Table table;
  table.title = "播放记录簿";
  table.columns = {{"no", "序号"}, {"title", "节目名称"}};
  table.rows = {{Count{1}, "果树修剪"}, {Count{12}, "law, \"part 2\""}};
  return table;
}

Table of_one(Cell cell) {
  Table table;
  table.columns = {{"a", "a"}};
  table.rows.push_back({std::move(cell)});
  return table;
}

LocalDate day(int year, int month) { return LocalDate(std::chrono::year(year) / month / 5); }

TEST(Table, AlignsByDisplayWidth) {
  EXPECT_EQ(to_terminal(sample()),
            "播放记录簿\n"
            "序号  节目名称\n"
            "1     果树修剪\n"
            "12    law, \"part 2\"\n");
}

TEST(Table, KeepsOneLineForARowOnATerminal) {
  EXPECT_EQ(to_terminal(of_one("x\ny\x1b[31m")), "a\nx y [31m\n");
}

TEST(Table, ReadsInItsLanguageAndLeavesTheYearOfItsHeadOut) {
  auto table = of_one(day(2026, 12));
  table.rows.push_back({day(2027, 1)});
  table.year = std::chrono::year(2026);
  EXPECT_EQ(to_terminal(table), "a\n12月5日\n2027年1月5日\n");
  table.language = Language::en;
  EXPECT_EQ(to_terminal(table), "a\n5 Dec\n5 Jan 2027\n");
}

TEST(Table, NamesTheYearThatItsRowsHaveInCommon) {
  Table table;
  table.language = Language::en;
  table.title = "Programmes";
  table.columns = {{"a", "a"}, {"b", "b"}, {"c", "c"}};
  table.rows = {{"x", day(2026, 12), day(2030, 1)}, {"y", "", ""}};  // the first date decides
  name_year(table);
  EXPECT_EQ(table.title, "Programmes (2026)");
  EXPECT_EQ(shown(table, table.rows[0][1]), "5 Dec");
  EXPECT_EQ(shown(table, table.rows[0][2]), "5 Jan 2030");
}

TEST(Table, NamesNoYearWhereRowsDifferOrHaveNone) {
  auto differ = of_one(day(2026, 12));
  differ.rows.push_back({day(2027, 1)});
  auto none = of_one("x");
  for (auto* table : {&differ, &none}) {
    table->title = "t";
    name_year(*table);
    EXPECT_EQ(table->title, "t");
    EXPECT_FALSE(table->year);
  }
}

TEST(Headed, TakesAHeadingOfItsOwnOrTheSharedOne) {
  const auto table = headed(Language::en, "book.storage", {"stored", "title"});
  ASSERT_EQ(table.columns.size(), 2u);
  EXPECT_EQ(table.columns[0].heading, text(Language::en, "book.storage.stored"));
  EXPECT_EQ(table.columns[1].heading, text(Language::en, "book.column.title"));
  EXPECT_EQ(table.columns[1].key, "title");
  EXPECT_TRUE(table.rows.empty());
  EXPECT_EQ(table.language, Language::en);
}

TEST(Csv, HasByteOrderMarkCrlfAndQuotes) {
  EXPECT_EQ(to_csv(sample()), "\xEF\xBB\xBF序号,节目名称\r\n1,果树修剪\r\n12,\"law, \"\"part 2\"\"\"\r\n");
}

TEST(Csv, MakesFormulasHarmless) {
  for (const std::string cell : {"=1+1", "+1", "-1", "@x", "\tx"})
    EXPECT_EQ(to_csv(of_one(cell)).substr(3 + 3), "'" + cell + "\r\n");
  EXPECT_EQ(to_csv(of_one("=a,b\n")).substr(6), "\"'=a,b\n\"\r\n");
  EXPECT_EQ(to_csv(of_one("\r=a")).substr(6), "\"'\r=a\"\r\n");
  EXPECT_EQ(to_csv(of_one("1=1")).substr(6), "1=1\r\n");
  auto heading = of_one("x");
  heading.columns[0].heading = "=1";
  EXPECT_EQ(to_csv(heading).substr(3), "'=1\r\nx\r\n");
}

TEST(Csv, LeavesOurOwnValuesAsTheyAre) {
  EXPECT_EQ(to_csv(of_one(Deviation{milliseconds(1)})).substr(6), "+1 ms\r\n");
  EXPECT_EQ(to_csv(of_one(Count{-1})).substr(6), "-1\r\n");
}

TEST(Csv, HasWholeDatesWhateverTheHeadSays) {
  auto table = of_one(day(2026, 12));
  table.year = std::chrono::year(2026);
  EXPECT_EQ(to_csv(table).substr(6), "2026-12-05\r\n");
}

TEST(TableJson, NamesCellsByTheirKeysAndHasValuesBesideTheText) {
  const auto out = to_json(sample());
  EXPECT_EQ(json::serialize(out.at("rows")), R"([{"no":"1","title":"果树修剪","values":{"no":1}},)"
                                             R"({"no":"12","title":"law, \"part 2\"","values":{"no":12}}])");
  EXPECT_EQ(out.at("columns").at(0).at("heading").as_string(), "序号");
}

TEST(TableJson, HasNoValuesWhereThereAreWordsAlone) {
  EXPECT_EQ(json::serialize(to_json(of_one("x")).at("rows")), R"([{"a":"x"}])");
}

}  // namespace
}  // namespace edu
