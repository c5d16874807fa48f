// Comes in: plans that fall due, orders of people (recordings_orders.cpp), what the last run left in the
// database. Leaves: a Tape for each recording, which ends in the intake, and a refused reception for what was
// missed. One coroutine looks at the plans and waits for the next, each tape has one of its own; all on the
// loop.
#include "receiver/live/recordings.h"

#include <algorithm>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/retry.h"
#include "base/text.h"
#include "receiver/intake/quarantine.h"
#include "receiver/live/address.h"
#include "receiver/live/recordings_running.h"
#include "receiver/live/store.h"

namespace edu::live {
namespace {

constexpr std::chrono::days kMissed{7};   // what was due longer ago is not told of
constexpr std::chrono::hours kAhead{25};  // one look at the plans reaches this far
constexpr milliseconds kTrust{5'000};     // between two looks whether the clock is trusted
constexpr milliseconds kTurn{5'000};      // between two looks whether another recording has ended
constexpr BackOff kBackOff{milliseconds(10'000), milliseconds(10'000)};  // after a failure of storage
constexpr milliseconds kLate{10'000};  // what began this late has lost its beginning

}  // namespace

Recordings::Recordings(asio::any_io_executor executor, Parts parts, std::vector<config::Live> channels,
                       const config::Recording& settings)
    : executor_(executor),
      parts_(std::move(parts)),
      channels_(std::move(channels)),
      settings_(settings),
      woken_(executor) {}

Recordings::~Recordings() = default;

void Recordings::load(Database& database) {
  plans_ = plans_in(database);
  left_ = recordings_in(database);
  for (const auto& plan : plans_)
    if (!channel(plan.channel)) spdlog::warn("live: plan {}: there is no channel {}", plan.no, plan.channel);
  std::error_code none;
  for (fs::directory_iterator at(parts_.folder, none), end; !none && at != end; at.increment(none)) {
    const auto known = [&](const Recording& one) { return std::to_string(one.no) == at->path().filename(); };
    if (std::ranges::none_of(left_, known))
      spdlog::warn("live: {} belongs to no recording; it is left alone", at->path().string());
  }
}

const config::Live* Recordings::channel(const std::string& name) const {
  const auto found = std::ranges::find(channels_, name, &config::Live::name);
  return found == channels_.end() ? nullptr : &*found;
}

Recordings::Running* Recordings::recorded_now(const std::string& name) {
  const auto found = std::ranges::find_if(running_, [&](const auto& one) {
    return one->tape.phase() == Phase::recording && one->tape.recording().channel == name;
  });
  return found == running_.end() ? nullptr : found->get();
}

std::size_t Recordings::recorded_now() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(running_, [](const auto& one) { return one->tape.phase() == Phase::recording; }));
}

std::vector<const Tape*> Recordings::tapes() const {
  std::vector<const Tape*> out;
  for (const auto& one : running_) out.push_back(&one->tape);
  return out;
}

std::optional<WallTime> Recordings::next_start(const Plan& plan) const {
  const auto now = parts_.clock.now();
  for (const auto horizon : {std::chrono::days(2), std::chrono::days(366)})
    for (const auto& one : due({plan}, now, now + horizon)) return one.start;
  return std::nullopt;
}

// Tapes: each a coroutine of its own.

void Recordings::wake() { woken_.expires_at(asio::steady_timer::time_point::min()); }

void Recordings::spawn(Recording recording) {
  config::Live gone;
  gone.name = recording.channel;
  const auto* known = channel(recording.channel);
  running_.push_back(
      std::make_unique<Running>(parts_, known ? *known : gone, std::move(recording), executor_));
  auto* const running = running_.back().get();
  auto done = [this, running](std::exception_ptr) {
    running->over.cancel();
    std::erase_if(running_, [&](const auto& one) { return one.get() == running; });
    wake();
  };
  asio::co_spawn(executor_, carry(*running),
                 asio::bind_cancellation_slot(running->stop.slot(), std::move(done)));
}

// A failure of storage ends nothing: it is tried again from what is on the disk.
awaitable<void> Recordings::carry(Running& running) {
  Retry retry(parts_.clock, "live: " + running.tape.recording().channel, kBackOff);
  bool done = false;
  while (!done) done = co_await retry.attempt(running.tape.run());
}

awaitable<void> Recordings::end_all() {
  for (auto& one : running_) one->stop.emit(asio::cancellation_type::terminal);
  boost::system::error_code ignored;
  while (!running_.empty()) {
    auto token = asio::redirect_error(asio::use_awaitable, ignored);
    co_await running_.front()->over.async_wait(token);
  }
}

awaitable<void> Recordings::run() { co_await with_clean_up(rounds(), end_all()); }

awaitable<void> Recordings::rounds() {
  Retry retry(parts_.clock, "live", kBackOff);
  for (;;) co_await retry.attempt(round());
}

// Does what is due, or waits for it.
awaitable<void> Recordings::round() {
  using namespace asio::experimental::awaitable_operators;
  if (parts_.clock.trust() == ClockTrust::untrusted) {
    co_await parts_.clock.pause(kTrust);
    co_return;
  }
  for (auto& one : std::exchange(left_, {})) spawn(std::move(one));
  woken_.expires_at(asio::steady_timer::time_point::max());  // before the look: what comes after it wakes
  const auto step = next_step(parts_.clock.now());
  if (step) {
    co_await take(*step);
    co_return;
  }
  boost::system::error_code woken;
  auto token = asio::redirect_error(asio::use_awaitable, woken);
  co_await (parts_.clock.until(look_at_) || woken_.async_wait(token));
  co_await stop_if_cancelled();
}

// The first thing that is due; where there is none, look_at_ says when to look again.
std::optional<Recordings::Step> Recordings::next_step(WallTime now) {
  look_at_ = now + std::chrono::hours(1);
  for (const auto& one : due(plans_, now - kMissed, now + kAhead)) {
    const auto begins = one.start - settings_.pre_roll;
    if (now < begins) {
      look_at_ = std::min(look_at_, begins);
      continue;
    }
    if (now >= one.end) return Step{Step::What::miss, one};
    if (!channel(one.plan.channel)) {
      look_at_ = std::min(look_at_, one.end);
      continue;
    }
    const auto* before = recorded_now(one.plan.channel);
    const auto free_at = before ? from_ms(before->tape.recording().planned_end_ms) : now;
    if (free_at > now)
      look_at_ = std::min(look_at_, free_at);
    else if (!before && recorded_now() >= settings_.at_once)
      look_at_ = std::min(look_at_, now + kTurn);
    else
      return Step{Step::What::begin, one};
  }
  return std::nullopt;
}

awaitable<void> Recordings::take(Step step) {
  const auto turn = co_await turns_.take();
  const auto known = std::ranges::find(plans_, step.due.plan.no, &Plan::no);
  if (known == plans_.end()) co_return;  // removed while we waited for our turn
  auto task =
      step.what == Step::What::begin ? begin(step.due) : miss(step.due);  // ?: with co_await is miscompiled
  co_await std::move(task);
}

std::string Recordings::title_of(const Due& one) const {
  const auto& plan = one.plan;
  const auto at = parts_.zone.to_local(one.start);
  const auto date = to_string(std::chrono::floor<std::chrono::days>(at));
  if (plan.title.empty()) return fmt::format("{} {} {}", plan.channel, date, to_string(at).substr(11, 5));
  return plan.rrule.empty() ? plan.title : plan.title + " " + date;
}

awaitable<void> Recordings::begin(Due one) {
  const auto now = parts_.clock.now();
  Recording recording;
  recording.plan = one.plan.no;
  recording.channel = one.plan.channel;
  recording.title = title_of(one);
  recording.begin_ms = to_ms(now);
  recording.planned_end_ms = to_ms(one.end);
  recording.end_ms = to_ms(one.end + settings_.post_roll);
  recording.by = one.plan.by;
  if (now - one.start > kLate) {
    recording.gaps = 1;
    recording.gap_ms = (now - one.start).count();
  }
  if (auto* before = recorded_now(recording.channel)) co_await end_post_roll(*before);
  co_await launch(std::move(recording), one.local);
}

awaitable<void> Recordings::end_post_roll(Running& before) {
  const auto now = parts_.clock.now();
  before.tape.end_at(now, now);
  auto unit = [row = before.tape.recording()](logs::Transaction& t) { return update(t.db, row); };
  co_await parts_.ledger.write(std::move(unit));
}

// The row first; with it, that the occurrence is dealt with.
awaitable<void> Recordings::launch(Recording recording, std::optional<LocalTime> occurrence) {
  auto unit = [recording, occurrence](logs::Transaction& t) {
    if (occurrence) note_begun(t.db, recording.plan, *occurrence);
    return insert(t.db, recording);
  };
  recording.no = co_await parts_.ledger.write(std::move(unit));
  if (occurrence) std::ranges::find(plans_, recording.plan, &Plan::no)->begun = *occurrence;
  spdlog::info("live: recording {} begins", recording.channel);
  spawn(std::move(recording));
}

awaitable<void> Recordings::miss(Due one) {
  const auto plan = one.plan;
  const auto* known = channel(plan.channel);
  receiver::Arrival arrival;
  arrival.origin.means = "live";
  arrival.origin.source = source_of(plan.channel, known ? known->url : "");
  arrival.origin.receiver = plan.by;
  arrival.name = receiver::safe_name(title_of(one)) + ".mkv";
  arrival.path = parts_.folder / arrival.name;
  arrival.origin.started_ms = to_ms(one.start);
  arrival.with_record = [no = plan.no, local = one.local](Database& db, const logs::ReceptionRecorded&,
                                                          const Refusal*) { note_begun(db, no, local); };
  Refusal why{"live.missed", {{"start", parts_.zone.iso8601(one.start)}}, Refusal::Kind::unavailable};
  co_await parts_.record_failure(std::move(arrival), std::move(why), 0);
  const auto place = std::ranges::find(plans_, plan.no, &Plan::no);
  place->begun = one.local;
}

}  // namespace edu::live
