// The study sessions of group programmes, from open_before to the end as run.
#include <algorithm>

#include "scheduler/airing/playout.h"

namespace edu::scheduler {

awaitable<void> Playout::open_sessions() {
  if (parts_.clock.trust() == ClockTrust::untrusted) co_return;
  const auto horizon = parts_.clock.now() + parts_.open_before;
  for (const auto& one : std::vector<Occurrence>(list_)) {
    if (one.start > horizon) break;
    const auto key = one.key();
    if (one.kind != Kind::group || !may_start(one) || sessions_.contains(key) || is_cancelled(one)) continue;
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
    sessions_[key] = co_await parts_.sessions.open(std::move(plan));
  }
}

awaitable<void> Playout::freeze() {
  if (!running_ || !running_->started || running_->frozen) co_return;
  const auto session = session_of(running_->key);
  if (session != 0) co_await parts_.sessions.freeze(session);
  running_->frozen = true;
}

awaitable<void> Playout::close_sessions() {
  struct Close {
    std::string key;
    std::int64_t session;
    const char* why;
  };
  std::vector<Close> due;
  for (const auto& [key, session] : sessions_) {
    if (running_ && running_->key == key) continue;
    const auto state = settled_.find(key);
    if (state != settled_.end())
      due.push_back({key, session, state->second == State::missed ? "missed" : "power_loss"});
    else if (std::none_of(list_.begin(), list_.end(),
                          [&k = key](const Occurrence& one) { return one.key() == k; }))
      due.push_back({key, session, "stopped"});  // cancelled
  }
  for (const auto& one : due) {
    co_await parts_.sessions.close(one.session, parts_.clock.now(), one.why);
    sessions_.erase(one.key);
  }
}

awaitable<void> Playout::finish() {
  if (!running_ || !running_->over) co_return;
  const auto session = session_of(running_->key);
  if (session != 0) co_await parts_.sessions.close(session, *running_->over, running_->why);
  sessions_.erase(running_->key);
  Note note;
  note.off_air = true;
  co_await write(parts_.ledger, std::move(note));
  running_.reset();
}

}  // namespace edu::scheduler
