// The records of the intake: what came of an attempt is written in one unit of work with what it changes.
#include "library/courses.h"
#include "logs/books/reception.h"
#include "receiver/intake/intake_attempt.h"
#include "receiver/intake/quarantine.h"
#include "receiver/intake/refusal_count.h"

namespace edu::receiver {
namespace {

constexpr milliseconds kLookAtClock{10'000};

// Refuses a signed manifest that is older than one that was taken of its series.
Result<void> not_replayed(Database& db, const logs::ReceptionRecorded& record) {
  if (record.series.empty()) return {};
  const auto highest = logs::highest_serial(db, record.key_id, record.series);
  if (record.serial >= highest) return {};
  return refuse("receiver.trust_replayed", {{"series", record.series},
                                            {"serial", std::to_string(record.serial)},
                                            {"highest", std::to_string(highest)}});
}

void explain(logs::ReceptionRecorded& record, const Refusal& refusal) {
  record.outcome = "refused";
  record.reason_code = refusal.code;
  record.reason_args.clear();
  for (const auto& [name, value] : refusal.args) record.reason_args[name] = clean(value, kLongestCell);
}

// What stands beside a record, in its unit of work: which file that was, and what its source has to know.
struct Beside {
  std::optional<Identity> identity;
  decltype(Arrival::with_record) of_source;

  void write(Database& db, const logs::ReceptionRecorded& record, const Refusal* refusal) const {
    if (identity && record.no != 0) remember(db, *identity, record);
    if (of_source) of_source(db, record, refusal);
  }
};

logs::CoursewareStored stored_event(const library::Courseware& c, const std::string& by) {
  logs::CoursewareStored event;
  event.no = c.no;
  event.title = c.title;
  event.category = c.category;
  event.lecturer = c.lecturer;
  event.language = c.language;
  event.audience = c.audience;
  event.format = c.format;
  event.size = c.size;
  event.duration_ms = c.duration_ms;
  event.sha256 = c.sha256;
  event.reception_no = c.reception_no;
  event.stored_ms = c.stored_ms;
  event.keep_until = c.keep_until;
  event.by = by;
  return event;
}

}  // namespace

// Also looks, in the same transaction, whether a newer manifest of its series has been taken already.
awaitable<Result<void>> Intake::record_duplicate(Attempt& attempt) {
  attempt.record.ended_ms = to_ms(parts_.clock.now());
  const Beside beside{attempt.identity, attempt.arrival.with_record};
  auto unit = [record = attempt.record,
               beside](logs::Transaction& t) mutable -> Result<logs::ReceptionRecorded> {
    if (auto fresh = not_replayed(t.db, record); !fresh) return Unexpected(fresh.error());
    const auto known = library::find_by_digest(t.db, record.sha256);
    if (!known) return record;
    record.no = logs::next_reception_no(t.db);
    record.outcome = "duplicate";
    record.courseware_no = known->no;
    record.duplicate_of = known->reception_no;
    record.title = known->title;
    record.category = known->category;
    record.format = known->format;
    record.duration_ms = known->duration_ms;
    t.append(record.receiver, record);
    beside.write(t.db, record, nullptr);
    return record;
  };
  auto recorded = co_await parts_.ledger.write(std::move(unit));
  if (!recorded) co_return Unexpected(recorded.error());
  attempt.record = *std::move(recorded);
  co_return Result<void>();
}

// Its last day is counted from today, and nobody knows which day that is.
bool Intake::waits_for_day(const Attempt& attempt) const {
  const auto* manifest = attempt.manifest();
  const bool by_manifest = manifest && !manifest->keep_until.empty();
  return keep_years_ != 0 && !by_manifest && parts_.clock.trust() == ClockTrust::untrusted;
}

// Once the clock can be believed.
awaitable<void> Intake::count_days() {
  co_await load_taken();
  for (bool looked = false;;) {
    const bool trusted = parts_.clock.trust() != ClockTrust::untrusted;
    if (trusted && !looked) {
      co_await give_days();
    }
    looked = trusted;
    co_await parts_.clock.pause(kLookAtClock);
  }
}

awaitable<void> Intake::give_days() {
  const auto day = to_string(keep_until(zone_.date_of(parts_.clock.now()), keep_years_));
  auto unit = [day](logs::Transaction& t) {
    const auto waiting = library::waiting_for_day(t.db);
    for (const auto no : waiting) {
      library::keep_until(t.db, no, day);
      t.append("auto", logs::CoursewareKept{no, day});
    }
    return waiting.size();
  };
  const auto given = co_await parts_.ledger.write(std::move(unit));
  if (given > 0)
    spdlog::info("library: {} courses that came before the clock was right are kept until {}", given, day);
}

library::Courseware Intake::courseware_of(const Attempt& attempt) const {
  const auto now = parts_.clock.now();
  library::Courseware c;
  c.title = attempt.record.title;
  c.category = attempt.record.category;
  c.format = attempt.record.format;
  c.size = attempt.record.size;
  c.duration_ms = attempt.record.duration_ms;
  c.sha256 = attempt.record.sha256;
  c.stored_ms = to_ms(now);
  c.poster = !attempt.facts.poster.empty();
  c.lecturer = clean(attempt.facts.lecturer);
  if (keep_years_ != 0 && !waits_for_day(attempt))
    c.keep_until = to_string(keep_until(zone_.date_of(now), keep_years_));
  const auto* manifest = attempt.manifest();
  if (!manifest) return c;
  if (!manifest->lecturer.empty()) c.lecturer = manifest->lecturer;
  c.language = manifest->language;
  c.audience = manifest->audience;
  if (!manifest->keep_until.empty())
    c.keep_until = manifest->keep_until == kPermanent ? "" : manifest->keep_until;
  return c;
}

// The row, the reception and the storage in one unit of work: all of them or none. A newer manifest may have
// been taken since we looked; what was published is then taken back.
awaitable<Result<void>> Intake::record_stored(Attempt& attempt) {
  attempt.record.ended_ms = to_ms(parts_.clock.now());
  const Beside beside{attempt.identity, attempt.arrival.with_record};
  auto unit = [record = attempt.record, courseware = courseware_of(attempt), waits = waits_for_day(attempt),
               beside](logs::Transaction& t) mutable -> Result<logs::ReceptionRecorded> {
    if (auto fresh = not_replayed(t.db, record); !fresh) return Unexpected(fresh.error());
    courseware.no = library::next_no(t.db);
    courseware.reception_no = logs::next_reception_no(t.db);
    record.no = courseware.reception_no;
    record.courseware_no = courseware.no;
    record.outcome = "stored";
    library::insert(t.db, courseware);
    if (waits) library::wait_for_day(t.db, courseware.no);
    t.append(record.receiver, record);
    t.append(record.receiver, stored_event(courseware, record.receiver));
    beside.write(t.db, record, nullptr);
    return record;
  };
  auto recorded = co_await parts_.ledger.write(std::move(unit));
  if (recorded) {
    attempt.record = *std::move(recorded);
    co_return Result<void>();
  }
  auto take_back = [this, &attempt] {
    parts_.store.remove(attempt.record.sha256);
    return Result<void>();
  };
  co_await on_disk(take_back);
  co_return Unexpected(recorded.error());
}

// By multicast anybody may send: then a refusal may be counted alone, and has no record.
awaitable<void> Intake::record_refused(Attempt& attempt, Refusal refusal) {
  bool movable = false;
  const bool goes = attempt.arrival.afterwards == Arrival::Afterwards::give_up && !is_our_fault(refusal);
  auto look = [&attempt, &movable, goes]() -> Result<void> {
    movable = goes && attempt.seen && signature_of(attempt.arrival.path) == attempt.seen;
    return {};
  };
  co_await on_disk(look);
  explain(attempt.record, refusal);
  attempt.record.ended_ms = to_ms(parts_.clock.now());
  const bool counted = attempt.record.means == "multicast" && !is_our_fault(refusal);
  const auto place = [name = attempt.file_name(), movable, head_only = is_kept_in_part(attempt.record)](
                         std::int64_t no) { return movable ? quarantine_place(no, name, head_only) : ""; };
  const Beside beside{movable ? attempt.identity : std::nullopt, attempt.arrival.with_record};
  auto unit = [record = attempt.record, place, beside, refusal, counted, now = parts_.clock.now(),
               once = attempt.arrival.perhaps_recorded,
               before = attempt.recorded_no](logs::Transaction& t) mutable {
    record.no = before != 0 ? before : once ? logs::recorded_before(t.db, record) : 0;
    const bool recorded = record.no != 0;
    const auto told = recorded || !counted ? 1 : count_refusal(t.db, record, now);
    if (told > 1) sum_up(record, told);
    if (!recorded && told != 0) record.no = logs::next_reception_no(t.db);
    if (record.no != 0) record.quarantine = place(record.no);
    if (recorded) return record;
    if (told != 0) t.append(record.receiver, record);
    beside.write(t.db, record, &refusal);
    return record;
  };
  auto recorded = co_await parts_.ledger.write(std::move(unit));
  attempt.record = std::move(recorded);
  if (attempt.record.no != 0) co_return;
  spdlog::info("receiver: {} refused ({}); counted with others of {}", attempt.record.name, refusal.code,
               attempt.record.source);
  if (movable) co_await give_up_source(attempt);
}

// At the end of a run, and at the start of one after a power cut.
awaitable<void> Intake::tell_counted() {
  co_await load_taken();
  auto unit = [now = parts_.clock.now()](logs::Transaction& t) {
    auto lines = take_untold(t.db, now);
    for (auto& line : lines) {
      line.no = logs::next_reception_no(t.db);
      line.ended_ms = to_ms(now);
      t.append(line.receiver, line);
    }
    return lines.size();
  };
  co_await parts_.ledger.write(unit);
}

}  // namespace edu::receiver
