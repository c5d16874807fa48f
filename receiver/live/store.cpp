#include "receiver/live/store.h"

#include "base/sql_named.h"

namespace edu::live {

BOOST_DESCRIBE_STRUCT(Recording, (),
                      (no, plan, channel, title, begin_ms, end_ms, planned_end_ms, gaps, gap_ms, settled))

namespace {

using sql::named;
constexpr std::int64_t kRecorded = 2;  // of `settled`: and it has its record

LocalTime local_time(const std::string& text) { return parse_local_time(text).value_or(LocalTime{}); }

}  // namespace

// AUTOINCREMENT: a number that was given once means one plan for ever, for the journal names plans by it.
void create_tables(Database& database) {
  database.exec(R"(
    CREATE TABLE IF NOT EXISTS live_plan(
      no INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, title TEXT NOT NULL, local_start TEXT NOT NULL,
      zone TEXT NOT NULL, rrule TEXT NOT NULL, minutes INTEGER NOT NULL, added_ms INTEGER NOT NULL,
      begun TEXT NOT NULL, by_whom TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS live_recording(
      no INTEGER PRIMARY KEY AUTOINCREMENT, plan INTEGER NOT NULL, channel TEXT NOT NULL, title TEXT NOT NULL,
      begin_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, planned_end_ms INTEGER NOT NULL, by_whom TEXT NOT NULL,
      gaps INTEGER NOT NULL, gap_ms INTEGER NOT NULL, settled INTEGER NOT NULL) STRICT)");
}

std::vector<Plan> plans_in(Database& database) {
  std::vector<Plan> plans;
  auto row = sql::prepare(database,
                          "SELECT no, channel, title, local_start, zone, rrule, minutes, added_ms, begun, "
                          "by_whom FROM live_plan ORDER BY no");
  while (row.executeStep()) {
    Plan plan;
    plan.no = row.getColumn(0).getInt64();
    plan.channel = row.getColumn(1).getString();
    plan.title = row.getColumn(2).getString();
    plan.local_start = local_time(row.getColumn(3).getString());
    plan.zone = row.getColumn(4).getString();
    plan.rrule = row.getColumn(5).getString();
    plan.minutes = row.getColumn(6).getInt64();
    plan.added = from_ms(row.getColumn(7).getInt64());
    plan.begun = local_time(row.getColumn(8).getString());
    plan.by = row.getColumn(9).getString();
    plans.push_back(std::move(plan));
  }
  return plans;
}

std::int64_t insert(Database& database, const Plan& plan) {
  sql::insert(database, "live_plan",
              "channel, title, local_start, zone, rrule, minutes, added_ms, begun, by_whom",
              named("channel", plan.channel), named("title", plan.title),
              named("local_start", to_string(plan.local_start)), named("zone", plan.zone),
              named("rrule", plan.rrule), named("minutes", plan.minutes),
              named("added_ms", to_ms(plan.added)), named("begun", std::string()), named("by_whom", plan.by));
  return database.getLastInsertRowid();
}

bool note_begun(Database& database, std::int64_t plan, LocalTime occurrence) {
  return sql::exec(database, "UPDATE live_plan SET begun=? WHERE no=?", to_string(occurrence), plan) != 0;
}

bool remove_plan(Database& database, std::int64_t plan) {
  return sql::exec(database, "DELETE FROM live_plan WHERE no=?", plan) != 0;
}

std::vector<Recording> recordings_in(Database& database) {
  std::vector<Recording> recordings;
  auto row = sql::prepare(database,
                          "SELECT no, plan, channel, title, begin_ms, end_ms, planned_end_ms, by_whom, gaps, "
                          "gap_ms, settled FROM live_recording ORDER BY no");
  while (row.executeStep())
    recordings.push_back(
        {row.getColumn(0).getInt64(), row.getColumn(1).getInt64(), row.getColumn(2).getString(),
         row.getColumn(3).getString(), row.getColumn(4).getInt64(), row.getColumn(5).getInt64(),
         row.getColumn(6).getInt64(), row.getColumn(7).getString(), row.getColumn(8).getInt64(),
         row.getColumn(9).getInt64(), row.getColumn(10).getInt64() != 0});
  return recordings;
}

std::int64_t insert(Database& database, const Recording& r) {
  sql::insert(database, "live_recording",
              "plan, channel, title, begin_ms, end_ms, planned_end_ms, by_whom, gaps, gap_ms, settled", r,
              named("by_whom", r.by));
  return database.getLastInsertRowid();
}

bool update(Database& database, const Recording& r) {
  return sql::exec_named(
             database,
             "UPDATE live_recording SET end_ms=:end_ms, planned_end_ms=:planned_end_ms, gaps=:gaps, "
             "gap_ms=:gap_ms, settled=:settled WHERE no=:no",
             r) != 0;
}

bool note_recorded(Database& database, std::int64_t recording) {
  return sql::exec(database, "UPDATE live_recording SET settled=? WHERE no=?", kRecorded, recording) != 0;
}

bool is_recorded(Database& database, std::int64_t recording) {
  return sql::number(database, "SELECT settled FROM live_recording WHERE no=?", 0, recording) == kRecorded;
}

bool remove_recording(Database& database, std::int64_t recording) {
  return sql::exec(database, "DELETE FROM live_recording WHERE no=?", recording) != 0;
}

}  // namespace edu::live
