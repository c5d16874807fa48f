#include <gmock/gmock.h>

#include "roster_fixture.h"

namespace edu::people::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kFile =
    "编号,姓名,性别,出生年月,类别,支部/小组,状态,状态日期,电话,角色\n"
    "001,张三,男,1975年3月,党员,第一党支部,在册,,13900001000,操作员、辅导员\n"
    "002,=SUM(A1),女,,干部,\"一,二\"\"组\"\"\",流动,2026/2/20,+8613900002000,\n"
    "003,王　㛃,,1990.05,预备党员,\"一\n组\",因病,2026.03,-5,辅导员\n"
    "004,𬭎,,,群众,,,,'@a,\n"
    "@5,''=1,,,入党积极分子,,迁出,2026-01-31,'x,\n";

class RoundTrip : public RosterTest, public testing::WithParamInterface<Language> {
 protected:
  std::string exported(Database& database) {
    return export_csv(list(database, day("2026-06-01")), GetParam());
  }
};

TEST_P(RoundTrip, ImportingTheExportChangesNothing) {
  take(parsed(kFile).entries);
  const auto before = list(database_, day("2026-06-01"));
  const auto report = take(parsed(exported(database_)).entries);
  EXPECT_THAT(report.added, IsEmpty());
  EXPECT_THAT(report.changed, IsEmpty());
  EXPECT_EQ(report.unchanged, 5u);
  EXPECT_EQ(list(database_, day("2026-06-01")), before);
}

TEST_P(RoundTrip, AnEmptyRosterFilledFromTheExportExportsTheSameBytes) {
  take(parsed(kFile).entries);
  const auto bytes = exported(database_);
  Database other(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  create_tables(other);
  import(other, parsed(bytes), day("2027-01-01"));
  EXPECT_EQ(exported(other), bytes);
}

TEST_P(RoundTrip, KeepsWhatWasTyped) {
  take(parsed(kFile).entries);
  EXPECT_EQ(person("002").name, "=SUM(A1)");
  EXPECT_EQ(person("002").phone, "+8613900002000");
  EXPECT_EQ(person("002").group, "一,二\"组\"");
  EXPECT_EQ(person("003").name, "王㛃");
  EXPECT_EQ(person("003").phone, "-5");
  EXPECT_EQ(person("003").status_since, day("2026-03-01"));
  EXPECT_EQ(person("004").phone, "@a");
  EXPECT_EQ(person("@5").name, "''=1");
  EXPECT_EQ(person("@5").phone, "'x");
}

TEST_P(RoundTrip, NoCellOfTheExportIsAFormula) {
  take(parsed(kFile).entries);
  EXPECT_THAT(exported(database_), HasSubstr(",'=SUM(A1),"));
  EXPECT_THAT(exported(database_), HasSubstr(",'+8613900002000,"));
  EXPECT_THAT(exported(database_), HasSubstr("\r\n'@5,"));
}

INSTANTIATE_TEST_SUITE_P(Languages, RoundTrip, testing::Values(Language::zh, Language::en),
                         [](const auto& language) {
                           return language.param == Language::zh ? "Chinese" : "English";
                         });

}  // namespace
}  // namespace edu::people::test
