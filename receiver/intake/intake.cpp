#include "receiver/intake/intake_attempt.h"
#include "receiver/intake/quarantine.h"
#include "receiver/intake/refusal_count.h"

namespace edu::receiver {
namespace {

constexpr std::size_t kLongestQueue = 64;  // arrivals that wait for their turn
constexpr std::size_t kDigitsOfNoTitle =
    12;  // of the digest, where neither manifest, tags nor name give a title

std::string title_of_name(const std::string& name) { return clean(fs::path(name).stem().string()); }

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

Intake::Intake(Parts parts, const config::Receiver& settings, unsigned keep_years, Zone zone)
    : parts_(std::move(parts)),
      settings_(settings),
      keep_years_(keep_years),
      zone_(std::move(zone)),
      slots_(settings.at_once),
      keep_({parts_.ledger, parts_.store, parts_.files, parts_.workers, parts_.clock}, settings) {}

std::vector<Progress> Intake::progress() const { return {underway_.begin(), underway_.end()}; }

awaitable<Result<Reception>> Intake::take(Arrival arrival) {
  if (slots_.waiting() >= kLongestQueue) co_return refuse("receiver.busy", {}, Refusal::Kind::unavailable);
  const Underway underway(underway_, clean(name_of(arrival), kLongestCell));
  const auto slot = co_await slots_.take();
  Attempt attempt(std::move(arrival), *underway.line);
  begin(attempt, underway.line->name);
  co_await load_taken();
  if (co_await was_taken(attempt)) {
    Reception reception{attempt.record, std::nullopt};
    co_return reception;
  }
  co_return co_await receive(attempt);
}

awaitable<void> Intake::load_taken() {
  if (loaded_) co_return;
  const auto turn = co_await parts_.locks.take("arrivals");
  if (loaded_) co_return;
  auto unit = [](logs::Transaction& t) {
    create_refusal_count(t.db);
    return taken_before(t.db);
  };
  before_ = co_await parts_.ledger.write(std::move(unit));
  loaded_ = true;
}

// Has the last run recorded this very file, and the power cut brought it back? Then it is only given up. One
// that was refused is refused again, and finds its record.
awaitable<bool> Intake::was_taken(Attempt& attempt) {
  if (attempt.arrival.afterwards == Arrival::Afterwards::keep) co_return false;
  auto look = [path = attempt.arrival.path] { return identity_of(path); };
  attempt.identity = co_await parts_.workers.run(std::move(look));
  const auto found = before_.find(attempt.arrival.path.string());
  if (found == before_.end()) co_return false;
  const auto taken = std::move(found->second);
  before_.erase(found);
  if (!attempt.identity || !is_same(taken, *attempt.identity)) co_return false;
  if (taken.record.outcome == "refused") {
    attempt.recorded_no = taken.record.no;
    co_return false;
  }
  auto record = taken.record;
  record.means = attempt.record.means;
  record.source = attempt.record.source;
  record.name = attempt.record.name;
  record.receiver = attempt.record.receiver;
  attempt.record = std::move(record);
  auto see = [&attempt]() -> Result<void> {
    attempt.seen = signature_of(attempt.arrival.path);
    return {};
  };
  co_await on_disk(see);
  co_await give_up_source(attempt);
  spdlog::info("receiver: {} was recorded before the last end (no. {}); removed", attempt.record.name,
               attempt.record.no);
  co_return true;
}

void Intake::begin(Attempt& attempt, std::string name) {
  const auto& arrival = attempt.arrival;
  auto& record = attempt.record;
  record.started_ms = arrival.origin.started_ms != 0 ? arrival.origin.started_ms : to_ms(parts_.clock.now());
  record.means = arrival.origin.means;
  record.source = clean(path_text(arrival.origin.source), kLongestCell);
  record.receiver = clean(arrival.origin.receiver);
  record.name = std::move(name);
  record.title = title_of_name(attempt.file_name());
  record.integrity = "unchecked";
  record.gaps = arrival.known.gaps;
  record.gap_ms = arrival.known.gap_ms;
  if (const auto* manifest = attempt.manifest()) {
    if (!manifest->title.empty()) record.title = manifest->title;
    record.category = manifest->category;
  }
}

awaitable<Reception> Intake::record_failure(Arrival arrival, Refusal why, std::uint64_t bytes) {
  arrival.afterwards = Arrival::Afterwards::keep;
  Progress unseen;
  Attempt attempt(std::move(arrival), unseen);
  begin(attempt, clean(attempt.file_name(), kLongestCell));
  co_await load_taken();
  attempt.record.size = static_cast<std::int64_t>(bytes);
  co_await record_refused(attempt, why);
  Reception reception{attempt.record, why};
  co_return reception;
}

awaitable<Reception> Intake::receive(Attempt& attempt) {
  auto done = co_await open(attempt);
  if (done) done = co_await vouch(attempt);
  if (done) done = co_await read(attempt);
  if (done) {
    const auto lock = co_await parts_.locks.take(attempt.record.sha256);
    done = co_await record_duplicate(attempt);
    if (done && attempt.record.outcome == "duplicate") {
      co_await restore_object(attempt);
    } else if (done) {
      done = co_await examine(attempt);
      if (done) done = co_await publish(attempt);
      if (done) done = co_await record_stored(attempt);
    }
  }
  auto drop = [&attempt] {
    attempt.file.reset();
    return Result<void>();
  };
  co_await on_disk(drop);
  std::optional<Refusal> refusal;
  if (!done && attempt.arrival.only_media && is_no_media(done.error())) {
    attempt.record.outcome = "passed";
  } else if (!done) {
    refusal = done.error();
    co_await record_refused(attempt, done.error());
    co_await move_to_quarantine(attempt);
  } else {
    co_await give_up_source(attempt);
  }
  Reception reception{attempt.record, refusal};
  co_return reception;
}

awaitable<Result<void>> Intake::open(Attempt& attempt) {
  const auto largest = settings_.largest_file_mb << 20;
  if (attempt.arrival.failed) co_return Unexpected(*attempt.arrival.failed);
  auto work = [this, &attempt, largest]() -> Result<void> {
    const auto& arrival = attempt.arrival;
    auto opened =
        arrival.known.digest
            ? Incoming::open_hashed(arrival.path, parts_.store, largest, *arrival.known.digest, attempt.seen)
            : Incoming::open(arrival.path, parts_.store, largest, attempt.seen, arrival.opened);
    if (!opened) return Unexpected(opened.error());
    attempt.file = *std::move(opened);
    return {};
  };
  attempt.progress.stage = "reading";
  auto opened = co_await on_disk(work);
  // Refused files are given up before a good one is.
  if (!opened && opened.error().kind == Refusal::Kind::no_space && attempt.seen) {
    const bool room = co_await keep_.make_room(attempt.seen->size);
    if (room) opened = co_await on_disk(work);
  }
  if (attempt.seen && attempt.seen->regular())
    attempt.record.size = static_cast<std::int64_t>(attempt.seen->size);
  if (opened && attempt.arrival.description && !attempt.arrival.description->content)
    co_return Unexpected(attempt.arrival.description->content.error());
  co_return opened;
}

// Before a byte is read: may this source send it, and does its manifest still hold?
awaitable<Result<void>> Intake::vouch(Attempt& attempt) {
  auto& description = attempt.arrival.description;
  const auto policy = attempt.arrival.trust;
  if (!description) {
    if (policy == Policy::required) co_return refuse("receiver.trust_unsigned");
    co_return Result<void>();
  }
  if (policy != Policy::off && !description->signer) {
    auto look = [&description]() -> Result<void> {
      if (description->signature.empty()) description->signature = read_signature(description->manifest);
      return {};
    };
    co_await on_disk(look);
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(description->bytes.data()),
                          description->bytes.size());
    auto signer = parts_.trust.judge(policy, bytes, description->signature);
    if (!signer) co_return Unexpected(signer.error());
    description->signer = *std::move(signer);
  }
  co_return admit(*description->content, policy, description->signer, attempt.record);
}

// What the manifest says of itself: its last day, and that it speaks of these bytes.
Result<void> Intake::admit(const Manifest& manifest, Policy policy, const std::optional<Signer>& signer,
                           logs::ReceptionRecorded& record) {
  // A clock that cannot be believed is no verdict on a file.
  const bool dated = !manifest.expires.empty() && parts_.clock.trust() != ClockTrust::untrusted;
  if (dated && zone_.date_of(parts_.clock.now()) > *parse_date(manifest.expires)) {
    return refuse("receiver.manifest_expired", {{"day", manifest.expires}});
  }
  if (manifest.sha256.empty()) {
    if (policy == Policy::required) return refuse("receiver.trust_no_digest");
    return {};  // a signature that does not reach the bytes vouches for nothing
  }
  if (!signer) return {};
  record.signed_by = signer->name;
  record.key_id = signer->key_id;
  record.series = manifest.series;
  record.serial = manifest.serial;
  return {};
}

// The one reading: into staging and through the hash, piece by piece, then against the manifest's digest.
awaitable<Result<void>> Intake::read(Attempt& attempt) {
  attempt.progress.bytes_total = attempt.file->total();
  bool last = false;
  auto step = [&attempt, &last]() -> Result<void> {
    const auto taken = attempt.file->step();
    if (!taken) return Unexpected(taken.error());
    last = *taken;
    return {};
  };
  while (!last) {
    const auto taken = co_await on_disk(step);
    if (!taken) co_return taken;
    attempt.progress.bytes_done = attempt.file->done();
  }
  auto& record = attempt.record;
  record.sha256 = to_hex(attempt.file->digest());
  const auto* manifest = attempt.manifest();
  if (!manifest || manifest->sha256.empty()) co_return Result<void>();
  record.integrity = manifest->sha256 == record.sha256 ? "match" : "mismatch";
  if (manifest->sha256 == record.sha256) co_return Result<void>();
  Refusal mismatch{"receiver.digest_mismatch", {}};
  mismatch.args["expected"] = manifest->sha256;
  mismatch.args["actual"] = record.sha256;
  co_return Unexpected(std::move(mismatch));
}

awaitable<Result<void>> Intake::examine(Attempt& attempt) {
  attempt.progress.stage = "examining";
  auto facts = co_await parts_.examine(attempt.file->staged().path());
  if (!facts) co_return Unexpected(facts.error());
  if (!facts->has_video && !facts->has_audio) co_return refuse("receiver.nothing_to_play");
  auto& record = attempt.record;
  attempt.facts = *std::move(facts);
  record.format = clean(attempt.facts.format);
  record.duration_ms = attempt.facts.duration_ms;
  record.declared_ms = attempt.facts.declared_ms;
  record.length_by = clean(attempt.facts.length_by);
  // What can be read counts; a disc's tables do where that is an estimate.
  if (record.declared_ms == 0) record.declared_ms = attempt.arrival.known.duration_ms;
  if (record.length_by == "estimated" && record.declared_ms > 0) {
    record.length_by = "declared";
    record.duration_ms = record.declared_ms;
  }
  record.damaged_packets = attempt.facts.damaged_packets;
  const auto* manifest = attempt.manifest();
  const auto tagged = clean(attempt.facts.title);
  if ((!manifest || manifest->title.empty()) && !tagged.empty()) record.title = tagged;
  if (record.title.empty()) record.title = record.sha256.substr(0, kDigitsOfNoTitle);
  co_return Result<void>();
}

awaitable<Result<void>> Intake::publish(Attempt& attempt) {
  attempt.progress.stage = "storing";
  auto work = [this, &attempt]() -> Result<void> {
    if (!attempt.facts.poster.empty()) {
      const auto poster = parts_.store.publish_poster(attempt.record.sha256, attempt.facts.poster);
      if (!poster) return poster;
    }
    return parts_.store.publish(std::move(attempt.file->staged()));
  };
  co_return co_await on_disk(work);
}

// A row whose object was lost gets it back from the duplicate.
awaitable<void> Intake::restore_object(Attempt& attempt) {
  auto work = [this, &attempt]() -> Result<void> {
    if (parts_.store.holds(attempt.record.sha256)) return {};
    const auto published = parts_.store.publish(std::move(attempt.file->staged()));
    if (!published) return published;
    spdlog::warn("receiver: the object of {} was missing; restored",
                 library::courseware_label(attempt.record.courseware_no));
    return {};
  };
  const auto restored = co_await on_disk(work);
  if (!restored) attempt.arrival.afterwards = Arrival::Afterwards::keep;  // the source may be the only copy
}

// The manifest first: the media alone, if it is taken again, is known as a duplicate; the manifest alone
// would wait.
awaitable<void> Intake::give_up_source(Attempt& attempt) {
  if (attempt.arrival.afterwards == Arrival::Afterwards::keep) co_return;
  auto work = [this, &attempt]() -> Result<void> {
    if (attempt.arrival.description) give_up(parts_.files, *attempt.arrival.description);
    if (signature_of(attempt.arrival.path) != attempt.seen) return {};
    parts_.files.remove(attempt.arrival.path);
    parts_.files.sync_folder(attempt.arrival.path.parent_path());
    return {};
  };
  co_await on_disk(work);
}

awaitable<void> Intake::move_to_quarantine(Attempt& attempt) {
  if (attempt.record.quarantine.empty()) co_return;
  auto work = [this, &attempt]() -> Result<void> {
    const auto& description = attempt.arrival.description;
    const Refused refused{attempt.arrival.path, *attempt.seen, &attempt.record,
                          description ? &*description : nullptr};
    put_into_quarantine(parts_.files, parts_.store, zone_, refused);
    return {};
  };
  co_await on_disk(work);
  co_await keep_.tidy();
}

}  // namespace edu::receiver
