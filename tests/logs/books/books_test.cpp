#include "logs/books/books.h"

#include "tests/logs/ledger_fixture.h"

namespace edu::logs {
namespace {

class BooksTest : public LedgerFixture {
 protected:
  Table read(const std::string& which, Language language = Language::zh, Period period = {}) {
    return read_book(*reader(), *find_book(all_books(), which), period, kShanghai, language);
  }
  static std::string cell(const Table& table, std::size_t row, std::string_view key) {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      if (table.columns[i].key == key) return shown(table, table.rows.at(row).at(i));
    return "no such column";
  }
  ReceptionRecorded reception(std::int64_t no, const char* when) {
    ReceptionRecorded event;
    event.no = no;
    event.started_ms = to_ms(at(when)), event.ended_ms = event.started_ms + 2000;
    event.means = "folder", event.source = "inbox", event.name = "a.mp4", event.title = "果树修剪";
    event.category = "农业技术", event.format = "mp4", event.size = 12'345'678, event.duration_ms = 2'700'000;
    event.outcome = "stored", event.integrity = "match", event.sha256 = "ab", event.courseware_no = no;
    event.receiver = "auto";
    return event;
  }
  // Everything that fills the four books.
  void a_day() {
    append(reception(1, "2026-11-22 09:00:00"));
    append(CoursewareStored{1, "果树修剪", "农业技术", "李老师", "zh", "村民", "mp4", 12'345'678, 2'700'000,
                            "ab", 1, to_ms(at("2026-11-22 09:00:02")), "2036-11-22", "auto"});
    auto refused = reception(2, "2026-11-22 09:01:00");
    refused.outcome = "refused", refused.reason_code = "logs.month", refused.reason_args = {{"month", "x"}};
    append(refused);
    auto duplicate = reception(3, "2026-11-23 09:01:00");
    duplicate.outcome = "duplicate", duplicate.duplicate_of = 1, duplicate.courseware_no = 1;
    append(duplicate);
    const auto session = open_session();
    sign_in(session, {"001"});
    test::run(loop_, sessions_->count_visitors(session, 3, "operator"));
    clock_.set(at("2026-11-22 19:30:00"));
    test::run(loop_, sessions_->freeze(session));
    play(session, 60);
    close(session);
    append(CoursewareRemoved{1, "过期", "王书记", to_ms(at("2026-11-30 10:00:00"))});
  }
};

TEST_F(BooksTest, ReceptionHasALineForEachAttemptWithItsOutcome) {
  a_day();
  const auto table = read("reception", Language::en);
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_EQ(cell(table, 0, "time"), "09:00–09:00");
  EXPECT_EQ(cell(table, 0, "remarks"), "stored as KJ000001");
  EXPECT_EQ(cell(table, 0, "duration"), "00:45:00");
  EXPECT_EQ(cell(table, 1, "remarks"), "refused: \"x\" is no month; write it like 2026-11.");
  EXPECT_EQ(cell(table, 2, "remarks"), "duplicate of reception 1 (KJ000001), not stored again");
  EXPECT_EQ(cell(table, 0, "events"), "#1");
}

TEST_F(BooksTest, TheHeadNamesPeriodYearAndZone) {
  a_day();
  const auto first = parse_date("2026-11-01"), last = parse_date("2026-11-30"),
             next = parse_date("2027-01-05");
  const auto head = [&](Period period) {
    return std::pair(read("reception", Language::zh, period).title,
                     read("reception", Language::en, period).title);
  };
  const auto pair_of = [](const std::string& zh, const std::string& en) {
    return std::pair("教学节目课件接收记录簿（" + zh + "，时区 Asia/Shanghai）",
                     "Reception book (" + en + ", zone Asia/Shanghai)");
  };
  EXPECT_EQ(head({}), pair_of("全部，2026年", "all, 2026"));
  EXPECT_EQ(head({first, last}), pair_of("2026年11月1日 – 2026年11月30日", "1 Nov 2026 – 30 Nov 2026"));
  EXPECT_EQ(head({last, last}), pair_of("2026年11月30日", "30 Nov 2026"));
  EXPECT_EQ(head({first, next}),
            pair_of("2026年11月1日 – 2027年1月5日，2026年", "1 Nov 2026 – 5 Jan 2027, 2026"));
  EXPECT_EQ(head({next, {}}), pair_of("2027年1月5日 – …", "5 Jan 2027 – …"));
}

TEST_F(BooksTest, LinesOfTwoYearsNameThemEach) {
  append(reception(1, "2026-12-31 23:59:59"));
  append(reception(2, "2027-01-01 00:00:00"));
  const auto table = read("reception", Language::en);
  EXPECT_EQ(table.title, "Reception book (all, zone Asia/Shanghai)");
  EXPECT_EQ(cell(table, 0, "date"), "31 Dec 2026");
  EXPECT_EQ(cell(table, 0, "time"), "23:59–1 Jan 2027 00:00");
  EXPECT_EQ(cell(table, 1, "date"), "1 Jan 2027");
}

TEST_F(BooksTest, StorageShowsRemovalWithReasonAndApprover) {
  a_day();
  const auto table = read("storage");
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(cell(table, 0, "removed"), "2026年11月30日；过期；批准人 王书记");
  EXPECT_EQ(cell(table, 0, "keep_until"), "2036年11月22日");
}

TEST_F(BooksTest, PlaybackShowsWhatRan) {
  a_day();
  const auto table = read("playback");
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(cell(table, 0, "time"), "19:30–19:31");
  EXPECT_EQ(cell(table, 0, "effective"), "00:01:00");
  EXPECT_EQ(cell(table, 0, "heads"), "4");  // one learner and three visitors
  EXPECT_EQ(cell(table, 0, "interruptions"), "—");
  EXPECT_EQ(cell(table, 0, "first_frame"), "+5 ms");
  EXPECT_EQ(cell(table, 0, "kind"), "集中");
  EXPECT_EQ(cell(table, 0, "date"), "11月22日");
  EXPECT_EQ(cell(table, 0, "planned_start"), "11月22日 19:30");
}

TEST_F(BooksTest, PlaybackToNobodyIsMarked) {
  const auto session = open_session();
  play(session, 60, "power_loss");
  close(session);
  const auto table = read("playback");
  EXPECT_EQ(cell(table, 0, "heads"), "0（空放）");
  EXPECT_EQ(cell(table, 0, "interruptions"), "停电或断电");
}

TEST_F(BooksTest, PlaybackNamesItsPauses) {
  const auto start = to_ms(at("2026-11-22 08:00:00"));
  append(PlaybackStarted{1, 1, "2026-11-22T08:00:00", 0, 1, "课", "open", 0, start, start, start, 60'000});
  append(PlaybackEnded{1,
                       start + 90'000,
                       "completed",
                       2,
                       {{start, 0, 30'000}, {start + 60'000, 30'000, 30'000}},
                       "x11/pulse",
                       "auto"});
  EXPECT_EQ(cell(read("playback"), 0, "interruptions"), "08:00:30 起暂停 00:00:30；解码错误 2 处");
  EXPECT_EQ(cell(read("playback"), 0, "heads"), "—");
  EXPECT_EQ(cell(read("playback"), 0, "equipment"), "画面正常（x11）；声音正常（pulse）");
}

TEST_F(BooksTest, PlaybackSaysWhenNothingWasSeenOrHeard) {
  const auto start = to_ms(at("2026-11-22 08:00:00"));
  append(PlaybackStarted{1, 1, "2026-11-22T08:00:00", 0, 1, "课", "open", 0, start, start, start, 60'000});
  append(PlaybackEnded{1, start + 60'000, "completed", 0, {{start, 0, 59'960}}, "null/null", "auto"});
  EXPECT_EQ(cell(read("playback"), 0, "equipment"), "未接显示设备；无声音");
  EXPECT_EQ(cell(read("playback"), 0, "effective"), "00:01:00");
}

TEST_F(BooksTest, AttendanceHasALineForEachPersonExpected) {
  a_day();
  const auto table = read("attendance");
  ASSERT_EQ(table.rows.size(), 4u);
  EXPECT_EQ(cell(table, 0, "present"), "学员001");
  EXPECT_EQ(cell(table, 0, "in_out"), "19:10–20:30");
  EXPECT_EQ(cell(table, 0, "credited"), "00:01:00");
  EXPECT_EQ(cell(table, 0, "time"), "11月22日 19:30–20:30");
  EXPECT_EQ(cell(table, 0, "means"), "点名");
  EXPECT_EQ(cell(table, 1, "present"), "");
  EXPECT_EQ(cell(table, 1, "absence"), "未说明");
}

TEST_F(BooksTest, APersonErasedFromTheRosterIsNamedAsSuchAndTheChainStaysWhole) {
  a_day();
  auto erase = [](Database& database) {
    database.exec(
        "PRAGMA defer_foreign_keys=ON; DELETE FROM person_status; DELETE FROM person_role; DELETE FROM "
        "person");
    return 0;
  };
  test::run(loop_, writer_->run(erase));
  EXPECT_NE(cell(read("attendance"), 0, "expected").find("已注销"), std::string::npos);
  EXPECT_TRUE(verdict().good());
}

TEST_F(BooksTest, APeriodHoldsItsFirstAndLastDay) {
  a_day();
  const auto day = parse_date("2026-11-22"), next = parse_date("2026-11-23");
  EXPECT_EQ(read("reception", Language::zh, {day, day}).rows.size(), 2u);
  EXPECT_EQ(read("reception", Language::zh, {next, {}}).rows.size(), 1u);
  EXPECT_EQ(read("reception", Language::zh, {{}, day}).rows.size(), 2u);
}

TEST_F(BooksTest, MadeAgainFromTheJournalTheyAreTheSameBytes) {
  a_day();
  std::vector<std::string> before, after;
  for (const auto& [which, keys, rows, tables] : all_books())
    for (const auto language : {Language::zh, Language::en}) {
      before.push_back(to_csv(read(which, language)));
      before.push_back(json::serialize(to_json(read(which, language))));
    }
  writer_.reset();
  {
    auto database = open_database(file_);
    for (const auto* table : {"reception", "storage", "playback", "playback_span", "session", "expected",
                              "presence", "attendance", "session_play", "session_span", "serial"})
      database->exec(std::string("DELETE FROM ") + table);
    projection::rebuild(*database, projections_);
  }
  for (const auto& [which, keys, rows, tables] : all_books())
    for (const auto language : {Language::zh, Language::en}) {
      after.push_back(to_csv(read(which, language)));
      after.push_back(json::serialize(to_json(read(which, language))));
    }
  EXPECT_EQ(before, after);
  EXPECT_GT(before[0].size(), 200u);
}

TEST_F(BooksTest, EveryColumnHasItsHeadingInBothLanguages) {
  for (const auto& [which, keys, rows, tables] : all_books()) {
    for (const auto language : {Language::zh, Language::en}) {
      const auto table = read(which, language);
      for (const auto& column : table.columns) {
        EXPECT_FALSE(column.heading.starts_with("book.")) << column.heading;
        EXPECT_EQ(column.heading.find('{'), std::string::npos) << column.heading;
      }
    }
  }
}

}  // namespace
}  // namespace edu::logs
