#include "base/table.h"

#include <gtest/gtest.h>

namespace edu {
namespace {

Table sample() {
  return {
      "播放记录簿", {{"no", "序号"}, {"title", "节目名称"}}, {{"1", "果树修剪"}, {"12", "law, \"part 2\""}}};
}

TEST(Table, AlignsByDisplayWidth) {
  EXPECT_EQ(to_terminal(sample()),
            "播放记录簿\n"
            "序号  节目名称\n"
            "1     果树修剪\n"
            "12    law, \"part 2\"\n");
}

TEST(Table, KeepsOneLineARowOnATerminal) {
  const Table table{"", {{"a", "a"}}, {{"x\ny\x1b[31m"}}};
  EXPECT_EQ(to_terminal(table), "a\nx y [31m\n");
}

TEST(Csv, HasByteOrderMarkCrlfAndQuotes) {
  EXPECT_EQ(to_csv(sample()), "\xEF\xBB\xBF序号,节目名称\r\n1,果树修剪\r\n12,\"law, \"\"part 2\"\"\"\r\n");
}

TEST(Csv, MakesFormulasHarmless) {
  for (const std::string cell : {"=1+1", "+1", "-1", "@x", "\tx"}) {
    const auto csv = to_csv({"", {{"a", "a"}}, {{cell}}});
    EXPECT_EQ(csv.substr(3 + 3), "'" + cell + "\r\n");
  }
  EXPECT_EQ(to_csv({"", {{"a", "a"}}, {{"=a,b\n"}}}).substr(6), "\"'=a,b\n\"\r\n");
  EXPECT_EQ(to_csv({"", {{"a", "a"}}, {{"1=1"}}}).substr(6), "1=1\r\n");
}

TEST(TableJson, NamesCellsByTheirKeys) {
  const auto out = to_json(sample());
  EXPECT_EQ(out.at("rows").at(1).at("title").as_string(), "law, \"part 2\"");
  EXPECT_EQ(out.at("columns").at(0).at("heading").as_string(), "序号");
}

}  // namespace
}  // namespace edu
