// The catalogues of the web that this station receives from: those of station.toml, and those that were added
// while it ran, which are kept in sources.toml of the data folder. On the loop.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "receiver/catalogue/catalogue_source.h"

namespace edu::catalogue {

// What a look at a catalogue found, for people.
struct Found {
  std::string title;
  bool feed = false;
  std::size_t entries = 0, passed_over = 0;
  std::string signed_by;  // empty: by nobody whom we know
};

class Catalogues {
 public:
  // `configured`: of station.toml. `trust`: the policy of catalogues that name none.
  Catalogues(asio::any_io_executor executor, Parts parts, receiver::Sources& sources,
             std::vector<config::Catalogue> configured, std::string trust);
  ~Catalogues();

  // Takes up those of sources.toml, once. Throws config::SettingsError where it cannot be read: the others
  // are there all the same, and it may be tried again.
  void load();

  // Receives until it is cancelled, which is the only end: it throws once every catalogue has ended.
  awaitable<void> run();

  // Kept in sources.toml and recorded, then begun. Refusals catalogue.exists {name, origin} (conflict),
  // catalogue.setting {what}, catalogue.sources_unread {file} (unavailable): load() has not succeeded.
  awaitable<Result<void>> add(config::Catalogue catalogue, std::string actor);
  // Refusals catalogue.unknown {name} (not_found), catalogue.configured {name, origin} (conflict),
  // catalogue.sources_unread as above.
  awaitable<Result<void>> remove(std::string name, std::string actor);
  // Looks once, and receives nothing. Refusals as of CatalogueReader::look, catalogue.setting.
  awaitable<Result<Found>> test(config::Catalogue catalogue) const;

  const config::Catalogue* find(const std::string& name) const;

  // Where the catalogues that were believed say that the file of this digest (hex) is.
  std::vector<std::string> addresses_of(const std::string& sha256) const;
  // Does a catalogue name this address of a file?
  bool lists(const std::string& url) const;
  // The settings of a catalogue of that server: how it is reached, and at which hours. Null: there is none.
  const config::Catalogue* of_server(const std::string& url) const;

 private:
  struct Running;
  void begin(config::Catalogue catalogue);
  void launch(Running& running);
  void ended(Running* running, std::exception_ptr failure);
  awaitable<void> end(std::list<std::unique_ptr<Running>>::iterator which);
  Unexpected unread() const;
  awaitable<void> write_added(std::vector<config::Catalogue> added);
  receiver::Policy policy_of(const config::Catalogue& catalogue) const;

  asio::any_io_executor executor_;
  Parts parts_;
  receiver::Sources& sources_;
  std::string trust_;
  fs::path file_;                         // sources.toml
  std::vector<config::Catalogue> added_;  // what stands in it
  Turns editing_{1};                      // one change of it after the other
  std::list<std::unique_ptr<Running>> running_;
  bool started_ = false, loaded_ = false;
};

}  // namespace edu::catalogue
