// The watched folder: files that lie in it whole come in, arrivals for the intake leave. On the loop; the
// folder is looked at on a worker.
//
// It is looked at when the kernel reports a change, when a file may have settled, and every 30 s anyway, for
// file systems without events. What is taken is given up by the intake once it is recorded; what then still
// lies there is left alone until it changes.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "base/retry.h"
#include "base/workers.h"
#include "config/settings.h"
#include "receiver/folder/folder_watch.h"
#include "receiver/folder/inbox.h"
#include "receiver/intake/intake.h"
#include "receiver/intake/sources.h"

namespace edu::receiver {

class FolderSource final : public Source {
 public:
  struct Parts {
    Take take;
    Files& files;
    Workers& workers;
    Clock& clock;
    std::function<bool(std::uint64_t bytes)> has_room;  // the library, beside its reserve
  };
  // `folder` is made when it is missing. `trust`: what manifests must show.
  FolderSource(Parts parts, fs::path folder, const config::Receiver& settings, Policy trust = Policy::off);

  // Receives until it is cancelled, which is the only end: it throws once what was under way has ended too.
  awaitable<void> run();

  std::vector<SourceState> states() const override;
  std::vector<Progress> progress() const override { return {}; }  // the intake has all that is under way

  std::vector<Waiting> waiting() const { return inbox_.waiting(); }
  const fs::path& folder() const { return folder_; }
  bool working() const { return working_; }  // false while the folder cannot be read

 private:
  struct Underway {
    fs::path path;
    asio::cancellation_signal stop;
  };

  awaitable<void> rounds();
  awaitable<void> watch_once();
  awaitable<void> look();
  awaitable<void> read_manifests();
  awaitable<void> take_ready();
  awaitable<void> wait_for_next();
  awaitable<void> wait_for_something(milliseconds span);
  void look_for_room();
  awaitable<void> stop_underway();
  void open_watch(asio::any_io_executor executor);
  void do_without_watch(const std::system_error& error);
  void watch(const std::vector<fs::path>& folders);
  void start(asio::any_io_executor executor, Candidate candidate);
  bool read_reports();
  void look_soon();
  void ended(std::list<Underway>::iterator job, std::exception_ptr failure,
             const Result<Reception>& reception);

  Parts parts_;
  fs::path folder_;
  Policy trust_;
  std::size_t at_once_;
  Inbox inbox_;
  Retry retry_;
  std::optional<FolderWatch> watch_;
  std::list<Underway> underway_;
  std::map<fs::path, std::int64_t> first_tries_;  // when, of what the station itself could not take yet
  std::unique_ptr<asio::steady_timer> woken_;     // cancelled when something that was under way has ended
  bool wake_ = false;
  milliseconds looked_{}, look_at_{};                        // the last look, and when the next one is due
  bool working_ = false, complete_ = true, watched_ = true;  // as the diagnostics said last
};

}  // namespace edu::receiver
