// A loop, the machine's clock, a deck process and what it told: for the tests with a real process.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "player/deck/deck_process.h"
#include "tests/support/run.h"
#include "tests/support/until.h"

namespace edu::player::test {

class DeckRig {
 public:
  explicit DeckRig(DeckProcess::Options options = {}, const std::string& video = "none")
      : deck_(loop_.get_executor(), clock_, settings(video), reading(std::move(options))) {
    deck_.on_event([this](const DeckEvent& event) { heard_.push_back(event); });
    deck_.start();
  }
  ~DeckRig() { shutdown(); }

  DeckProcess& deck() { return deck_; }
  SystemClock& clock() { return clock_; }
  const std::vector<DeckEvent>& heard() const { return heard_; }
  void shutdown() { edu::test::run(loop_, deck_.shutdown()); }

  template <class Done>
  bool run_until(Done done) {
    return edu::test::run_until(loop_, done);
  }
  // All events of one kind so far.
  template <class Event>
  std::vector<Event> all() const {
    std::vector<Event> out;
    for (const auto& event : heard_)
      if (const auto* one = std::get_if<Event>(&event)) out.push_back(*one);
    return out;
  }
  // Waits until there are `count` events of a kind, and gives the last of them.
  template <class Event>
  Event await(std::size_t count = 1) {
    SCOPED_TRACE(typeid(Event).name());
    return run_until([&] { return all<Event>().size() >= count; }) ? all<Event>()[count - 1] : Event{};
  }
  // Armed to start shortly.
  ArmOrder order(std::uint64_t id, std::vector<DeckItem> items,
                 milliseconds ahead = milliseconds(400)) const {
    return {id, clock_.now() + ahead, std::move(items)};
  }

 private:
  // Where the tests' media lie.
  static DeckProcess::Options reading(DeckProcess::Options options) {
    if (options.readable.empty()) options.readable = {std::filesystem::temp_directory_path()};
    return options;
  }
  static config::Player settings(const std::string& video) {
    config::Player settings;
    settings.video_output = video;
    settings.audio_output = "none";
    settings.fullscreen = video != "none";  // without a window manager a window may lie anywhere
    return settings;
  }

  asio::io_context loop_;
  SystemClock clock_;
  std::vector<DeckEvent> heard_;
  DeckProcess deck_;
};

}  // namespace edu::player::test
