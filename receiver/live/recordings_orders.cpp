// Recordings: orders of people, and what they see.
#include <algorithm>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "receiver/live/address.h"
#include "receiver/live/recordings.h"
#include "receiver/live/recordings_running.h"
#include "receiver/live/store.h"

namespace edu::live {
namespace {

constexpr std::size_t kLongestTitle = 200;    // bytes
constexpr std::uint64_t kWorthIt = 64 << 20;  // bytes that must be free for a recording to begin

Unexpected no_channel(const std::string& name) {
  return refuse("live.no_channel", {{"channel", std::string(truncate_utf8(name, kLongestTitle))}},
                Refusal::Kind::not_found);
}

}  // namespace

Result<WallTime> Recordings::end_by_hand(const std::string& name, std::int64_t minutes) const {
  const auto now = parts_.clock.now();
  const auto wanted = minutes > 0 ? std::chrono::minutes(minutes) : settings_.longest;
  const auto end = now + wanted;
  std::vector<Plan> beside;
  for (const auto& plan : plans_)
    if (plan.channel == name) beside.push_back(plan);
  const auto reach = std::chrono::minutes(kLongestPlan);
  for (const auto& one : due(beside, now - reach, end)) {
    if (one.end <= now) continue;
    if (minutes == 0 && one.start > now + std::chrono::minutes(1)) return one.start;
    const auto& zone = parts_.zone;
    return refuse("live.overlap",
                  {{"title", one.plan.title.empty() ? name : one.plan.title},
                   {"start", zone.iso8601(now)},
                   {"end", zone.iso8601(end)},
                   {"other_start", zone.iso8601(one.start)},
                   {"other_end", zone.iso8601(one.end)}},
                  Refusal::Kind::conflict);
  }
  return end;
}

awaitable<Result<Recording>> Recordings::start(std::string name, std::string title, std::int64_t minutes,
                                               std::string actor) {
  const auto turn = co_await turns_.take();
  if (!channel(name)) co_return no_channel(name);
  if (title.size() > kLongestTitle) co_return refuse("live.title", {{"most", std::to_string(kLongestTitle)}});
  if (minutes < 0 || minutes > kLongestPlan)
    co_return refuse("live.minutes", {{"most", std::to_string(kLongestPlan)}});
  if (parts_.clock.trust() == ClockTrust::untrusted)
    co_return refuse("live.clock", {}, Refusal::Kind::conflict);
  const bool left = std::ranges::find(left_, name, &Recording::channel) != left_.end();  // goes on soon
  if (left || recorded_now(name))
    co_return refuse("live.running", {{"channel", name}}, Refusal::Kind::conflict);
  if (recorded_now() >= settings_.at_once)
    co_return refuse("live.too_many", {{"most", std::to_string(settings_.at_once)}}, Refusal::Kind::conflict);
  const auto end = end_by_hand(name, minutes);
  if (!end) co_return Unexpected(end.error());
  auto look = [this] { return parts_.store.room_for(kWorthIt); };
  const auto room = co_await parts_.workers.run(look);
  if (!room) co_return Unexpected(room.error());
  const auto now = parts_.clock.now();
  const auto at = to_string(parts_.zone.to_local(now));
  Recording recording;
  recording.channel = name;
  recording.title = title.empty() ? fmt::format("{} {} {}", name, at.substr(0, 10), at.substr(11, 5)) : title;
  recording.begin_ms = to_ms(now);
  recording.end_ms = recording.planned_end_ms = to_ms(*end);
  recording.by = actor;
  co_await launch(recording, std::nullopt);
  co_return recording;
}

awaitable<Result<Recording>> Recordings::stop(std::string name, std::string actor) {
  const auto turn = co_await turns_.take();
  auto* const running = recorded_now(name);
  if (!running)
    co_return refuse("live.not_running", {{"channel", std::string(truncate_utf8(name, kLongestTitle))}},
                     Refusal::Kind::not_found);
  spdlog::info("live: recording {} is ended by {}", name, actor);
  const auto recording = running->tape.recording();
  co_await end_post_roll(*running);
  co_return recording;
}

awaitable<Result<Plan>> Recordings::add(PlanDraft draft, std::string actor) {
  const auto turn = co_await turns_.take();
  if (!channel(draft.channel)) co_return no_channel(draft.channel);
  if (draft.title.size() > kLongestTitle)
    co_return refuse("live.title", {{"most", std::to_string(kLongestTitle)}});
  Plan plan;
  static_cast<PlanDraft&>(plan) = std::move(draft);
  plan.no = plans_.empty() ? 1 : plans_.back().no + 1;  // for the checks; the row's number is its own
  plan.zone = parts_.zone.name();
  plan.added = parts_.clock.now();
  plan.by = actor;
  // A rule may be much to walk; the list does not change meanwhile: that needs the turn.
  auto fits = [this, &plan] { return check(plan, plans_, plan.added); };
  const auto right = co_await parts_.workers.run(std::move(fits));
  if (!right) co_return Unexpected(right.error());
  auto unit = [plan](logs::Transaction& t) mutable {
    plan.no = insert(t.db, plan);
    t.append(plan.by, logs::RecordingPlanned{plan.no, plan.channel, plan.title, to_string(plan.local_start),
                                             plan.zone, plan.rrule, plan.minutes * 60'000});
    return plan.no;
  };
  plan.no = co_await parts_.ledger.write(std::move(unit));
  plans_.push_back(plan);
  wake();
  co_return plan;
}

awaitable<Result<Plan>> Recordings::remove(std::int64_t no, std::string actor) {
  const auto turn = co_await turns_.take();
  const auto place = std::ranges::find(plans_, no, &Plan::no);
  if (place == plans_.end())
    co_return refuse("live.no_plan", {{"no", std::to_string(no)}}, Refusal::Kind::not_found);
  const auto plan = *place;
  auto unit = [no, actor](logs::Transaction& t) {
    remove_plan(t.db, no);
    return t.append(actor, logs::RecordingRemoved{no});
  };
  co_await parts_.ledger.write(std::move(unit));
  std::erase_if(plans_, [no](const Plan& one) { return one.no == no; });
  wake();
  co_return plan;
}

// What people see.

std::vector<receiver::SourceState> Recordings::states() const {
  std::vector<receiver::SourceState> out;
  for (const auto& channel : channels_) {
    receiver::SourceState state;
    state.name = channel.name;
    state.means = "live";
    state.where = without_credentials(channel.url);
    state.origin = channel.origin;
    for (const auto& plan : plans_)
      if (const auto next = plan.channel == channel.name ? next_start(plan) : std::nullopt)
        state.next = std::min(state.next.value_or(*next), *next);
    for (const auto& one : running_) {
      const auto& tape = one->tape;
      if (tape.recording().channel != channel.name || tape.phase() != Phase::recording) continue;
      state.state = tape.trouble() ? "failing" : "receiving";
      state.problem = tape.trouble();
      state.heard = tape.heard();
    }
    out.push_back(std::move(state));
  }
  return out;
}

std::vector<receiver::Progress> Recordings::progress() const {
  std::vector<receiver::Progress> out;
  for (const auto& one : running_) {
    const auto phase = one->tape.phase();
    if (phase == Phase::storing) continue;  // the intake shows it
    out.push_back({one->tape.recording().title, static_cast<std::uint64_t>(one->tape.bytes()), 0,
                   phase == Phase::recording ? "recording" : "joining"});
  }
  return out;
}

}  // namespace edu::live
