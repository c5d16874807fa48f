// The study sessions of group programmes that are not on air: opened ahead of them, and closed where they
// never come. What is on air closes its own (airing.cpp).
#include <algorithm>

#include "scheduler/airing/playout.h"

namespace edu::scheduler {
namespace {

logs::SessionPlan plan_of(const Occurrence& one) {
  logs::SessionPlan plan;
  plan.programme = one.programme;
  plan.local_start = edu::to_string(one.local_start);
  plan.title = one.title;
  plan.tutor = one.tutor;
  plan.chair = one.chair;
  plan.place = one.place;
  plan.groups = one.groups;
  plan.planned_start = one.start;
  plan.planned_end = one.end;
  return plan;
}

}  // namespace

awaitable<void> Playout::open_sessions() {
  if (parts_.clock.trust() == ClockTrust::untrusted) co_return;
  const auto horizon = parts_.clock.now() + parts_.open_before;
  for (const auto& one : std::vector<Occurrence>(list_)) {
    if (one.start > horizon) break;
    const auto key = one.key();
    if (one.kind != Kind::group || !may_start(one) || known_.sessions.contains(key) || is_cancelled(one))
      continue;
    known_.sessions[key] = co_await parts_.sessions.open(plan_of(one));
  }
}

awaitable<void> Playout::close_sessions() {
  struct Close {
    std::string key;
    std::int64_t session;
    const char* why;
  };
  std::vector<Close> due;
  for (const auto& [key, session] : known_.sessions) {
    if (is_taken(key)) continue;
    const auto state = known_.settled.find(key);
    if (state != known_.settled.end())
      due.push_back({key, session, state->second == State::missed ? "missed" : "power_loss"});
    else if (std::ranges::none_of(list_, [&k = key](const Occurrence& one) { return one.key() == k; }))
      due.push_back({key, session, "stopped"});  // cancelled
  }
  for (const auto& one : due) {
    co_await parts_.sessions.close(one.session, parts_.clock.now(), one.why);
    known_.sessions.erase(one.key);
  }
}

}  // namespace edu::scheduler
