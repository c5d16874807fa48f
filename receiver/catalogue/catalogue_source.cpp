// Catalogues come in over HTTP, arrivals leave to the intake; on the loop.
//
// A catalogue that was good is kept in the database with its validators, so that a restart, or a server that
// is away, costs nothing of what is still to be fetched. What was received once, by its digest or, in a feed,
// by its address and version, is not fetched again, whatever has become of it in the library since.
#include "receiver/catalogue/catalogue_source.h"

#include <set>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "base/diagnostics.h"
#include "base/retry.h"
#include "logs/books/reception.h"
#include "receiver/catalogue/received.h"
#include "receiver/catalogue/vouching.h"

namespace edu::catalogue {
namespace {

constexpr milliseconds kBusy{60'000};  // before the intake is asked again
constexpr std::size_t kSilentHosts = 3;
constexpr std::size_t kMostRemembered = 4 * kMostEntries;  // entries; those that went are forgotten then
constexpr milliseconds kLookAtHours{15'000};  // while a file is fetched: are these still the hours for it?

// Trying again cannot help: the file is there, and it is not right.
bool is_final(const Refusal& refusal) { return refusal.kind == Refusal::Kind::invalid; }

// However a fetch ends, cancellation too.
struct NothingUnderWay {
  const Entry*& fetching;
  ~NothingUnderWay() { fetching = nullptr; }
};

}  // namespace

CatalogueSource::CatalogueSource(const Parts& parts, config::Catalogue settings, receiver::Policy policy)
    : parts_(parts),
      settings_(std::move(settings)),
      policy_(policy),
      window_(DayWindow::parse(settings_.window).value_or(DayWindow())),
      spool_(parts.data / "fetching" / entry_id({settings_.name}).substr(0, 16)),
      reader_({parts.fetch, parts.workers, parts.clock, parts.trust, parts.zone}) {
  state_.name = settings_.name;
  state_.means = "web";
  state_.where = shown_url(settings_.url);
  state_.trust = policy_;
  state_.origin = settings_.origin;
}

std::vector<receiver::Progress> CatalogueSource::progress() const {
  if (!fetching_) return {};
  receiver::Progress line;
  line.name = fetching_->name;
  line.stage = "fetching";
  line.bytes_done = download_ ? download_->done() : 0;
  line.bytes_total = download_ ? download_->total() : fetching_->size;
  return {line};
}

bool CatalogueSource::open_now() const { return window_.contains(parts_.zone.to_local(parts_.clock.now())); }

awaitable<void> CatalogueSource::run() {
  auto failed = [this](const std::string& what) {
    state_.state = "failing";
    state_.problem = Refusal{"receiver.storage_failed", {{"what", what}}, Refusal::Kind::unavailable};
  };
  Retry retry(parts_.clock, "catalogue " + settings_.name, kAfterOurFault, std::move(failed));
  bool done = false;
  while (!done) done = co_await retry.attempt(round());
}

// Looks and receives for ever; whatever is thrown begins it again.
awaitable<void> CatalogueSource::round() {
  if (!recalled_) {
    co_await recall();
    recalled_ = true;
  }
  for (;;) {
    if (open_now()) {
      co_await look();
      if (!state_.problem) {
        co_await receive_new();
      }
    }
    co_await wait_for_next();
  }
}

awaitable<void> CatalogueSource::recall() {
  struct Recalled {
    std::optional<Memory> memory;
    std::map<std::string, EntryMemory> came;
    std::optional<Looked> looked;  // the keys may be others by now
  };
  const auto today = parts_.zone.date_of(parts_.clock.now());
  auto work = [file = parts_.database, name = settings_.name, &trust = parts_.trust, policy = policy_,
               today] {
    const auto database = open_read_only(file);
    Recalled out{catalogue::recall(*database, name), entries_of(*database, name), {}};
    if (!out.memory) return out;
    if (auto looked = judge(*out.memory, trust, policy, today)) out.looked = *std::move(looked);
    return out;
  };
  auto recalled = co_await parts_.workers.run(std::move(work));
  came_ = std::move(recalled.came);
  // What failed before the station stopped may have failed with it: the line, the power. It is tried at once.
  for (auto& [id, memory] : came_) memory.not_before_ms = 0;
  if (recalled.memory) state_.heard = from_ms(recalled.memory->heard_ms);
  if (!recalled.looked) co_return;
  memory_ = std::move(recalled.memory);
  entries_ = std::move(recalled.looked->listing.entries);
  signer_ = recalled.looked->signer;
}

awaitable<void> CatalogueSource::look() {
  state_.state = "checking";
  auto looked = co_await reader_.look(settings_, policy_, memory_);
  Result<void> outcome;
  if (looked)
    outcome = co_await remember(*looked);
  else
    outcome = Unexpected(looked.error());
  state_.problem.reset();
  if (!outcome) {
    state_.problem = outcome.error();
    ++failures_;
    spdlog::warn("catalogue {}: {}", settings_.name, outcome.error().code);
    co_return;
  }
  failures_ = 0;
  state_.heard = parts_.clock.now();
  memory_ = looked->memory;
  entries_ = std::move(looked->listing.entries);
  signer_ = looked->signer;
  place_ = looked->place;
  adopt_former_ids(entries_, came_);
}

// Where the files of its entries may lie: in a private net only if it lies in one itself, or a setting says
// so.
Access CatalogueSource::access() const {
  auto access = access_of(settings_);
  access.private_too = place_ != Place::public_net;
  return access;
}

// Refuses a signed catalogue that is older than one that was seen: catalogue.replayed.
awaitable<Result<void>> CatalogueSource::remember(const Looked& looked) {
  auto unit = [name = settings_.name, looked](logs::Transaction& t) -> Result<void> {
    const auto& listing = looked.listing;
    if (looked.signer && listing.serial != 0) {
      const auto highest = highest_serial(t.db, looked.signer->key_id, listing.series);
      if (listing.serial < highest)
        return refuse("catalogue.replayed",
                      {{"serial", std::to_string(listing.serial)}, {"highest", std::to_string(highest)}});
      raise_serial(t.db, looked.signer->key_id, listing.series, listing.serial);
    }
    if (looked.changed)
      catalogue::remember(t.db, name, looked.memory);
    else
      heard(t.db, name, looked.memory.heard_ms);
    return {};
  };
  co_return co_await parts_.ledger.write(std::move(unit));
}

// Those that were received otherwise, or just before the power went, count as done.
awaitable<std::vector<Entry>> CatalogueSource::due_entries() {
  std::vector<std::string> known;
  auto work = [file = parts_.database, entries = entries_, came = came_, now = to_ms(parts_.clock.now()),
               &known] {
    const auto database = open_read_only(file);
    std::vector<Entry> due;
    for (const auto& entry : entries) {
      const auto memory = came.find(entry.id);
      if (memory != came.end() && rests(memory->second, entry, now)) continue;
      if (entry.sha256.empty() || !logs::is_received(*database, entry.sha256))
        due.push_back(entry);
      else
        known.push_back(entry.id);
    }
    return due;
  };
  auto due = co_await parts_.workers.run(std::move(work));
  for (const auto& id : known) came_[id].done = true;
  // What failed before comes last, so that one entry that always fails holds up no other.
  const auto failures = [this](const Entry& entry) {
    const auto found = came_.find(entry.id);
    return found == came_.end() ? 0 : found->second.failures;
  };
  std::ranges::stable_sort(due, {}, failures);
  co_return due;
}

awaitable<void> CatalogueSource::receive_new() {
  const auto due = co_await due_entries();
  std::set<std::string> silent;   // hosts that could not be reached; of some, it is the line that is down
  std::set<std::string> digests;  // of what came in this pass: another entry may be the same file
  for (const auto& entry : due) {
    if (silent.size() >= kSilentHosts || !open_now()) break;
    const auto host = host_of(entry.urls.front());
    if (silent.contains(host) || digests.contains(entry.sha256)) continue;
    state_.state = "receiving";
    fetching_ = &entry;
    const NothingUnderWay afterwards{fetching_};
    fetching_since_ = to_ms(parts_.clock.now());
    const bool reachable = co_await receive_within_hours(entry);
    if (!reachable) silent.insert(host);
    if (came_[entry.id].done && !entry.sha256.empty()) digests.insert(entry.sha256);
  }
  co_await sweep();
}

awaitable<void> CatalogueSource::until_closed() {
  while (open_now()) {
    co_await parts_.clock.pause(kLookAtHours);
  }
}

// The first to end ends the other, failures too.
awaitable<void> CatalogueSource::receive_caught(const Entry& entry, bool& reachable,
                                                std::exception_ptr& failure) {
  try {
    reachable = co_await receive(entry);
  } catch (...) {
    failure = std::current_exception();
  }
  download_ = nullptr;
}

// When the hours end, what has come stays in the spool and is gone on with in the next ones. Answers whether
// servers can be reached.
awaitable<bool> CatalogueSource::receive_within_hours(const Entry& entry) {
  using namespace asio::experimental::awaitable_operators;
  bool reachable = true;
  std::exception_ptr failure;
  auto receiving = receive_caught(entry, reachable, failure);
  const auto first = co_await (std::move(receiving) || until_closed());
  const auto state = co_await asio::this_coro::cancellation_state;
  const bool cancelled = state.cancelled() != asio::cancellation_type::none;
  if (failure && (cancelled || first.index() == 0)) std::rethrow_exception(failure);
  if (cancelled) throw boost::system::system_error(asio::error::operation_aborted);
  co_return reachable;
}

receiver::Arrival CatalogueSource::arrival_of(const Entry& entry) const {
  receiver::Arrival arrival;
  arrival.path = fs::path(entry.name);
  arrival.name = entry.name;
  arrival.origin.means = "web";
  arrival.origin.source = settings_.name + " " + shown_url(entry.urls.front());
  arrival.trust = policy_;
  arrival.origin.started_ms = fetching_since_;
  receiver::Description description{"", entry.manifest_bytes, "", entry.manifest};
  description.signer = signer_;
  arrival.description = std::move(description);
  return arrival;
}

awaitable<Result<Fetched>> CatalogueSource::fetch(const Entry& entry, receiver::Arrival& arrival,
                                                  Download& download) {
  auto vouching = vouch_for(entry, {parts_.fetch, parts_.trust, policy_, access()});
  auto vouched = co_await std::move(vouching);
  if (!vouched) co_return Unexpected(vouched.error());
  if (*vouched) arrival.description = **std::move(vouched);
  co_return co_await download.run();
}

// Fetches, and hands over; exactly one reception is recorded, whatever comes of it. Answers whether servers
// can be reached.
awaitable<bool> CatalogueSource::receive(const Entry& entry) {
  auto arrival = arrival_of(entry);
  auto room = [this](std::uint64_t bytes) { return parts_.store.room_for(bytes); };
  Download download({parts_.fetch, parts_.files, parts_.workers, parts_.clock, room, parts_.chance, spool_,
                     parts_.largest_file},
                    entry, access(), former_of(entry, came_));
  download_ = &download;
  auto fetched = co_await fetch(entry, arrival, download);
  if (!fetched) co_return co_await note_failure(entry, std::move(arrival), fetched.error(), download.came());
  auto attempt = attempt_at(entry);
  attempt.before.etag = fetched->version.etag;
  attempt.before.modified = fetched->version.modified;
  attempt.before.length = static_cast<std::int64_t>(fetched->version.length);
  arrival.with_record = [attempt](Database& db, const logs::ReceptionRecorded&, const Refusal* refusal) {
    attempt.note(db, attempt.after(refusal, !refusal || is_final(*refusal)));
  };
  const auto taken = co_await hand_over(entry, std::move(arrival), *std::move(fetched));
  note_room(entry, taken);
  came_[entry.id] = attempt.after(taken ? nullptr : &taken.error(), taken || is_final(taken.error()));
  co_return true;
}

// That a file is still the one that was received is no attempt at receiving it, nor is asking in vain whether
// it is.
awaitable<bool> CatalogueSource::note_failure(const Entry& entry, receiver::Arrival arrival, Refusal why,
                                              std::uint64_t came) {
  const auto attempt = attempt_at(entry);
  const bool unchanged = why.code == "catalogue.unchanged";
  const auto memory =
      attempt.after(unchanged ? nullptr : &why, unchanged || why.code == "catalogue.no_media");
  const bool asking = came == 0 && former_of(entry, came_) && why.kind == Refusal::Kind::unavailable;
  if (unchanged || asking) {
    auto unit = [attempt, memory](logs::Transaction& t) { return attempt.note(t.db, memory), true; };
    co_await parts_.ledger.write(std::move(unit));
  } else {
    arrival.with_record = [attempt, memory](Database& db, const logs::ReceptionRecorded&, const Refusal*) {
      attempt.note(db, memory);
    };
    co_await parts_.record_failure(std::move(arrival), why, came);
  }
  came_[entry.id] = memory;
  const Result<void> failed = Unexpected(why);
  note_room(entry, failed);
  co_return unchanged || why.kind != Refusal::Kind::unavailable;
}

// To the intake, until it has room: nothing is recorded before that. What cannot be taken for reasons of the
// station's own stays in the spool, whole.
awaitable<Result<void>> CatalogueSource::hand_over(const Entry& entry, receiver::Arrival arrival,
                                                   Fetched fetched) {
  arrival.known.digest = fetched.digest;
  arrival.origin.source = settings_.name + " " + shown_url(fetched.url);
  arrival.path = fetched.file->path();
  arrival.afterwards = receiver::Arrival::Afterwards::give_up;
  std::optional<receiver::Reception> reception;
  while (!reception) {
    auto taken = co_await parts_.take(arrival);
    if (taken) {
      reception = *std::move(taken);
      break;
    }
    spdlog::warn("catalogue {}: {}: {}", settings_.name, entry.name, taken.error().code);
    co_await parts_.clock.pause(kBusy);
  }
  const bool dealt_with = !reception->refusal || is_final(*reception->refusal);
  auto drop = [&fetched, dealt_with] {
    if (dealt_with) fetched.file->remove();
    fetched.file.reset();
    return true;
  };
  co_await parts_.workers.run(drop);
  if (reception->refusal) co_return Unexpected(*reception->refusal);
  co_return Result<void>();
}

Attempt CatalogueSource::attempt_at(const Entry& entry) const {
  Attempt attempt{settings_.name, entry.id, entry.version, entry.published, {}, {}, {}};
  if (const auto found = came_.find(entry.id); found != came_.end()) attempt.before = found->second;
  const auto now = parts_.clock.now();
  const auto failures = attempt.before.failures + 1;
  attempt.again_ms = to_ms(now + kBetweenAttempts.after(failures, parts_.chance()));
  attempt.soon_ms = to_ms(now + kAfterOurFault.after(failures));
  return attempt;
}

// What was being fetched and is not in the catalogue any more.
awaitable<void> CatalogueSource::sweep() {
  std::set<std::string> wanted;
  std::set<std::string> listed;
  for (const auto& entry : entries_) {
    listed.insert(entry.id);
    const auto found = came_.find(entry.id);
    if (found == came_.end() || !found->second.done) wanted.insert(entry.id);
  }
  if (came_.size() > kMostRemembered)
    std::erase_if(came_, [&](const auto& one) { return !listed.contains(one.first); });
  auto work = [this, wanted = std::move(wanted)] {
    SpoolFile::sweep(parts_.files, spool_, [&](const std::string& id) { return wanted.contains(id); });
    return true;
  };
  co_await parts_.workers.run(std::move(work));
}

}  // namespace edu::catalogue
