#include <system_error>

#include <base/diagnostics.h>
#include <base/sql.h>
#include <base/text.h>
#include <library/catalogue.h>
#include <receiver/intake.h>
#include <receiver/quarantine.h>

namespace edu::receiver {
namespace {

constexpr std::size_t kLongestQueue = 64;   // arrivals that wait for their turn
constexpr std::size_t kLongestCell = 1000;  // bytes of a name, a source or an argument in the record
constexpr std::size_t kDigitsOfNoTitle =
    12;  // of the digest, where neither manifest, tags nor name give a title

// Text from outside as it may stand in a record.
std::string clean(std::string_view bytes, std::size_t most = kLongestText) {
  const auto line = one_line(to_utf8(bytes));
  return one_line(truncate_utf8(line, most));
}

std::string title_of_name(const fs::path& path) { return clean(path.filename().stem().string()); }

// The books' table is made of the journal alone, so its newest number is the newest that was given.
std::int64_t next_reception_no(Database& db) {
  return sql::number(db, "SELECT max(no) FROM reception", 0) + 1;
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

LocalDate keep_until(LocalDate stored, unsigned years) {
  const std::chrono::year_month_day day(stored);
  const auto later = day + std::chrono::years(years);
  if (later.ok()) return LocalDate(later);
  return LocalDate(later.year() / later.month() / std::chrono::last);
}

struct Intake::Underway {
  explicit Underway(std::list<Progress>& all, std::string name)
      : list(all), line(all.insert(all.end(), Progress{std::move(name), 0, 0, "queued"})) {}
  ~Underway() { list.erase(line); }
  Underway(const Underway&) = delete;
  Underway& operator=(const Underway&) = delete;

  std::list<Progress>& list;
  std::list<Progress>::iterator line;
};

struct Intake::Attempt {
  Attempt(Arrival what, Progress& shown) : arrival(std::move(what)), progress(shown) {}
  const Manifest* manifest() const {
    return arrival.description && arrival.description->content ? &*arrival.description->content : nullptr;
  }

  Arrival arrival;
  Progress& progress;
  logs::ReceptionRecorded record;
  std::optional<FileSignature> seen;  // what lay at the path when it was opened
  std::unique_ptr<Incoming> file;
  MediaFacts facts;
  std::optional<Refusal> refusal;
};

Intake::Intake(Parts parts, const config::Receiver& settings, unsigned keep_years, Zone zone)
    : parts_(std::move(parts)),
      settings_(settings),
      keep_years_(keep_years),
      zone_(std::move(zone)),
      slots_(settings.at_once) {}

std::vector<Progress> Intake::progress() const { return {underway_.begin(), underway_.end()}; }

// Runs `work` on a worker; a failure of our own storage is the refusal receiver.storage_failed.
template <class Work>
awaitable<std::optional<Refusal>> Intake::on_disk(Work work) {
  auto guarded = [work = std::move(work)]() mutable -> std::optional<Refusal> {
    try {
      return work();
    } catch (const std::system_error& error) {
      spdlog::error("receiver: {}", error.what());
      return Refusal{
          "receiver.storage_failed", {{"what", error.code().message()}}, Refusal::Kind::unavailable};
    }
  };
  co_return co_await parts_.workers.run(std::move(guarded));
}

awaitable<Result<Reception>> Intake::take(Arrival arrival) {
  if (slots_.waiting() >= kLongestQueue) co_return refuse("receiver.busy", {}, Refusal::Kind::unavailable);
  const auto shown = arrival.name.empty() ? arrival.path.filename() : fs::path(arrival.name);
  const Underway underway(underway_, clean(shown.string(), kLongestCell));
  const auto slot = co_await slots_.take();
  Attempt attempt(std::move(arrival), *underway.line);
  auto& record = attempt.record;
  record.started_ms =
      attempt.arrival.started_ms != 0 ? attempt.arrival.started_ms : to_ms(parts_.clock.now());
  record.means = attempt.arrival.means;
  record.source = clean(attempt.arrival.source, kLongestCell);
  record.receiver = clean(attempt.arrival.receiver);
  record.name = underway.line->name;
  record.title = title_of_name(shown);
  record.integrity = "unchecked";
  if (const auto* manifest = attempt.manifest()) {
    if (!manifest->title.empty()) record.title = manifest->title;
    record.category = manifest->category;
  }
  co_return co_await receive(attempt);
}

awaitable<Reception> Intake::receive(Attempt& attempt) {
  auto refusal = co_await read(attempt);
  if (!refusal) {
    const auto lock = co_await parts_.locks.lock(attempt.record.sha256);
    const bool known = co_await record_duplicate(attempt);
    if (known) {
      co_await restore_object(attempt);
    } else {
      refusal = co_await examine(attempt);
      if (!refusal) refusal = co_await publish(attempt);
      if (!refusal) co_await record_stored(attempt);
    }
  }
  auto drop = [&attempt]() -> std::optional<Refusal> { return attempt.file.reset(), std::nullopt; };
  co_await on_disk(drop);
  if (refusal) {
    co_await record_refused(attempt, *refusal);
    co_await move_to_quarantine(attempt);
  } else {
    co_await give_up_source(attempt);
  }
  Reception reception{attempt.record, refusal};
  co_return reception;
}

// The one reading: into staging and through the hash, piece by piece, then against the manifest's digest.
awaitable<std::optional<Refusal>> Intake::read(Attempt& attempt) {
  const auto largest = settings_.largest_file_mb << 20;
  if (attempt.arrival.failed) co_return attempt.arrival.failed;
  auto open = [this, &attempt, largest]() -> std::optional<Refusal> {
    const auto& arrival = attempt.arrival;
    auto opened = arrival.digest ? Incoming::open_hashed(arrival.path, parts_.store, largest, *arrival.digest,
                                                         attempt.seen)
                                 : Incoming::open(arrival.path, parts_.store, largest, attempt.seen);
    if (!opened) return opened.error();
    attempt.file = *std::move(opened);
    return std::nullopt;
  };
  attempt.progress.stage = "reading";
  auto refusal = co_await on_disk(open);
  if (attempt.seen && attempt.seen->regular())
    attempt.record.size = static_cast<std::int64_t>(attempt.seen->size);
  if (refusal) co_return refusal;
  if (attempt.arrival.description && !attempt.arrival.description->content)
    co_return attempt.arrival.description->content.error();
  attempt.progress.bytes_total = attempt.file->total();
  bool last = false;
  auto step = [&attempt, &last]() -> std::optional<Refusal> {
    const auto taken = attempt.file->step();
    if (!taken) return taken.error();
    last = *taken;
    return std::nullopt;
  };
  while (!last) {
    refusal = co_await on_disk(step);
    if (refusal) co_return refusal;
    attempt.progress.bytes_done = attempt.file->done();
  }
  auto& record = attempt.record;
  record.sha256 = to_hex(attempt.file->digest());
  const auto* manifest = attempt.manifest();
  if (!manifest || manifest->sha256.empty()) co_return std::nullopt;
  record.integrity = manifest->sha256 == record.sha256 ? "match" : "mismatch";
  if (manifest->sha256 == record.sha256) co_return std::nullopt;
  Refusal mismatch{"receiver.digest_mismatch", {}};
  mismatch.args["expected"] = manifest->sha256;
  mismatch.args["actual"] = record.sha256;
  co_return mismatch;
}

awaitable<std::optional<Refusal>> Intake::examine(Attempt& attempt) {
  attempt.progress.stage = "examining";
  auto facts = co_await parts_.examine(attempt.file->staged().path());
  if (!facts) co_return facts.error();
  if (!facts->has_video && !facts->has_audio) co_return Refusal{"receiver.nothing_to_play", {}};
  auto& record = attempt.record;
  attempt.facts = *std::move(facts);
  record.format = clean(attempt.facts.format);
  record.duration_ms = attempt.facts.duration_ms;
  record.damaged_packets = attempt.facts.damaged_packets;
  const auto* manifest = attempt.manifest();
  const auto tagged = clean(attempt.facts.title);
  if ((!manifest || manifest->title.empty()) && !tagged.empty()) record.title = tagged;
  if (record.title.empty()) record.title = record.sha256.substr(0, kDigitsOfNoTitle);
  co_return std::nullopt;
}

awaitable<std::optional<Refusal>> Intake::publish(Attempt& attempt) {
  attempt.progress.stage = "storing";
  auto work = [this, &attempt]() -> std::optional<Refusal> {
    if (!attempt.facts.poster.empty()) {
      const auto poster = parts_.store.publish_poster(attempt.record.sha256, attempt.facts.poster);
      if (!poster) return poster.error();
    }
    const auto published = parts_.store.publish(std::move(attempt.file->staged()));
    if (!published) return published.error();
    return std::nullopt;
  };
  co_return co_await on_disk(work);
}

awaitable<bool> Intake::record_duplicate(Attempt& attempt) {
  attempt.record.ended_ms = to_ms(parts_.clock.now());
  auto unit = [record =
                   attempt.record](logs::Transaction& t) mutable -> std::optional<logs::ReceptionRecorded> {
    const auto known = library::find_by_digest(t.db, record.sha256);
    if (!known) return std::nullopt;
    record.no = next_reception_no(t.db);
    record.outcome = "duplicate";
    record.courseware_no = known->no;
    record.duplicate_of = known->reception_no;
    record.title = known->title;
    record.category = known->category;
    record.format = known->format;
    record.duration_ms = known->duration_ms;
    t.append(record.receiver, record);
    return record;
  };
  auto recorded = co_await parts_.ledger.write(std::move(unit));
  if (recorded) attempt.record = *std::move(recorded);
  co_return attempt.record.outcome == "duplicate";
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

// The row, the reception and the storage in one unit of work: all of them or none.
awaitable<void> Intake::record_stored(Attempt& attempt) {
  attempt.record.ended_ms = to_ms(parts_.clock.now());
  auto unit = [record = attempt.record, courseware = courseware_of(attempt)](logs::Transaction& t) mutable {
    courseware.no = library::next_no(t.db);
    courseware.reception_no = next_reception_no(t.db);
    record.no = courseware.reception_no;
    record.courseware_no = courseware.no;
    record.outcome = "stored";
    library::insert(t.db, courseware);
    t.append(record.receiver, record);
    t.append(record.receiver, stored_event(courseware, record.receiver));
    return record;
  };
  auto recorded = co_await parts_.ledger.write(std::move(unit));
  attempt.record = std::move(recorded);
}

awaitable<void> Intake::record_refused(Attempt& attempt, Refusal refusal) {
  bool movable = false;
  auto look = [&attempt, &movable]() -> std::optional<Refusal> {
    movable = attempt.arrival.consume && attempt.seen && signature_of(attempt.arrival.path) == attempt.seen;
    return std::nullopt;
  };
  co_await on_disk(look);
  explain(attempt.record, refusal);
  attempt.record.ended_ms = to_ms(parts_.clock.now());
  const auto name = attempt.arrival.path.filename().string();
  auto unit = [record = attempt.record, name, movable](logs::Transaction& t) mutable {
    record.no = next_reception_no(t.db);
    if (movable) record.quarantine = quarantine_place(record.no, name);
    t.append(record.receiver, record);
    return record;
  };
  auto recorded = co_await parts_.ledger.write(std::move(unit));
  attempt.record = std::move(recorded);
}

// A row whose object was lost gets it back from the duplicate.
awaitable<void> Intake::restore_object(Attempt& attempt) {
  auto work = [this, &attempt]() -> std::optional<Refusal> {
    if (parts_.store.holds(attempt.record.sha256)) return std::nullopt;
    const auto published = parts_.store.publish(std::move(attempt.file->staged()));
    if (!published) return published.error();
    spdlog::warn("receiver: the object of {} was missing; restored",
                 library::courseware_label(attempt.record.courseware_no));
    return std::nullopt;
  };
  const auto failed = co_await on_disk(work);
  if (failed) attempt.arrival.consume = false;  // the source may be the only copy
}

// The manifest first: the media alone, should it be taken again, is known as a duplicate; the manifest alone
// would wait.
awaitable<void> Intake::give_up_source(Attempt& attempt) {
  if (!attempt.arrival.consume) co_return;
  auto work = [this, &attempt]() -> std::optional<Refusal> {
    if (attempt.arrival.description) give_up(parts_.files, *attempt.arrival.description);
    if (signature_of(attempt.arrival.path) == attempt.seen) parts_.files.remove(attempt.arrival.path);
    return std::nullopt;
  };
  co_await on_disk(work);
}

awaitable<void> Intake::move_to_quarantine(Attempt& attempt) {
  if (attempt.record.quarantine.empty()) co_return;
  auto work = [this, &attempt]() -> std::optional<Refusal> {
    const auto& description = attempt.arrival.description;
    const Refused refused{attempt.arrival.path, *attempt.seen, &attempt.record,
                          description ? &*description : nullptr};
    put_into_quarantine(parts_.files, parts_.store, zone_, refused);
    return std::nullopt;
  };
  co_await on_disk(work);
}

}  // namespace edu::receiver
