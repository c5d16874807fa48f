// The deck as the daemon has it: starts edustation-deck, watches over it, starts it again when it dies or
// hangs.
//
// A process that has not greeted or not answered within Options::hang_limit counts as hung and is killed.
// After a failure the next start waits, longer each time (back_off, doubled up to 30 s), and the wait is
// short again once a process has lived for a minute. Lines from the process are bounded (kLongestLine) and
// believed nothing; one that makes no sense is logged, counted and dropped. Thread: the loop's.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/asio.h"
#include "base/child_process.h"
#include "base/clock.h"
#include "config/settings.h"
#include "player/deck/deck.h"
#include "player/deck/deck_messages.h"

namespace edu::player {

class DeckProcess final : public Deck {
 public:
  struct Options {
    std::filesystem::path program = helper_program("edustation-deck");
    std::filesystem::path door{};  // where the service manager starts it under its own account; empty: we do
    std::vector<std::filesystem::path> readable{};  // folders of courseware: it reads no others
    milliseconds heartbeat{2000};                   // between two questions for a sign of life
    milliseconds hang_limit{
        15000};                  // without an answer: an old machine that starts all at once may take 10 s
    milliseconds back_off{500};  // before the second start
  };

  // `clock` outlives it.
  DeckProcess(asio::any_io_executor executor, Clock& clock, config::Player settings);
  DeckProcess(asio::any_io_executor executor, Clock& clock, config::Player settings, Options options);

  void start();  // once; Restarted when the process takes orders
  // Ends the process: asks it to quit, kills it after 800 ms. No event comes afterwards. To be awaited before
  // the object goes while the loop still runs.
  awaitable<void> shutdown();
  int pid() const { return child_ ? child_->pid() : -1; }  // -1 too of one that the service manager started

  void on_event(Listener listener) override { listener_ = std::move(listener); }
  bool arm(const ArmOrder& order) override;
  void revoke(std::uint64_t id) override { send(OrderTo{OrderTo::Verb::revoke, id}); }
  void stop(std::uint64_t id) override { send(OrderTo{OrderTo::Verb::stop, id}); }
  void pause(std::uint64_t id) override { send(OrderTo{OrderTo::Verb::pause, id}); }
  void resume(std::uint64_t id) override { send(OrderTo{OrderTo::Verb::resume, id}); }
  DeckStatus status() const override { return status_; }

 private:
  awaitable<void> supervise();
  awaitable<void> until_ended();
  std::unique_ptr<ChildProcess> begin();
  awaitable<std::string> run_once();
  awaitable<std::string> read();
  awaitable<std::string> watch();
  void take(std::string_view line);
  void take(const Hello& hello);
  void take(const Alive& alive);
  void take(const Complaint& complaint);
  template <class Event>
  void take(const Event& event);
  void send(const DeckOrder& order) { send_line(to_line(order)); }
  void send_line(const std::string& line);
  void emit(const DeckEvent& event);
  milliseconds next_back_off(milliseconds lived);

  asio::any_io_executor executor_;
  Clock& clock_;
  config::Player settings_;
  Options options_;
  Listener listener_;
  std::unique_ptr<ChildProcess> child_;
  DeckStatus status_;
  bool first_ = true, stopping_ = false, running_ = false;
  std::int64_t asked_ = 0, answered_ = 0;
  milliseconds back_off_{};
  asio::cancellation_signal cancel_;
  asio::steady_timer ended_;  // cancelled when supervise() has ended
};

}  // namespace edu::player
