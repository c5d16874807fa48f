#include "library/courses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calendar/zone.h"
#include "tests/support/temp_folder.h"

namespace edu::library {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Courses : public testing::Test {
 protected:
  Courses() { create_tables(*db_); }

  Courseware sample(const std::string& title, char digest) {
    Courseware c;
    c.no = next_no(*db_);
    c.title = title;
    c.category = "种植";
    c.lecturer = "李老师";
    c.language = "zh";
    c.audience = "党员";
    c.format = "mp4";
    c.size = 3'400'000;
    c.duration_ms = 45 * 60'000;
    c.sha256 = std::string(64, digest);
    c.reception_no = 7;
    c.stored_ms = 1'795'000'000'000;
    c.keep_until = "2036-11-22";
    c.poster = true;
    return c;
  }
  std::int64_t add(const std::string& title, char digest) {
    const auto c = sample(title, digest);
    insert(*db_, c);
    return c.no;
  }

  test::TempFolder folder_;
  std::unique_ptr<Database> db_ = open_database(folder_ / "station.db");
};

TEST_F(Courses, GivesBackWhatWasInserted) {
  const auto c = sample("苹果树修剪", 'a');
  insert(*db_, c);
  EXPECT_EQ(find(*db_, 1), c);
  EXPECT_EQ(find_by_digest(*db_, c.sha256), c);
  EXPECT_EQ(find(*db_, 2), std::nullopt);
}

TEST_F(Courses, CreatingTablesAgainKeepsTheRows) {
  add("苹果树修剪", 'a');
  create_tables(*db_);
  EXPECT_EQ(list(*db_).size(), 1u);
}

TEST_F(Courses, NeverGivesANumberTwice) {
  add("一", 'a');
  const auto second = add("二", 'b');
  mark_removed(*db_, second, 1);
  EXPECT_EQ(next_no(*db_), 3);
}

TEST_F(Courses, RefusesTheSameDigestTwiceUnlessItWasRemoved) {
  const auto first = add("一", 'a');
  EXPECT_THROW(add("同一个文件", 'a'), SQLite::Exception);
  mark_removed(*db_, first, 1);
  EXPECT_EQ(find_by_digest(*db_, std::string(64, 'a')), std::nullopt);
  EXPECT_EQ(add("再次接收", 'a'), 2);
  EXPECT_EQ(find_by_digest(*db_, std::string(64, 'a'))->no, 2);
}

TEST_F(Courses, ListsByWordsAndCategory) {
  add("苹果树修剪", 'a');
  add("温室蔬菜", 'b');
  const auto gone = add("苹果储藏", 'c');
  mark_removed(*db_, gone, 1);
  const auto numbers = [&](const Filter& filter) {
    std::vector<std::int64_t> out;
    for (const auto& c : list(*db_, filter)) out.push_back(c.no);
    return out;
  };
  EXPECT_THAT(numbers({}), ElementsAre(1, 2));
  EXPECT_THAT(numbers({"苹果", "", false}), ElementsAre(1));
  EXPECT_THAT(numbers({"苹果", "", true}), ElementsAre(1, 3));
  EXPECT_THAT(numbers({"", "种植", false}), ElementsAre(1, 2));
  EXPECT_THAT(numbers({"", "种", false}), ElementsAre());
  EXPECT_THAT(numbers({"%", "", false}), ElementsAre());  // no pattern: the sign itself
}

TEST_F(Courses, PinsAndUnpins) {
  const auto no = add("一", 'a');
  set_pinned(*db_, no, true);
  EXPECT_TRUE(find(*db_, no)->pinned);
  set_pinned(*db_, no, false);
  EXPECT_FALSE(find(*db_, no)->pinned);
}

TEST_F(Courses, TableHasAHeadingForEachCellInBothLanguages) {
  const auto pinned = add("一", 'a');
  const auto removed = add("二", 'b');
  set_pinned(*db_, pinned, true);
  mark_removed(*db_, removed, 1'795'000'000'000);
  const auto rows = list(*db_, {"", "", true});
  for (const auto language : {Language::zh, Language::en}) {
    const auto shown = table(rows, Zone(), language);
    ASSERT_EQ(shown.rows.size(), 2u);
    for (const auto& row : shown.rows) EXPECT_EQ(row.size(), shown.columns.size());
    for (const auto& column : shown.columns) EXPECT_THAT(column.heading, testing::Not(HasSubstr("library.")));
  }
  const auto english = to_terminal(table(rows, Zone(), Language::en));
  EXPECT_THAT(english, HasSubstr("KJ000001"));
  EXPECT_THAT(english, HasSubstr("3.4 MB"));
  EXPECT_THAT(english, HasSubstr("00:45:00"));
  EXPECT_THAT(english, HasSubstr("held, pinned"));
  EXPECT_THAT(english, HasSubstr("removed on 18 Nov 2026"));
}

TEST(CoursewareLabel, CanBeReadBack) {
  EXPECT_EQ(courseware_label(123), "KJ000123");
  EXPECT_EQ(courseware_label(1'234'567), "KJ1234567");
  EXPECT_EQ(courseware_no("KJ000123"), 123);
  EXPECT_EQ(courseware_no("kj123"), 123);
  EXPECT_EQ(courseware_no("123"), 123);
  for (const auto* wrong : {"", "KJ", "0", "-1", "12a", "KJ 1", "99999999999999999999"})
    EXPECT_EQ(courseware_no(wrong), std::nullopt) << wrong;
}

TEST(SizeText, CountsInDecimalUnits) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(999), "999 B");
  EXPECT_EQ(size_text(1500), "1.5 kB");
  EXPECT_EQ(size_text(999'990), "1.0 MB");
  EXPECT_EQ(size_text(2ull << 30), "2.1 GB");
}

}  // namespace
}  // namespace edu::library
