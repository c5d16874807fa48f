// What goes on air when, decided step by step.
//
// Comes in: the timeline, the clock, and what the airings have heard of their decks (airing.h). Leaves:
// occurrences to arm; sessions opened and closed (playout_sessions.cpp); what was missed. One coroutine on
// the loop, run(), wakes when something is due, when a deck speaks, when the timetable changes or somebody
// sets the clock, looks at everything again, and sleeps. All it must not forget lies in the database or stays
// in a queue until it does.
#include "scheduler/airing/playout.h"

#include <algorithm>
#include <exception>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>

#include "base/diagnostics.h"
#include "base/retry.h"

namespace edu::scheduler {
namespace {

constexpr std::chrono::days kLookBack{31};        // what was missed longer ago is not recorded one by one
constexpr std::chrono::hours kResolveEvery{1};    // the timeline's far end moves on
constexpr std::chrono::minutes kLongestSleep{1};  // trust in the clock changes without a sign
constexpr milliseconds kClockJump{1000};          // more than any slewing between two looks
constexpr milliseconds kAfterFailure{1000};       // until a step that failed is tried again
constexpr std::size_t kMostJumps = 100;           // that are remembered
constexpr milliseconds kLastWord{400};  // how long stop() waits for the decks to say what they played

milliseconds offset_of(const Clock& clock) { return clock.now().time_since_epoch() - clock.mono(); }

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
      bell_(executor, asio::steady_timer::time_point::max()),
      offset_(offset_of(parts_.clock)),
      emergency_(parts_.files, parts_.workers, parts_.emergency_log),
      log_(executor, {parts_.ledger, parts_.sessions, parts_.clock, emergency_,
                      [this](const Note& note, const Numbers& numbers) { written(note, numbers); }}) {
  for (const auto& [name, deck] : parts_.decks)
    airings_.push_back(
        std::make_unique<Airing>(Airing::Parts{name, deck, log_, parts_.clock, known_, parts_.player.preload,
                                               parts_.player.checkpoint, [this] { ring(); }}));
  // The timetable keeps its listeners for good, so this one looks whether we are still there.
  parts_.timetable.on_change([this, here = std::weak_ptr<void>(here_)] {
    if (here.expired()) return;
    stale_ = true;
    ring();
  });
}

Playout::~Playout() = default;

void Playout::prepare(Database& database) {
  on_air::create(database);
  EmergencyLog::create_table(database);
}

// The numbers that the journal gave.
void Playout::written(const Note& note, const Numbers& numbers) {
  if (!note.open || numbers.session == 0) return;
  const auto found = known_.sessions.find(key_of(note.open->programme, note.open->local_start));
  if (found != known_.sessions.end()) found->second = numbers.session;
}

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

awaitable<void> Playout::run() {
  for (;;) {
    const auto failure = co_await failure_of(try_step());
    auto wake = next_wake();
    if (failure) {
      spdlog::error("playout: {}; trying again", *failure);
      wake = std::min(wake, parts_.clock.now() + kAfterFailure);
    }
    co_await first_of(until(wake));
  }
}

awaitable<void> Playout::try_step() {
  const auto turn = co_await turns_.take();
  co_await step();
}

// Everything that is due, in the order in which it has to be in the journal.
awaitable<void> Playout::step() {
  note_clock();
  take_in();
  if (stopping_) co_return;
  resolve_again();
  for (const auto& airing : airings_) airing->note_lost();
  review();
  note_busy();
  for (const auto& airing : airings_) airing->finish();
  open_sessions();
  for (const auto& airing : airings_) airing->freeze();
  note_missed();
  co_await arm();
  for (const auto& airing : airings_) airing->note_lost(), airing->freeze();
  close_sessions();
  for (const auto& airing : airings_) airing->checkpoint();
}

void Playout::take_in() {
  for (const auto& airing : airings_) airing->take_in();
}

awaitable<void> Playout::stop() {
  stopping_ = true;
  const auto turn = co_await turns_.take();
  co_await last_words();
  for (const auto& airing : airings_) airing->cut_short();
  co_await log_.write();
}

// Takes the orders back and hears what the decks still have to say of them, for a moment.
awaitable<void> Playout::last_words() {
  for (const auto& airing : airings_) airing->take_back();
  const auto deadline = parts_.clock.mono() + kLastWord;
  auto waits = [this] {
    return std::ranges::any_of(airings_, [](const auto& airing) { return airing->is_ordered(); });
  };
  if (!waits()) co_return;
  take_in();
  while (waits() && parts_.clock.mono() < deadline) {
    co_await first_of(parts_.clock.pause(deadline - parts_.clock.mono()));
    take_in();
  }
}

void Playout::note_clock() {
  const auto offset = offset_of(parts_.clock);
  const auto step = offset - offset_;
  offset_ = offset;
  if (std::chrono::abs(step) <= kClockJump) return;
  stale_ = true;
  const auto now = parts_.clock.now();
  spdlog::warn("playout: the clock was set, it is {} now", parts_.zone.iso8601(now));
  if (step > milliseconds(0)) jumps_.push_back({now - step, now});
  if (jumps_.size() > kMostJumps) jumps_.erase(jumps_.begin());
  busy_.to = std::min(busy_.to, now);
  Note note;
  note.clock_set = logs::ClockSet{to_ms(now), to_string(parts_.clock.trust())};
  log_.put(std::move(note));
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

// While every deck has something on air that began before it, an occurrence waits for its turn.
void Playout::note_busy() {
  const auto now = parts_.clock.now();
  const bool busy = std::ranges::all_of(airings_, [](const auto& airing) { return airing->is_on_air(); });
  if (!busy) return;
  auto since = now;
  for (const auto& airing : airings_) since = std::min(since, airing->occurrence()->start);
  if (since > busy_.to + rules_.late_limit || busy_.from == WallTime{}) busy_.from = since;
  busy_.from = std::min(busy_.from, since);
  busy_.to = now;
}

WallTime Playout::due_of(const Occurrence& occurrence) const {
  const bool waited = occurrence.start >= busy_.from && occurrence.start <= busy_.to;
  return waited && !was_jumped(occurrence.start) ? busy_.to : occurrence.start;
}

bool Playout::was_jumped(WallTime start) const {
  return std::ranges::any_of(jumps_, [&](const Jump& jump) { return jump.from < start && start < jump.to; });
}

bool Playout::may_start(const Occurrence& occurrence) const {
  return !known_.is_settled(occurrence.key()) &&
         scheduler::may_start(due_of(occurrence), parts_.clock.now(), rules_);
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

void Playout::put_missed(std::vector<logs::ProgrammeMissed> missed) {
  for (const auto& one : missed) {
    const auto key = key_of(one.programme, one.local_start);
    spdlog::warn("playout: {} was missed: {}", key, one.why);
    known_.settled[key] = State::missed;
  }
  Note note;
  note.missed = std::move(missed);
  log_.put(std::move(note));
}

void Playout::note_missed() {
  const auto moment = this->moment();
  std::vector<logs::ProgrammeMissed> missed;
  for (const auto& airing : airings_) {
    if (!airing->has_nothing() || moment.now < airing->occurrence()->start) continue;
    missed.push_back(missed_of(*airing->occurrence(), kNoFiles));
    airing->drop();
  }
  for (const auto& one : list_) {
    if (scheduler::may_start(one.start, moment.now, rules_)) break;
    const auto key = one.key();
    if (may_start(one) || known_.is_settled(key) || is_cancelled(one) || is_taken(key)) continue;
    missed.push_back(missed_of(one, was_jumped(one.start) ? kClockSet : why_missed(one.start, moment)));
  }
  if (!missed.empty()) put_missed(std::move(missed));
}

awaitable<void> Playout::arm() {
  for (const auto& airing : airings_) {
    airing->arm_rest();
    if (airing->is_free() && airing->can_arm()) co_await arm_next(*airing);
  }
}

awaitable<Airing::Order> Playout::order_of(Occurrence occurrence) {
  Airing::Order order;
  for (std::size_t place = 0; place < occurrence.rundown.size(); ++place) {
    const auto& item = occurrence.rundown[place];
    auto file = co_await parts_.find_file(item.courseware);
    if (!file.there) order.gone.insert(place);
    order.items.push_back({std::move(file.path), item.duration, {}});
  }
  order.due = due_of(occurrence);
  order.occurrence = std::move(occurrence);
  co_return order;
}

awaitable<void> Playout::arm_next(Airing& airing) {
  if (parts_.clock.trust() == ClockTrust::untrusted) co_return;
  const auto now = parts_.clock.now();
  const auto found = std::ranges::find_if(list_, [&](const Occurrence& one) {
    return one.start - rules_.preload <= now && may_start(one) && !is_cancelled(one) && !is_taken(one.key());
  });
  if (found == list_.end()) co_return;
  auto order = co_await order_of(*found);
  if (order.gone.size() < order.items.size()) {
    airing.arm(std::move(order));
  } else if (parts_.clock.now() >= order.occurrence.start) {
    std::vector<logs::ProgrammeMissed> missed{missed_of(order.occurrence, kNoFiles)};
    put_missed(std::move(missed));
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
    at(last_chance(due_of(one), rules_) + milliseconds(1));
  }
  for (const auto& airing : airings_) airing->wakes(at);
  return wake;
}

}  // namespace edu::scheduler
