// The reception book: a line for every attempt to receive something, whatever came of it.
#include "logs/books/reception.h"

#include <boost/json/value_to.hpp>

#include "base/sql_named.h"
#include "logs/books/cells.h"
#include "logs/books/row.h"
#include "logs/journal/events.h"

namespace edu::logs {
namespace {

constexpr const char* kReceptionSchema = R"(
  CREATE TABLE IF NOT EXISTS reception(
    no INTEGER PRIMARY KEY, seq INTEGER NOT NULL, started_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL,
    means TEXT NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL, category TEXT NOT NULL,
    format TEXT NOT NULL, size INTEGER NOT NULL, duration_ms INTEGER NOT NULL, outcome TEXT NOT NULL,
    integrity TEXT NOT NULL, sha256 TEXT NOT NULL, damaged_packets INTEGER NOT NULL, reason_code TEXT NOT NULL,
    reason_args TEXT NOT NULL, courseware_no INTEGER NOT NULL, duplicate_of INTEGER NOT NULL,
    receiver TEXT NOT NULL, signed_by TEXT NOT NULL, key_id TEXT NOT NULL, series TEXT NOT NULL,
    serial INTEGER NOT NULL, gaps INTEGER NOT NULL, gap_ms INTEGER NOT NULL, declared_ms INTEGER NOT NULL,
    length_by TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS reception_started ON reception(started_ms);
  CREATE INDEX IF NOT EXISTS reception_sha256 ON reception(sha256);
  CREATE TABLE IF NOT EXISTS serial(
    key_id TEXT NOT NULL, series TEXT NOT NULL, highest INTEGER NOT NULL,
    PRIMARY KEY(key_id, series)) STRICT, WITHOUT ROWID)";

void reception_recorded(Database& db, const Entry& at, const ReceptionRecorded& e) {
  sql::insert(db, "reception",
              "no, seq, started_ms, ended_ms, means, source, name, title, category, format, size, "
              "duration_ms, outcome, integrity, sha256, damaged_packets, reason_code, reason_args, "
              "courseware_no, duplicate_of, receiver, signed_by, key_id, series, serial, gaps, gap_ms, "
              "declared_ms, length_by",
              e, at);
  if (e.outcome == "refused" || e.series.empty()) return;
  sql::exec_named(db,
                  "INSERT INTO serial VALUES(:key_id, :series, :serial) ON CONFLICT(key_id, series) "
                  "DO UPDATE SET highest=max(highest, excluded.highest)",
                  e);
}

std::string integrity_cell(Statement& row, Language language) {
  auto out = text(language, "book.reception.integrity_" + cell(row, "integrity"));
  const auto damaged = whole(row, "damaged_packets");
  if (damaged > 0) out += text(language, "book.reception.damaged", {{"count", std::to_string(damaged)}});
  return out;
}

// Where the header says another length than what counts, or not everything could be read.
std::string length_remark(std::int64_t taken, std::int64_t declared, const std::string& by,
                          Language language) {
  if (by.empty() || taken == 0) return "";
  const bool differs = declared > 0 && std::abs(declared - taken) > std::max<std::int64_t>(2000, taken / 100);
  if (by == "readable" && !differs) return "";
  const Args args{{"declared", shown(duration_cell(declared), language)},
                  {"taken", shown(duration_cell(taken), language)}};
  return text(language, "book.reception.length_" + by, args);
}

std::string reception_remarks(Statement& row, Language language) {
  const auto outcome = cell(row, "outcome");
  Args args{{"courseware", shown(courseware_cell(whole(row, "courseware_no")), language)},
            {"reception", std::to_string(whole(row, "duplicate_of"))}};
  if (outcome == "refused") {
    const Refusal refusal{
        cell(row, "reason_code"), json::value_to<Args>(json::parse(cell(row, "reason_args"))), {}};
    args["reason"] = text(language, refusal);
  }
  auto remarks = text(language, "book.reception.outcome_" + outcome, args);
  if (whole(row, "gaps") > 0)
    remarks += text(
        language, "book.reception.gaps",
        {{"count", cell(row, "gaps")}, {"length", shown(duration_cell(whole(row, "gap_ms")), language)}});
  remarks +=
      length_remark(whole(row, "duration_ms"), whole(row, "declared_ms"), cell(row, "length_by"), language);
  const Args signer{{"name", cell(row, "signed_by")}};
  return signer.at("name").empty() ? remarks : remarks + text(language, "book.reception.signed_by", signer);
}

Rows reception_rows(const Reading& in) {
  Rows table;
  auto row =
      sql::prepare(in.db, "SELECT * FROM reception WHERE started_ms >= ? AND started_ms < ? ORDER BY no",
                   in.from_ms, in.to_ms);
  while (row.executeStep()) {
    const auto started = whole(row, "started_ms");
    const auto title = cell(row, "title");
    table.push_back({count_cell(row, "no"), date_cell(in.zone, started),
                     interval_cell(in.zone, started, whole(row, "ended_ms")),
                     text(in.language, "book.means." + cell(row, "means")), cell(row, "source"),
                     title.empty() ? cell(row, "name") : title, words_cell(cell(row, "category")),
                     words_cell(cell(row, "format")), size_cell(whole(row, "size")),
                     duration_cell(whole(row, "duration_ms")), integrity_cell(row, in.language),
                     by_cell(cell(row, "receiver"), in.language), reception_remarks(row, in.language),
                     events_cell({whole(row, "seq")})});
  }
  return table;
}

}  // namespace

Book reception_book() {
  return {"reception",
          {"no", "date", "time", "means", "source", "title", "category", "format", "size", "duration",
           "integrity", "receiver", "remarks", "events"},
          reception_rows,
          {"reception", 1, kReceptionSchema, {on<reception_recorded>()}}};
}

std::int64_t next_reception_no(Database& db) {
  return sql::number(db, "SELECT max(no) FROM reception", 0) + 1;
}

std::int64_t highest_serial(Database& db, const std::string& key_id, const std::string& series) {
  return sql::number(db, "SELECT highest FROM serial WHERE key_id=? AND series=?", 0, key_id, series);
}

std::int64_t recorded_before(Database& db, const ReceptionRecorded& record) {
  return sql::number(
      db, "SELECT no FROM reception WHERE started_ms=? AND means=? AND source=? AND name=? AND reason_code=?",
      0, record.started_ms, record.means, record.source, record.name, record.reason_code);
}

bool is_received(Database& db, const std::string& sha256) {
  return sql::number(db,
                     "SELECT count(*) FROM reception WHERE sha256=? AND outcome IN ('stored','duplicate')", 0,
                     sha256) != 0;
}

Lengths lengths_of(Database& db, std::int64_t no) {
  auto row = sql::prepare(db, "SELECT declared_ms, length_by FROM reception WHERE no=?", no);
  if (!row.executeStep()) return {};
  return {whole(row, "declared_ms"), cell(row, "length_by")};
}

Signer signer_of(Database& db, std::int64_t no) {
  auto row = sql::prepare(db, "SELECT signed_by, key_id FROM reception WHERE no=?", no);
  if (!row.executeStep()) return {};
  return {cell(row, "signed_by"), cell(row, "key_id")};
}

}  // namespace edu::logs
