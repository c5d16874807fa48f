// The records of the intake: what came of an attempt is written in one unit of work with what it changes.
#include "library/courses.h"
#include "logs/books/reception.h"
#include "receiver/intake/intake_attempt.h"
#include "receiver/intake/quarantine.h"

namespace edu::receiver {
namespace {

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
  auto unit = [record = attempt.record,
               identity = attempt.identity](logs::Transaction& t) mutable -> Result<logs::ReceptionRecorded> {
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
    if (identity) remember(t.db, *identity, record);
    return record;
  };
  auto recorded = co_await parts_.ledger.write(std::move(unit));
  if (!recorded) co_return Unexpected(recorded.error());
  attempt.record = *std::move(recorded);
  co_return Result<void>();
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
  if (keep_years_ != 0) c.keep_until = to_string(keep_until(zone_.date_of(now), keep_years_));
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
  auto unit = [record = attempt.record, courseware = courseware_of(attempt),
               identity = attempt.identity](logs::Transaction& t) mutable -> Result<logs::ReceptionRecorded> {
    if (auto fresh = not_replayed(t.db, record); !fresh) return Unexpected(fresh.error());
    courseware.no = library::next_no(t.db);
    courseware.reception_no = logs::next_reception_no(t.db);
    record.no = courseware.reception_no;
    record.courseware_no = courseware.no;
    record.outcome = "stored";
    library::insert(t.db, courseware);
    t.append(record.receiver, record);
    t.append(record.receiver, stored_event(courseware, record.receiver));
    if (identity) remember(t.db, *identity, record);
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

// Who sends to a multicast group is anybody. The first refusals of a sender get lines of their own; then a
// line sums up at 10, 100, 1,000 …, and every hour. 0: it is only counted; 1: a line of its own; more: a line
// that sums up so many.
std::int64_t Intake::to_sum_up(const logs::ReceptionRecorded& record) {
  constexpr std::int64_t first = 5;
  constexpr std::size_t most_senders = 1000;
  constexpr milliseconds hour{3'600'000}, day{24 * 3'600'000};
  if (record.means != "multicast") return 1;
  const auto now = parts_.clock.mono();
  if (refusals_.size() > most_senders)
    std::erase_if(refusals_, [&](const auto& one) { return now - one.second.since > hour; });
  auto& of_sender = refusals_[sender_of(record.means, record.source)];
  if (of_sender.count == 0 || now - of_sender.since > day) of_sender = {0, 0, now};
  ++of_sender.count;
  if (of_sender.count <= first) {
    of_sender.told = of_sender.count;
    of_sender.since = now;
    return 1;
  }
  std::int64_t power = 10;
  while (power < of_sender.count) power *= 10;
  if (power != of_sender.count && now - of_sender.since < hour) return 0;
  const auto untold = of_sender.count - of_sender.told;
  of_sender.told = of_sender.count;
  of_sender.since = now;
  return untold;
}

awaitable<void> Intake::record_refused(Attempt& attempt, Refusal refusal) {
  bool movable = false;
  const bool goes = attempt.arrival.afterwards == Arrival::Afterwards::give_up && !is_our_fault(refusal);
  auto look = [&attempt, &movable, goes]() -> Result<void> {
    movable = goes && attempt.seen && signature_of(attempt.arrival.path) == attempt.seen;
    return {};
  };
  co_await on_disk(look);
  explain(attempt.record, refusal);
  const auto summed = is_our_fault(refusal) ? 1 : to_sum_up(attempt.record);
  if (summed == 0) {
    spdlog::info("receiver: {} refused ({}); counted with others of {}", attempt.record.name, refusal.code,
                 attempt.record.source);
    if (movable) co_await give_up_source(attempt);
    co_return;
  }
  if (summed > 1) {
    attempt.record.reason_code = "receiver.more_refused";
    attempt.record.reason_args = {{"count", std::to_string(summed)}};
  }
  attempt.record.ended_ms = to_ms(parts_.clock.now());
  const auto name = attempt.file_name();
  const bool head_only = is_kept_in_part(attempt.record);
  auto unit = [record = attempt.record, name, movable, head_only, identity = attempt.identity,
               once = attempt.arrival.perhaps_recorded](logs::Transaction& t) mutable {
    record.no = once ? logs::recorded_before(t.db, record) : 0;
    const bool recorded = record.no != 0;
    if (!recorded) record.no = logs::next_reception_no(t.db);
    if (movable) record.quarantine = quarantine_place(record.no, name, head_only);
    if (recorded) return record;
    t.append(record.receiver, record);
    if (movable && identity) remember(t.db, *identity, record);
    return record;
  };
  auto recorded = co_await parts_.ledger.write(std::move(unit));
  attempt.record = std::move(recorded);
}

}  // namespace edu::receiver
