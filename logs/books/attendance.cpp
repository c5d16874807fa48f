// The attendance book: a line for everybody who was expected at a session, and for who came besides.
#include "logs/books/attendance.h"

#include <map>

#include "logs/books/cells.h"
#include "logs/books/names.h"
#include "logs/study/attended.h"

namespace edu::logs {
namespace {

// When somebody was there, how they signed in, and the records that say so.
struct InOut {
  std::vector<Interval> times;
  std::string means;
  std::vector<RecordNo> events;
};

InOut in_out(const Reading& in, const std::vector<Stay>& stays, LocalDate day) {
  InOut out;
  for (const auto& stay : stays) {
    const auto means = text(in.language, "book.means." + stay.means);
    if (out.means.find(means) == std::string::npos) out.means += (out.means.empty() ? "" : " ") + means;
    out.times.push_back(interval(in.zone, stay.in_ms, stay.out_ms, day));
    for (const auto record : {stay.in, stay.out})
      if (record != 0) out.events.push_back({record});
  }
  return out;
}

template <class Items>
Cell items_cell(Items items) {
  return items.empty() ? Cell(None()) : Cell(std::move(items));
}

std::string absence_cell(const Attended& one, Language language) {
  if (one.why == "missed" || one.why == "cancelled") return text(language, "participation.state_" + one.why);
  if (one.present) return "";
  if (!one.excused.empty()) return one.excused;
  return one.closed ? text(language, "book.attendance.no_reason") : "";
}

Row line_of(const Reading& in, const Attended& one, const Names& names) {
  auto way = in_out(in, one.stays, in.zone.date_of(from_ms(one.start_ms)));
  const auto name = names.name(one.person);
  return {Count{one.session},
          dated_interval_cell(in.zone, one.start_ms, one.end_ms),
          one.title,
          names.number(one.person),
          one.expected ? name : "",
          one.present ? name : "",
          absence_cell(one, in.language),
          "",
          words_cell(std::move(way.means)),
          items_cell(std::move(way.times)),
          duration_cell(one.credited_ms),
          "",
          items_cell(std::move(way.events))};
}

Rows all_rows(const Reading& in) { return attendance_rows(in, 0); }

}  // namespace

Rows attendance_rows(const Reading& in, std::int64_t session) {
  Rows table;
  const Names names(in.db, LocalDate(std::chrono::year(9999) / 12 / 31),
                    in.language);  // names do not depend on the day
  struct Order {                   // in the roster's order within a session, not in that of the random ids
    std::size_t session;
    bool unexpected;
    std::string number;
    auto operator<=>(const Order&) const = default;
  };
  std::multimap<Order, Row> lines;
  std::int64_t last = 0;
  std::size_t sessions = 0;
  for (const auto& one : attended(in.db, in.from_ms, in.to_ms, session)) {
    if (one.session != last) ++sessions, last = one.session;
    lines.emplace(Order{sessions, !one.expected, names.number(one.person)}, line_of(in, one, names));
  }
  for (auto& [order, line] : lines) table.push_back(std::move(line));
  return table;
}

Book attendance_book() {
  return {"attendance",
          {"session", "time", "title", "number", "expected", "present", "absence", "signature", "means",
           "in_out", "credited", "make_up", "events"},
          all_rows,
          {}};
}

}  // namespace edu::logs
