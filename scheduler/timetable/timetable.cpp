#include "scheduler/timetable/timetable.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "library/courses.h"
#include "scheduler/timetable/edit_checks.h"
#include "scheduler/timetable/store.h"

namespace edu::scheduler {
namespace {

Course course_of(const library::Courseware& row) {
  return {row.title, row.lecturer, row.audience, milliseconds(row.duration_ms)};
}

std::vector<std::string> texts_of(const std::vector<LocalTime>& times) {
  std::vector<std::string> texts;
  for (const auto time : times) texts.push_back(edu::to_string(time));
  return texts;
}

logs::ProgrammeAdded event_of(const Programme& p) {
  return {p.id,
          p.title,
          to_string(p.kind),
          edu::to_string(p.local_start),
          p.zone,
          p.rundown,
          p.rrule,
          texts_of(p.exdates),
          texts_of(p.rdates),
          p.groups,
          p.tutor,
          p.chair,
          p.place};
}

Result<Courses> read_courses(Database& database, const std::vector<std::int64_t>& rundown) {
  Courses courses;
  for (const auto no : rundown) {
    const auto row = library::find(database, no);
    const Args args{{"no", library::courseware_label(no)}};
    if (!row) return refuse("scheduler.courseware_unknown", args, Refusal::Kind::not_found);
    if (row->removed()) return refuse("scheduler.courseware_removed", args, Refusal::Kind::conflict);
    courses.emplace(no, course_of(*row));
  }
  return courses;
}

std::optional<Zone> zone_of(const Programme& programme) {
  try {
    return Zone(programme.zone);
  } catch (const std::runtime_error& error) {
    spdlog::error("timetable: programme {} will not play: {}", programme.id, error.what());
    return std::nullopt;
  }
}

// Whether it can be cancelled at `now`; pure.
Result<void> check_cancel(const Programme& programme, const Courses& courses, WallTime now,
                          std::optional<LocalTime> occurrence, const std::string& reason) {
  Args args{{"programme", std::to_string(programme.id)}};
  if (reason.empty()) return refuse("scheduler.text_missing", {{"field", "reason"}});
  if (reason.size() > kLongestReason)
    return refuse("scheduler.text_length", {{"field", "reason"}, {"most", std::to_string(kLongestReason)}});
  const auto conflict = Refusal::Kind::conflict;
  if (programme.cancelled) return refuse("scheduler.already_cancelled", args, conflict);
  const auto running_since = now - length_of(programme, courses);
  if (!occurrence) {
    if (next_start(programme, running_since)) return {};
    return refuse("scheduler.programme_over", args, conflict);
  }
  args["start"] = edu::to_string(*occurrence);
  if (programme.cancelled_dates.contains(*occurrence))
    return refuse("scheduler.occurrence_cancelled", args, conflict);
  const auto zone = zone_of(programme);
  const auto start = zone ? zone->to_utc(*occurrence) : WallTime{};
  const auto there = resolve({programme}, courses, start, start + milliseconds(1));
  const bool known = std::any_of(there.begin(), there.end(),
                                 [&](const Occurrence& one) { return one.local_start == *occurrence; });
  if (known && start > running_since) return {};
  const auto coming = next_start(programme, now);
  args["next"] = coming && zone ? edu::to_string(zone->to_local(*coming)) : "—";
  return refuse("scheduler.occurrence_unknown", args, Refusal::Kind::not_found);
}

std::vector<Occurrence> timeline_of(const std::vector<Programme>& programmes, const Courses& courses,
                                    WallTime now, int days) {
  auto list = resolve(programmes, courses, now - calendar::kLongestOccurrence, now + std::chrono::days(days));
  std::erase_if(list, [now](const Occurrence& one) { return one.end <= now; });
  int number = 0;
  for (auto& one : list) one.number = ++number;
  return list;
}

}  // namespace

void prepare(Database& database) { store::create(database); }

Timetable::Timetable(logs::Ledger& ledger, Clock& clock, Workers& workers, Zone zone)
    : ledger_(ledger), clock_(clock), workers_(workers), zone_(std::move(zone)) {}

void Timetable::load(Database& database) {
  programmes_ = store::programmes(database);
  courses_.clear();
  for (const auto& programme : programmes_) {
    zone_of(programme);  // for its word in the diagnostics
    for (const auto no : programme.rundown)
      if (const auto row = library::find(database, no)) courses_.emplace(no, course_of(*row));
  }
}

awaitable<Result<Courses>> Timetable::courses_of(std::vector<std::int64_t> rundown) {
  auto unit = [rundown = std::move(rundown)](logs::Transaction& t) { return read_courses(t.db, rundown); };
  co_return co_await ledger_.write(std::move(unit));
}

void Timetable::keep(Programme programme, const Courses& courses) {
  courses_.insert(courses.begin(), courses.end());
  const auto found = std::find_if(programmes_.begin(), programmes_.end(),
                                  [&](const Programme& one) { return one.id == programme.id; });
  if (found != programmes_.end())
    *found = std::move(programme);
  else
    programmes_.push_back(std::move(programme));
  for (const auto& listener : listeners_) listener();
}

awaitable<Result<Programme>> Timetable::add(ProgrammeDraft draft, std::string actor) {
  const auto turn = co_await turns_.take();
  Programme programme;
  static_cast<ProgrammeDraft&>(programme) = std::move(draft);
  if (programme.zone.empty()) programme.zone = zone_.name();
  programme.added = clock_.now();
  auto plan = [&programme] { return check_plan(programme, programme.added); };
  const auto right = co_await workers_.run(std::move(plan));
  if (!right) co_return Unexpected(right.error());
  const auto courses = co_await courses_of(programme.rundown);
  if (!courses) co_return Unexpected(courses.error());
  auto all = courses_;
  all.insert(courses->begin(), courses->end());
  // The list does not change meanwhile: that needs the turn.
  auto room = [this, &programme, &all] { return check_room(programme, programmes_, all, programme.added); };
  const auto fits = co_await workers_.run(std::move(room));
  if (!fits) co_return Unexpected(fits.error());
  // The courseware is looked at again: a removal may have been committed since.
  auto unit = [programme, actor = std::move(actor)](logs::Transaction& t) mutable -> Result<Programme> {
    if (const auto there = read_courses(t.db, programme.rundown); !there) return Unexpected(there.error());
    programme.id = store::insert(t.db, programme);
    t.append(actor, event_of(programme));
    return programme;
  };
  auto added = co_await ledger_.write(std::move(unit));
  if (added) keep(*added, *courses);
  co_return added;
}

awaitable<Result<Programme>> Timetable::cancel(std::int64_t id, std::optional<LocalTime> occurrence,
                                               std::string reason, std::string actor) {
  const auto turn = co_await turns_.take();
  const auto* programme = find(id);
  if (!programme)
    co_return refuse("scheduler.programme_unknown", Args{{"programme", std::to_string(id)}},
                     Refusal::Kind::not_found);
  Programme changed = *programme;
  auto check = [this, &changed, &reason, occurrence, now = clock_.now()] {
    return check_cancel(changed, courses_, now, occurrence, reason);
  };
  const auto may = co_await workers_.run(std::move(check));
  if (!may) co_return Unexpected(may.error());
  if (occurrence)
    changed.cancelled_dates.insert(*occurrence);
  else
    changed.cancelled = true;
  auto unit = [=](logs::Transaction& t) -> Result<Programme> {
    if (occurrence)
      store::cancel(t.db, id, *occurrence);
    else
      store::cancel(t.db, id);
    const auto start = occurrence ? edu::to_string(*occurrence) : std::string();
    t.append(actor, logs::ProgrammeCancelled{id, start, reason});
    return changed;
  };
  auto done = co_await ledger_.write(std::move(unit));
  const Courses none;
  if (done) keep(*done, none);
  co_return done;
}

const Programme* Timetable::find(std::int64_t id) const {
  const auto found = std::find_if(programmes_.begin(), programmes_.end(),
                                  [id](const Programme& one) { return one.id == id; });
  return found == programmes_.end() ? nullptr : &*found;
}

std::vector<Occurrence> Timetable::between(WallTime from, WallTime to) const {
  return resolve(programmes_, courses_, from, to);
}

std::vector<Occurrence> Timetable::timeline(WallTime now, int days) const {
  return timeline_of(programmes_, courses_, now, days);
}

awaitable<std::vector<Occurrence>> Timetable::work_out(WallTime now, int days) const {
  auto work = [programmes = programmes_, courses = courses_, now, days] {
    return timeline_of(programmes, courses, now, days);
  };
  co_return co_await workers_.run(std::move(work));
}

std::vector<std::string> Timetable::needs(std::int64_t courseware) const {
  std::vector<std::string> labels;
  for (const auto& programme : programmes_) {
    const auto& rundown = programme.rundown;
    if (std::find(rundown.begin(), rundown.end(), courseware) == rundown.end()) continue;
    if (next_start(programme, clock_.now() - length_of(programme, courses_)))
      labels.push_back(fmt::format("{} {}", programme.id, programme.title));
  }
  return labels;
}

}  // namespace edu::scheduler
