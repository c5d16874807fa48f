// What goes on air when, decided step by step.
//
// Comes in: the timeline, the clock, and what the deck said (playout_events.cpp makes the as-run record of
// it). Leaves: orders to the deck; sessions opened, frozen and closed (playout_sessions.cpp); what was
// missed. One coroutine on the loop, run(), wakes when something is due, when the deck speaks, when the
// timetable changes or somebody sets the clock, looks at everything anew, and sleeps. All it must not forget
// lies in the database or stays in a queue until it does.
#include "scheduler/airing/playout.h"

#include <algorithm>
#include <array>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>

#include "base/diagnostics.h"

namespace edu::scheduler {
namespace {

constexpr std::chrono::days kLookBack{31};        // what was missed longer ago is not recorded one by one
constexpr std::chrono::hours kResolveEvery{1};    // the timeline's far end moves on
constexpr std::chrono::minutes kLongestSleep{1};  // trust in the clock changes without a sign
constexpr milliseconds kClockJump{1000};          // more than any slewing between two looks
constexpr milliseconds kFirstBackOff{1000};
constexpr milliseconds kLongestBackOff{30'000};
constexpr milliseconds kLastWord{400};  // how long stop() waits for the deck to say what it played
// An order that is armed is taken back when the clock was set back by more than this before its preload.
constexpr milliseconds kEarly{1000};
constexpr std::size_t kMostHeard = 1000;  // events that wait while the disk fails

constexpr auto kNever = asio::steady_timer::time_point::max();

milliseconds offset_of(const Clock& clock) { return clock.now().time_since_epoch() - clock.mono(); }

}  // namespace

Playout::Playout(asio::any_io_executor executor, Parts parts)
    : parts_(std::move(parts)),
      began_(parts_.clock.mono()),
      bell_(executor, kNever),
      turns_(executor),
      offset_(offset_of(parts_.clock)) {
  parts_.deck.on_event([this](const player::DeckEvent& event) { hear(event); });
  parts_.timetable.on_change([this] {
    stale_ = true;
    ring();
  });
}

Playout::~Playout() {
  parts_.deck.on_event([](const player::DeckEvent&) {});
}

void Playout::hear(const player::DeckEvent& event) {
  const bool progress = std::holds_alternative<player::Progress>(event);
  if (progress && !heard_.empty() && std::holds_alternative<player::Progress>(heard_.back().event))
    heard_.pop_back();
  if (heard_.size() < kMostHeard)
    heard_.push_back({event, parts_.clock.now()});
  else
    spdlog::error("playout: an event of the deck is dropped, {} wait already", heard_.size());
  ring();
}

void Playout::ring() {
  rung_ = true;
  bell_.cancel();
}

awaitable<void> Playout::bell() {
  boost::system::error_code rung;
  auto token = asio::redirect_error(asio::use_awaitable, rung);
  if (!rung_ && heard_.empty()) co_await bell_.async_wait(token);
}

awaitable<void> Playout::until(WallTime instant) { co_await parts_.clock.until(instant); }

awaitable<void> Playout::first_of(awaitable<void> alarm) {
  using namespace asio::experimental::awaitable_operators;
  auto ringing = bell();
  auto either = std::move(alarm) || std::move(ringing);
  std::exception_ptr failure;
  try {
    co_await std::move(either);
  } catch (...) {
    failure = std::current_exception();
  }
  rung_ = false;
  const auto state = co_await asio::this_coro::cancellation_state;
  // When both are cancelled the operator throws an exception of its own kind.
  if (state.cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
  if (failure) std::rethrow_exception(failure);
}

awaitable<void> Playout::recover() {
  auto left = co_await what_is_left(parts_.ledger);
  settled_ = std::move(left.settled);
  for (const auto& open : left.sessions)
    if (const auto start = parse_local_time(open.local_start))
      sessions_[occurrence_key(open.programme, *start)] = open.session;
  if (!left.on_air) co_return;
  auto found = *left.on_air;
  spdlog::warn("playout: {} was on air when the station went off; its record is closed now", found.key);
  if (found.play != 0) {
    Note note;
    note.ended =
        logs::PlaybackEnded{found.play, found.at_ms, "power_loss", 0, found.spans, found.equipment, "auto"};
    note.on_air = found;
    note.on_air->play = 0;
    co_await write(parts_.ledger, std::move(note));
  }
  if (found.session != 0) co_await parts_.sessions.close(found.session, from_ms(found.at_ms), "power_loss");
  sessions_.erase(found.key);
  Note note;
  note.off_air = true;
  co_await write(parts_.ledger, std::move(note));
}

awaitable<void> Playout::run() {
  auto back_off = kFirstBackOff;
  for (;;) {
    const bool good = co_await try_step();
    if (good) {
      co_await first_of(until(next_wake()));
      back_off = kFirstBackOff;
    } else {
      co_await parts_.clock.pause(back_off);
      back_off = std::min(2 * back_off, kLongestBackOff);
    }
  }
}

awaitable<bool> Playout::try_step() {
  std::string problem;
  try {
    const auto turn = co_await turns_.take();
    co_await step();
    co_return true;
  } catch (const std::exception& error) {
    problem = error.what();
  }
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
  spdlog::error("playout: {}; trying again", problem);
  co_return false;
}

// Everything that is due, in the order in which it has to be in the journal. Each part leaves what it could
// not write undone, so that the next step does it; one that fails does not keep the others from airing a
// programme.
awaitable<void> Playout::step() {
  std::exception_ptr failure;
  co_await attempt(&Playout::note_clock, failure);
  co_await attempt(&Playout::take_in, failure);
  if (!stopping_) {
    resolve_again();
    review();
    for (const auto part : kParts) co_await attempt(part, failure);
  }
  if (failure) std::rethrow_exception(failure);
}

// The second finish is for a rundown of which arm() finds nothing left.
const std::array<Playout::Part, 8> Playout::kParts{
    &Playout::finish,         &Playout::open_sessions, &Playout::freeze, &Playout::note_missed,
    &Playout::close_sessions, &Playout::arm,           &Playout::finish, &Playout::checkpoint};

awaitable<void> Playout::attempt(Part part, std::exception_ptr& failure) {
  try {
    co_await (this->*part)();
  } catch (...) {
    if (!failure) failure = std::current_exception();
  }
}

awaitable<void> Playout::stop() {
  stopping_ = true;
  const auto turn = co_await turns_.take();
  if (!running_) co_return;
  if (running_->order != 0) co_await last_words();
  if (!running_) co_return;
  if (!running_->started) {
    running_.reset();
    co_return;
  }
  if (running_->play) {
    const auto& play = *running_->play;
    logs::PlaybackEnded ended{play.play, to_ms(parts_.clock.now()), "stopped", 0, play.spans, equipment_,
                              "auto"};
    Note note;
    co_await end_item(running_->next, std::move(ended), std::move(note));
  }
  running_->why = "stopped";
  if (!running_->over) running_->over = parts_.clock.now();
  co_await finish();
}

// Takes the order back and hears what the deck still has to say of it, for a moment.
awaitable<void> Playout::last_words() {
  const auto order = running_->order;
  if (running_->started)
    parts_.deck.stop(order);
  else
    parts_.deck.revoke(order);
  const auto deadline = parts_.clock.mono() + kLastWord;
  co_await take_in();
  while (running_ && running_->order == order && parts_.clock.mono() < deadline) {
    co_await first_of(parts_.clock.pause(deadline - parts_.clock.mono()));
    co_await take_in();
  }
}

awaitable<void> Playout::note_clock() {
  const auto offset = offset_of(parts_.clock);
  if (std::chrono::abs(offset - offset_) > kClockJump) clock_set_ = stale_ = true;
  offset_ = offset;
  if (!clock_set_) co_return;
  spdlog::warn("playout: the clock was set, it is {} now", parts_.zone.iso8601(parts_.clock.now()));
  Note note;
  note.clock_set = logs::ClockSet{to_ms(parts_.clock.now()), to_string(parts_.clock.trust())};
  co_await write(parts_.ledger, std::move(note));
  clock_set_ = false;
}

void Playout::resolve_again() {
  const auto now = parts_.clock.now();
  if (!stale_ && now - resolved_ < kResolveEvery) return;
  list_ = parts_.timetable.between(now - kLookBack, now + std::chrono::days(parts_.scheduler.horizon_days));
  resolved_ = now;
  stale_ = false;
}

WallTime Playout::last_chance(const Occurrence& occurrence) const {
  return occurrence.start + parts_.scheduler.late_limit;
}

bool Playout::may_start(const Occurrence& occurrence) const {
  return !is_settled(occurrence.key()) && parts_.clock.now() <= last_chance(occurrence);
}

bool Playout::is_cancelled(const Occurrence& occurrence) const {
  const auto* programme = parts_.timetable.find(occurrence.programme);
  return !programme || programme->cancelled || programme->cancelled_dates.contains(occurrence.local_start);
}

void Playout::review() {
  if (!running_ || running_->over) return;
  auto& run = *running_;
  const auto now = parts_.clock.now();
  const bool cancelled = is_cancelled(run.occurrence);
  if (run.started) {
    if (run.order == 0 && (cancelled || now >= run.occurrence.end)) {  // the deck did not come back in time
      run.over = now;
      if (cancelled) run.why = "stopped";
    } else if (cancelled && !run.withdrawn) {
      parts_.deck.stop(run.order);
      run.withdrawn = true;
    }
    return;
  }
  const auto preload = run.occurrence.start - parts_.player.preload;
  const bool unfit = parts_.clock.trust() == ClockTrust::untrusted || now < preload - kEarly ||
                     now > last_chance(run.occurrence);
  if (run.withdrawn || !(cancelled || unfit)) return;
  parts_.deck.revoke(run.order);
  run.withdrawn = true;
}

std::string Playout::why_missed(const Occurrence& occurrence) const {
  const auto up_for = parts_.clock.mono() - began_;
  if (occurrence.start < parts_.clock.now() - up_for) return "off";
  if (parts_.clock.trust() == ClockTrust::untrusted) return "clock";
  return parts_.deck.status().up ? "late" : "deck";
}

awaitable<void> Playout::note_missed() {
  Note note;
  std::vector<std::string> keys;
  for (const auto& one : list_) {
    if (last_chance(one) >= parts_.clock.now()) break;
    const auto key = one.key();
    if (is_settled(key) || is_cancelled(one) || (running_ && running_->key == key)) continue;
    note.missed.push_back(
        {one.programme, edu::to_string(one.local_start), to_ms(one.start), why_missed(one)});
    keys.push_back(key);
    spdlog::warn("playout: {} was missed: {}", key, note.missed.back().why);
  }
  if (keys.empty()) co_return;
  co_await write(parts_.ledger, std::move(note));
  for (const auto& key : keys) settled_[key] = State::missed;
}

awaitable<void> Playout::arm() {
  if (parts_.clock.mono() < retry_due_ || !parts_.deck.status().up) co_return;
  if (!running_)
    co_await arm_next();
  else if (running_->started && running_->order == 0 && !running_->over)
    arm_rest();
}

awaitable<void> Playout::arm_next() {
  if (parts_.clock.trust() == ClockTrust::untrusted) co_return;
  const auto now = parts_.clock.now();
  const auto found = std::find_if(list_.begin(), list_.end(), [&](const Occurrence& one) {
    return one.start - parts_.player.preload <= now && may_start(one) && !is_cancelled(one);
  });
  if (found == list_.end()) co_return;
  Running run;
  run.occurrence = *found;
  run.key = run.occurrence.key();
  bool any = false;
  for (const auto& item : run.occurrence.rundown) {
    auto file = co_await parts_.find_file(item.courseware);
    any = any || file.there;
    run.items.push_back(
        {std::move(file.path), item.duration});  // one that is gone becomes an error of its own
  }
  if (any) {
    const player::ArmOrder order{++last_order_, run.occurrence.start, run.items};
    if (!parts_.deck.arm(order)) co_return;  // down: Restarted rings
    run.order = order.id;
    running_ = std::move(run);
  } else if (parts_.clock.now() >= run.occurrence.start) {
    Note note;
    note.missed.push_back({run.occurrence.programme, edu::to_string(run.occurrence.local_start),
                           to_ms(run.occurrence.start), "courseware"});
    co_await write(parts_.ledger, std::move(note));
    settled_[run.key] = State::missed;
    ring();  // its session is closed in the next step
  }
}

// After the deck's failure: what is left of the rundown, now.
void Playout::arm_rest() {
  auto& run = *running_;
  if (run.next >= run.items.size()) {
    run.over = parts_.clock.now();
    return;
  }
  const std::vector<player::DeckItem> rest(run.items.begin() + static_cast<std::ptrdiff_t>(run.next),
                                           run.items.end());
  const player::ArmOrder order{++last_order_, parts_.clock.now(), rest};
  if (!parts_.deck.arm(order)) return;
  run.order = order.id;
  run.first = run.next;
}

awaitable<void> Playout::checkpoint() {
  if (!running_ || !running_->play || parts_.clock.mono() < checkpoint_due_) co_return;
  Note note;
  note.on_air = row();
  co_await write(parts_.ledger, std::move(note));
  checkpoint_due_ = parts_.clock.mono() + parts_.player.checkpoint;
}

WallTime Playout::next_wake() const {
  const auto now = parts_.clock.now();
  const auto mono = parts_.clock.mono();
  auto wake = now + kLongestSleep;
  auto at = [&](WallTime instant) {
    if (instant > now) wake = std::min(wake, instant);
  };
  for (const auto& one : list_) {
    if (one.start > wake + parts_.open_before + parts_.player.preload) break;
    if (is_settled(one.key())) continue;
    if (one.kind == Kind::group) at(one.start - parts_.open_before);
    at(one.start - parts_.player.preload);
    at(one.start);
    at(last_chance(one) + milliseconds(1));
  }
  if (running_ && running_->started) at(running_->occurrence.end);
  if (running_ && running_->play) at(now + (checkpoint_due_ - mono));
  at(now + (retry_due_ - mono));
  return wake;
}

}  // namespace edu::scheduler
