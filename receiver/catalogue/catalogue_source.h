// One catalogue: looked at when it is due, its new entries fetched one after the other during the hours that
// the settings allow, each handed to the intake. On the loop.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include <boost/asio/steady_timer.hpp>

#include "calendar/day_window.h"
#include "calendar/zone.h"
#include "library/object_store.h"
#include "logs/journal/ledger.h"
#include "receiver/catalogue/catalogue_reader.h"
#include "receiver/catalogue/download.h"
#include "receiver/catalogue/received.h"
#include "receiver/intake/intake.h"
#include "receiver/intake/sources.h"

namespace edu::catalogue {

struct Parts {
  Fetch fetch;
  std::function<awaitable<Result<receiver::Reception>>(receiver::Arrival)> take;  // Intake::take
  std::function<awaitable<receiver::Reception>(receiver::Arrival, Refusal, std::uint64_t)>
      record_failure;  // Intake::record_failure
  logs::Ledger& ledger;
  library::ObjectStore& store;
  Files& files;
  Workers& workers;
  Clock& clock;
  const receiver::Trust& trust;
  Zone zone;
  fs::path database;  // read on workers
  fs::path data;      // the data folder; the spool is its `fetching`
  std::uint64_t largest_file;
  std::function<double()> chance;  // in [0, 1)
};

class CatalogueSource final : public receiver::Source {
 public:
  CatalogueSource(const Parts& parts, config::Catalogue settings, receiver::Policy policy);

  // Looks and receives until it is cancelled, which is the only end: it throws.
  awaitable<void> run();

  const config::Catalogue& settings() const { return settings_; }
  const std::vector<Entry>& entries() const { return entries_; }  // of the newest that was believed
  const fs::path& spool() const { return spool_; }                // what is being fetched
  std::vector<receiver::SourceState> states() const override { return {state_}; }
  std::vector<receiver::Progress> progress() const override;

 private:
  // Of an entry that failed for want of room on the disk.
  struct Wish {
    std::uint64_t bytes = 0;
    bool waits = false;  // false: it is being tried with what there is
    Refusal why;
  };
  awaitable<void> round();
  awaitable<void> look();
  awaitable<void> recall();
  awaitable<Result<void>> remember(const Looked& looked);
  awaitable<void> receive_new();
  awaitable<std::vector<Entry>> due_entries();
  awaitable<void> until_closed();
  awaitable<bool> receive(const Entry& entry);
  awaitable<Result<Fetched>> fetch(const Entry& entry, receiver::Arrival& arrival, Download& download);
  awaitable<void> receive_caught(const Entry& entry, bool& reachable, std::exception_ptr& failure);
  awaitable<bool> receive_within_hours(const Entry& entry);
  Access access() const;
  awaitable<bool> note_failure(const Entry& entry, receiver::Arrival arrival, Refusal why,
                               std::uint64_t came);
  awaitable<Result<void>> hand_over(const Entry& entry, receiver::Arrival arrival, Fetched fetched);
  Attempt attempt_at(const Entry& entry) const;
  void note_room(const Entry& entry, const Result<void>& outcome);
  const Wish* waiting_wish() const;
  bool give_room();
  awaitable<void> until_room();
  awaitable<void> sweep();
  awaitable<void> wait_for_next();
  bool open_now() const;
  receiver::Arrival arrival_of(const Entry& entry) const;

  const Parts& parts_;
  config::Catalogue settings_;
  receiver::Policy policy_;
  DayWindow window_;
  fs::path spool_;  // data folder/fetching/<16 digits of the name>
  CatalogueReader reader_;
  receiver::SourceState state_;
  bool recalled_ = false;
  std::optional<Memory> memory_;
  std::optional<receiver::Signer> signer_;  // of the catalogue
  Place place_ = Place::public_net;         // of the catalogue's server
  std::vector<Entry> entries_;
  std::map<std::string, EntryMemory> came_;  // of entries
  std::map<std::string, Wish> wants_room_;   // by entries' ids
  std::int64_t failures_ = 0;                // looks that failed, one after the other
  std::int64_t fetching_since_ = 0;
  const Entry* fetching_ = nullptr;
  Download* download_ = nullptr;
};

}  // namespace edu::catalogue
