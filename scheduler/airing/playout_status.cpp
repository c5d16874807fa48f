// What people are told of the playout.
#include <algorithm>

#include "logs/study/credit.h"
#include "scheduler/airing/playout.h"

namespace edu::scheduler {

OnAir Playout::status() const {
  OnAir status;
  status.trust = parts_.clock.trust();
  const Airing* shown = airings_.front().get();  // of two on air the one that plays, and began last
  for (const auto& airing : airings_) {
    auto now = airing->now();
    if (!now || (status.now && status.now->since >= now->since)) continue;
    status.now = std::move(now);
    shown = airing.get();
  }
  status.deck = shown->deck();
  status.equipment = status.deck.video_output + "/" + status.deck.audio_output;
  status.record = log_.trouble();
  const auto next = std::find_if(list_.begin(), list_.end(),
                                 [&](const Occurrence& one) { return may_start(one) && !is_cancelled(one); });
  if (next != list_.end()) status.next = *next;
  explain(status);
  return status;
}

void Playout::explain(OnAir& status) const {
  auto about = [&](const char* key, const Occurrence& one) {
    status.why = key;
    status.why_args = {{"programme", std::to_string(one.programme)},
                       {"title", one.title},
                       {"start", parts_.zone.iso8601(one.start)}};
  };
  if (status.now) {
    about(!status.now->plays    ? "scheduler.why.rundown"
          : status.now->resumed ? "scheduler.why.resumed"
                                : "scheduler.why.on_air",
          status.now->occurrence);
    status.why_args["item"] = std::to_string(status.now->item + 1);
    status.why_args["items"] = std::to_string(status.now->occurrence.rundown.size());
  } else if (status.trust == ClockTrust::untrusted) {
    status.why = "scheduler.why.clock";
  } else if (!status.deck.up) {
    status.why = "scheduler.why.deck";
  } else if (status.next) {
    about("scheduler.why.next", *status.next);
  } else {
    status.why = "scheduler.why.nothing";
    status.why_args = {{"days", std::to_string(parts_.scheduler.horizon_days)}};
  }
}

awaitable<std::vector<Occurrence>> Playout::timeline(int days) const {
  auto list = co_await parts_.timetable.work_out(parts_.clock.now(), days);
  for (auto& one : list) {
    const auto key = one.key();
    const auto state = known_.settled.find(key);
    const bool on_air = std::ranges::any_of(
        airings_, [&](const auto& airing) { return airing->is_on_air() && airing->has(key); });
    if (on_air)
      one.state = State::on_air;
    else if (state != known_.settled.end())
      one.state = state->second;
  }
  co_return list;
}

}  // namespace edu::scheduler
