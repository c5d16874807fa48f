#include "receiver/intake/custody.h"

#include <map>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "library/courses.h"

namespace edu::receiver {
namespace {

constexpr std::size_t kLongestReason = 500;  // bytes; a cell of the storage book
using library::Courseware;

Result<Courseware> find_held(Database& db, std::int64_t no, const Zone& zone) {
  auto courseware = library::find(db, no);
  const auto label = library::courseware_label(no);
  if (!courseware) return refuse("library.unknown", {{"no", label}}, Refusal::Kind::not_found);
  if (!courseware->removed()) return *std::move(courseware);
  const auto date = to_string(zone.date_of(from_ms(courseware->removed_ms)));
  return refuse("library.already_removed", {{"no", label}, {"date", date}}, Refusal::Kind::conflict);
}

Result<Courseware> find_removable(Database& db, std::int64_t no, const Zone& zone) {
  auto courseware = find_held(db, no, zone);
  if (courseware && courseware->pinned)
    return refuse("library.is_pinned", {{"no", library::courseware_label(no)}}, Refusal::Kind::conflict);
  return courseware;
}

bool says_something(const std::string& line) { return !line.empty() && line.size() <= kLongestReason; }

struct Known {
  std::map<std::string, std::int64_t> held;  // digest to number
  std::set<std::string> removed;
};

Known known_digests(logs::Transaction& t) {
  Known known;
  for (const auto& c : library::list(t.db, {.words = "", .category = "", .removed = true})) {
    if (c.removed())
      known.removed.insert(c.sha256);
    else
      known.held[c.sha256] = c.no;
  }
  return known;
}

SweepReport report_of(const library::ObjectStore::Swept& swept, const Known& known) {
  SweepReport report{swept.unfinished, swept.orphans, swept.removals, {}};
  for (const auto& digest : swept.missing) report.missing.push_back(known.held.at(digest));
  return report;
}

}  // namespace

awaitable<Result<Courseware>> Custody::pin(std::int64_t no, bool pinned, std::string actor) {
  auto unit = [no, pinned, actor = one_line(to_utf8(actor)),
               zone = parts_.zone](logs::Transaction& t) -> Result<Courseware> {
    auto courseware = find_held(t.db, no, zone);
    if (!courseware || courseware->pinned == pinned) return courseware;
    courseware->pinned = pinned;
    library::set_pinned(t.db, no, pinned);
    t.append(actor, logs::CoursewarePinned{no, pinned ? 1 : 0});
    return courseware;
  };
  co_return co_await parts_.ledger.write(std::move(unit));
}

awaitable<Result<Courseware>> Custody::remove(std::int64_t no, std::string reason, std::string approved_by,
                                              std::string actor) {
  reason = one_line(to_utf8(reason));
  approved_by = one_line(to_utf8(approved_by));
  if (!says_something(reason) || !says_something(approved_by))
    co_return refuse("library.reason_missing", {{"most", std::to_string(kLongestReason)}});
  auto look = [no, zone = parts_.zone](logs::Transaction& t) { return find_removable(t.db, no, zone); };
  auto found = co_await parts_.ledger.write(look);
  if (!found) co_return found;
  const auto lock = co_await parts_.locks.take(found->sha256);
  // The timetable is asked last, with nothing to wait for between its answer and the unit.
  const auto programmes = parts_.needed_by(no);
  if (!programmes.empty()) {
    Args args{{"no", library::courseware_label(no)},
              {"programmes", fmt::format("{}", fmt::join(programmes, ", "))}};
    co_return refuse("library.is_scheduled", std::move(args), Refusal::Kind::conflict);
  }
  const auto removed_ms = to_ms(parts_.clock.now());
  auto unit = [=, by = one_line(to_utf8(actor)),
               zone = parts_.zone](logs::Transaction& t) -> Result<Courseware> {
    auto courseware = find_removable(t.db, no, zone);
    if (!courseware) return courseware;
    courseware->removed_ms = removed_ms;
    library::mark_removed(t.db, no, removed_ms);
    t.append(by, logs::CoursewareRemoved{no, reason, approved_by, removed_ms});
    return courseware;
  };
  auto removed = co_await parts_.ledger.write(std::move(unit));
  if (removed) co_await delete_object(removed->sha256);
  co_return removed;
}

// What fails here is finished by the next sweep: the row says that it is to go.
awaitable<void> Custody::delete_object(std::string sha256) {
  auto work = [this, sha256] {
    try {
      parts_.store.remove(sha256);
    } catch (const std::system_error& error) {
      spdlog::error("library: {}; the next start removes it", error.what());
    }
  };
  co_await parts_.workers.run(std::move(work));
}

awaitable<SweepReport> Custody::sweep() {
  const auto known = co_await parts_.ledger.write(known_digests);
  auto work = [this, &known] {
    std::set<std::string> held;
    for (const auto& [digest, no] : known.held) held.insert(digest);
    return parts_.store.sweep(held, known.removed);
  };
  const auto swept = co_await parts_.workers.run(work);
  auto report = report_of(swept, known);
  spdlog::info(
      "library: swept: {} unfinished removed, {} unknown objects to quarantine, {} removals finished, {} "
      "missing",
      report.unfinished_removed, report.orphans, report.removals_finished, report.missing.size());
  if (report.unfinished_removed == 0 && report.orphans == 0 && report.missing.empty()) co_return report;
  auto unit = [event = logs::LibrarySwept{report.unfinished_removed, report.orphans, report.missing}](
                  logs::Transaction& t) { return t.append("auto", event); };
  co_await parts_.ledger.write(std::move(unit));
  co_return report;
}

}  // namespace edu::receiver
