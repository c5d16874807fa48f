// What goes on air when, decided step by step.
//
// Comes in: the timeline, the clock, and what the airings have heard of their decks (airing.h). Leaves:
// occurrences to arm; sessions opened and closed (playout_sessions.cpp); what was missed. One coroutine on
// the loop, run(), wakes when something is due, when a deck speaks, when the timetable changes or somebody
// sets the clock, looks at everything again, and sleeps. All it must not forget lies in the database or stays
// in a queue until it does.
#include "scheduler/airing/playout.h"

#include <algorithm>

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
constexpr milliseconds kLastWord{400};  // how long stop() waits for the decks to say what they played

constexpr auto kNever = asio::steady_timer::time_point::max();

milliseconds offset_of(const Clock& clock) { return clock.now().time_since_epoch() - clock.mono(); }

// A part of a step that fails does not keep the others from airing a programme; the first failure stays.
awaitable<void> attempt(awaitable<void> part, std::exception_ptr& failure) {
  try {
    co_await std::move(part);
  } catch (...) {
    if (!failure) failure = std::current_exception();
  }
}

logs::ProgrammeMissed missed_of(const Occurrence& one, std::string why) {
  logs::ProgrammeMissed missed;
  missed.programme = one.programme;
  missed.local_start = edu::to_string(one.local_start);
  missed.planned_ms = to_ms(one.start);
  missed.why = std::move(why);
  return missed;
}

}  // namespace

Playout::Playout(asio::any_io_executor executor, Parts parts)
    : parts_(std::move(parts)),
      rules_{parts_.player.preload, parts_.scheduler.late_limit},
      began_(parts_.clock.mono()),
      bell_(executor, kNever),
      offset_(offset_of(parts_.clock)) {
  for (const auto& [name, deck] : parts_.decks)
    airings_.push_back(
        std::make_unique<Airing>(Airing::Parts{name, deck, parts_.sessions, parts_.ledger, parts_.clock,
                                               known_, parts_.player.checkpoint, [this] { ring(); }}));
  parts_.timetable.on_change([this] {
    stale_ = true;
    ring();
  });
}

Playout::~Playout() = default;

void Playout::prepare(Database& database) { on_air::create(database); }

void Playout::ring() {
  rung_ = true;
  bell_.cancel();
}

awaitable<void> Playout::bell() {
  boost::system::error_code rung;
  auto token = asio::redirect_error(asio::use_awaitable, rung);
  if (!rung_) co_await bell_.async_wait(token);
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
  known_.settled = std::move(left.settled);
  for (const auto& open : left.sessions)
    if (const auto start = parse_local_time(open.local_start))
      known_.sessions[occurrence_key(open.programme, *start)] = open.session;
  for (const auto& row : left.on_air) co_await close_left(row);
}

awaitable<void> Playout::close_left(on_air::Row row) {
  spdlog::warn("playout: {} was on air when the station went off; its record is closed now", row.key);
  if (row.play != 0) {
    Note note;
    note.ended = logs::PlaybackEnded{row.play, row.at_ms, "power_loss", 0, row.spans, row.equipment, "auto"};
    note.on_air = row;
    note.on_air->play = 0;
    co_await write(parts_.ledger, std::move(note));
  }
  if (row.session != 0) co_await parts_.sessions.close(row.session, from_ms(row.at_ms), "power_loss");
  known_.sessions.erase(row.key);
  Note note;
  note.off_air = row.deck;
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
// not write undone, so that the next step does it.
awaitable<void> Playout::step() {
  std::exception_ptr failure;
  co_await attempt(note_clock(), failure);
  for (const auto& airing : airings_) co_await attempt(airing->take_in(), failure);
  if (!stopping_) {
    resolve_again();
    review();
    for (const auto& airing : airings_) co_await attempt(airing->finish(), failure);
    co_await attempt(open_sessions(), failure);
    for (const auto& airing : airings_) co_await attempt(airing->freeze(), failure);
    co_await attempt(note_missed(), failure);
    co_await attempt(arm(), failure);
    co_await attempt(close_sessions(), failure);
    for (const auto& airing : airings_) co_await attempt(airing->checkpoint(), failure);
  }
  if (failure) std::rethrow_exception(failure);
}

awaitable<void> Playout::take_in() {
  for (const auto& airing : airings_) co_await airing->take_in();
}

awaitable<void> Playout::stop() {
  stopping_ = true;
  const auto turn = co_await turns_.take();
  co_await last_words();
  for (const auto& airing : airings_) co_await airing->cut_short();
}

// Takes the orders back and hears what the decks still have to say of them, for a moment.
awaitable<void> Playout::last_words() {
  for (const auto& airing : airings_) airing->take_back();
  const auto deadline = parts_.clock.mono() + kLastWord;
  auto waits = [this] {
    return std::ranges::any_of(airings_, [](const auto& airing) { return airing->is_ordered(); });
  };
  if (!waits()) co_return;
  co_await take_in();
  while (waits() && parts_.clock.mono() < deadline) {
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

Moment Playout::moment() const {
  const bool up = std::ranges::any_of(airings_, [](const auto& airing) { return airing->deck().up; });
  return {parts_.clock.now(), parts_.clock.trust(), parts_.clock.mono() - began_, up};
}

bool Playout::may_start(const Occurrence& occurrence) const {
  return !known_.is_settled(occurrence.key()) &&
         scheduler::may_start(occurrence.start, parts_.clock.now(), rules_);
}

bool Playout::is_cancelled(const Occurrence& occurrence) const {
  const auto* programme = parts_.timetable.find(occurrence.programme);
  return !programme || programme->cancelled || programme->cancelled_dates.contains(occurrence.local_start);
}

bool Playout::is_taken(const std::string& key) const {
  return std::ranges::any_of(airings_, [&](const auto& airing) { return airing->has(key); });
}

void Playout::review() {
  for (const auto& airing : airings_)
    if (const auto* occurrence = airing->occurrence())
      airing->review(is_cancelled(*occurrence), moment(), rules_);
}

awaitable<void> Playout::write_missed(std::vector<logs::ProgrammeMissed> missed) {
  std::vector<std::string> keys;
  for (const auto& one : missed) {
    keys.push_back(key_of(one.programme, one.local_start));
    spdlog::warn("playout: {} was missed: {}", keys.back(), one.why);
  }
  Note note;
  note.missed = std::move(missed);
  co_await write(parts_.ledger, std::move(note));
  for (const auto& key : keys) known_.settled[key] = State::missed;
}

awaitable<void> Playout::note_missed() {
  const auto moment = this->moment();
  std::vector<logs::ProgrammeMissed> missed;
  for (const auto& one : list_) {
    if (scheduler::may_start(one.start, moment.now, rules_)) break;
    const auto key = one.key();
    if (known_.is_settled(key) || is_cancelled(one) || is_taken(key)) continue;
    missed.push_back(missed_of(one, why_missed(one.start, moment)));
  }
  if (!missed.empty()) co_await write_missed(std::move(missed));
}

awaitable<void> Playout::arm() {
  for (const auto& airing : airings_) {
    airing->arm_rest();
    if (airing->is_free() && airing->can_arm()) co_await arm_next(*airing);
  }
}

awaitable<void> Playout::arm_next(Airing& airing) {
  if (parts_.clock.trust() == ClockTrust::untrusted) co_return;
  const auto now = parts_.clock.now();
  const auto found = std::ranges::find_if(list_, [&](const Occurrence& one) {
    return one.start - rules_.preload <= now && may_start(one) && !is_cancelled(one) && !is_taken(one.key());
  });
  if (found == list_.end()) co_return;
  auto occurrence = *found;
  std::vector<player::DeckItem> items;
  bool any = false;
  for (const auto& item : occurrence.rundown) {
    auto file = co_await parts_.find_file(item.courseware);
    any = any || file.there;
    items.push_back({std::move(file.path), item.duration});  // one that is gone becomes an error of its own
  }
  if (any) {
    airing.arm(std::move(occurrence), std::move(items));
  } else if (parts_.clock.now() >= occurrence.start) {
    std::vector<logs::ProgrammeMissed> missed{missed_of(occurrence, kNoFiles)};
    co_await write_missed(std::move(missed));
  }
}

WallTime Playout::next_wake() const {
  const auto now = parts_.clock.now();
  auto wake = now + kLongestSleep;
  auto at = [&](WallTime instant) {
    if (instant > now) wake = std::min(wake, instant);
  };
  for (const auto& one : list_) {
    if (one.start > wake + parts_.open_before + rules_.preload) break;
    if (known_.is_settled(one.key())) continue;
    if (one.kind == Kind::group) at(one.start - parts_.open_before);
    at(one.start - rules_.preload);
    at(one.start);
    at(last_chance(one.start, rules_) + milliseconds(1));
  }
  for (const auto& airing : airings_) airing->wakes(at);
  return wake;
}

}  // namespace edu::scheduler
