// A ledger with a roster of five people, and study sessions of theirs.
#pragma once

#include "calendar/zone.h"
#include "logs/study/sessions.h"
#include "logs/study/study_projection.h"
#include "people/roster.h"
#include "people/roster_import.h"
#include "tests/logs/journal_fixture.h"

namespace edu::logs {

inline const Zone kShanghai("Asia/Shanghai");

inline WallTime at(const char* local) { return kShanghai.to_utc(parse_local_time(local).value()); }

class StudyFixture : public JournalFixture {
 protected:
  explicit StudyFixture(Projections projections = {study_projection()})
      : JournalFixture(std::move(projections), import_roster) {}

  static void import_roster(Database& database) {
    people::create_tables(database);
    people::RosterFile roster;
    for (const auto* number : {"001", "002", "003", "004", "005"}) {
      people::RosterEntry entry;
      entry.number = number;
      entry.name = std::string("学员") + number;
      entry.group = std::string(number) < "004" ? "一组" : "二组";
      entry.category = std::string(number) == "005" ? people::Category::villager : people::Category::member;
      roster.entries.push_back(entry);
    }
    people::import(database, roster, kShanghai.date_of(at("2026-11-22 19:10:00")));
  }

  // A session of both groups at 19:30 for an hour, as the scheduler opens it.
  std::int64_t open_session() {
    SessionPlan plan{1,
                     "2026-11-22T19:30:00",
                     "果树修剪",
                     "李老师",
                     "王书记",
                     "活动室",
                     {},
                     at("2026-11-22 19:30:00"),
                     at("2026-11-22 20:30:00")};
    return test::run(loop_, sessions_->open(plan));
  }
  // Courseware 1 plays from the start of its session for `seconds_` seconds.
  void play(std::int64_t session, std::int64_t seconds_, const std::string& reason = "completed") {
    const auto start = to_ms(at("2026-11-22 19:30:00"));
    append(PlaybackStarted{1, 1, "2026-11-22T19:30:00", 0, 1, "果树修剪", "group", session, start, start + 3,
                           start + 5, 60'000});
    append(PlaybackEnded{
        1, start + seconds_ * 1000, reason, 0, {{start, 0, seconds_ * 1000}}, "null/null", "auto"});
  }
  SignInReport sign_in(std::int64_t session, std::vector<std::string> members) {
    return test::run(loop_, sessions_->sign_in(session, members, "roll-call", "operator")).value();
  }
  void close(std::int64_t session) {
    test::run(loop_, sessions_->close(session, at("2026-11-22 20:30:00"), "ended"));
  }

  std::unique_ptr<Sessions> sessions_ =
      std::make_unique<Sessions>(*ledger_, clock_, kShanghai, CountingRule{{"member", "cadre"}, 1, 0});
};

}  // namespace edu::logs
