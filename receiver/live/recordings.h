// Recordings of live channels: orders of people and the timetable of plans come in, courseware with one
// reception record each leaves. On the loop; the channels are read by processes of their own (recorder.h).
//
// A plan that is due begins its pre-roll before its time and ends its post-roll after it. On one channel
// nothing is recorded twice at a time: what follows at once ends the post-roll of what came before. What was
// due while the station was off or its clock not trusted is joined late, or recorded as missed.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/turns.h"
#include "receiver/intake/sources.h"
#include "receiver/live/tape.h"
#include "receiver/live/times.h"

namespace edu::live {

class Recordings final : public receiver::Source {
 public:
  Recordings(asio::any_io_executor executor, Parts parts, std::vector<config::Live> channels,
             const config::Recording& settings);
  ~Recordings() override;

  // Reads what the last run left, on any connection; once, at start-up. Throws SQLite::Exception.
  void load(Database& database);
  // Records until it is cancelled, which is the only end: it throws once every recording has ended. What was
  // under way then goes on at the next start.
  awaitable<void> run();

  // By hand, at once. minutes 0: as long as the settings allow, up to the next plan of the channel. Refusals:
  // live.no_channel {channel} (not_found), live.running {channel}, live.overlap, live.too_many {most} (all
  // conflict), live.minutes {most}, live.title {most}, library.no_space.
  awaitable<Result<Recording>> start(std::string channel, std::string title, std::int64_t minutes,
                                     std::string actor);
  // Ends what is recorded of it; it is then joined and handed over. Refusal live.not_running {channel}
  // (not_found).
  awaitable<Result<Recording>> stop(std::string channel, std::string actor);
  // Refusals: live.no_channel, live.title, those of check (times.h).
  awaitable<Result<Plan>> add(PlanDraft draft, std::string actor);
  // What it is recording goes on. Refusal live.no_plan {no} (not_found).
  awaitable<Result<Plan>> remove(std::int64_t no, std::string actor);

  const std::vector<Plan>& plans() const { return plans_; }
  std::vector<const Tape*> tapes() const;                      // that are under way, the oldest first
  std::optional<WallTime> next_start(const Plan& plan) const;  // of its time alone

  std::vector<receiver::SourceState> states() const override;
  std::vector<receiver::Progress> progress() const override;

 private:
  struct Running;
  struct Step {  // what is to be done about a plan now
    enum class What { begin, miss } what;
    Due due;
  };
  awaitable<void> rounds();
  awaitable<void> round();
  std::optional<Step> next_step(WallTime now);
  awaitable<void> take(Step step);
  awaitable<void> begin(Due due);
  awaitable<void> miss(Due due);
  awaitable<void> launch(Recording recording, std::optional<LocalTime> occurrence);
  void spawn(Recording recording);
  void wake();
  awaitable<void> carry(Running& running);
  awaitable<void> end_all();
  Running* recorded_now(const std::string& channel);
  std::size_t recorded_now() const;
  const config::Live* channel(const std::string& name) const;
  Result<WallTime> end_by_hand(const std::string& channel, std::int64_t minutes) const;
  std::string title_of(const Due& due) const;
  awaitable<void> end_post_roll(Running& before);

  asio::any_io_executor executor_;
  Parts parts_;
  std::vector<config::Live> channels_;
  config::Recording settings_;
  Turns turns_;  // one edit at a time, so that nobody's check passes between a check and its commit
  std::vector<Plan> plans_;
  std::vector<Recording> left_;  // by the last run
  std::list<std::unique_ptr<Running>> running_;
  asio::steady_timer woken_;  // over when there is something new to look at
  WallTime look_at_{};        // the next time at which a plan may be due
};

}  // namespace edu::live
