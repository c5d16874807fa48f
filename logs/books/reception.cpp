// The reception book: a line for every attempt to receive something, whatever came of it.
#include <boost/json/value_to.hpp>

#include "base/sql.h"
#include "logs/books/book.h"
#include "logs/books/cells.h"
#include "logs/books/row.h"

namespace edu::logs {
namespace {

std::string integrity_cell(Statement& row, Language language) {
  auto out = text(language, "book.reception.integrity_" + cell(row, "integrity"));
  const auto damaged = whole(row, "damaged_packets");
  if (damaged > 0) out += text(language, "book.reception.damaged", {{"count", std::to_string(damaged)}});
  return out;
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
  const Args signer{{"name", cell(row, "signed_by")}};
  return signer.at("name").empty() ? remarks : remarks + text(language, "book.reception.signed_by", signer);
}

Rows rows(const Reading& in) {
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
          rows};
}

}  // namespace edu::logs
