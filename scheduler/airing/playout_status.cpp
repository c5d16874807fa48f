// What people are told of the playout.
#include <algorithm>

#include "logs/study/credit.h"
#include "scheduler/airing/playout.h"

namespace edu::scheduler {

OnAir Playout::status() const {
  OnAir status;
  status.trust = parts_.clock.trust();
  status.deck = parts_.deck.status();
  status.equipment = status.deck.video_output + "/" + status.deck.audio_output;
  if (running_ && running_->started && running_->next < running_->items.size()) {
    OnAir::Now now;
    now.occurrence = running_->occurrence;
    now.occurrence.state = State::on_air;
    now.item = running_->next;
    now.session = session_of(running_->key);
    now.planned = from_ms(start_of(running_->next, {}).planned_ms);
    now.declared = running_->items[running_->next].declared;
    if (running_->play) {
      now.play = running_->play->play;
      now.since = running_->play->since;
      now.position = running_->play->position;
      now.spans = running_->play->spans;
      now.effective_ms = logs::effective_ms(now.spans);
    }
    status.now = std::move(now);
  }
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
    about(status.now->play != 0 ? "scheduler.why.on_air" : "scheduler.why.rundown", status.now->occurrence);
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

std::vector<Occurrence> Playout::timeline(int days) const {
  auto list = parts_.timetable.timeline(parts_.clock.now(), days);
  for (auto& one : list) {
    const auto key = one.key();
    const auto state = settled_.find(key);
    if (running_ && running_->started && running_->key == key)
      one.state = State::on_air;
    else if (state != settled_.end())
      one.state = state->second;
  }
  return list;
}

}  // namespace edu::scheduler
