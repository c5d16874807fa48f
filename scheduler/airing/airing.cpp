// The orders of an airing; what the deck says to them is in airing_events.cpp.
#include "scheduler/airing/airing.h"

#include <algorithm>

#include "base/diagnostics.h"
#include "logs/study/credit.h"

namespace edu::scheduler {

std::int64_t Known::session_of(const std::string& key) const {
  const auto found = sessions.find(key);
  return found == sessions.end() ? 0 : found->second;
}

Airing::Airing(Parts parts) : parts_(std::move(parts)) {
  parts_.deck.on_event([this](const player::DeckEvent& event) { hear(event); });
}

Airing::~Airing() {
  parts_.deck.on_event([](const player::DeckEvent&) {});
}

bool Airing::can_arm() const { return parts_.clock.mono() >= retry_due_ && parts_.deck.status().up; }

bool Airing::has_nothing() const {
  return running_ && !running_->started && running_->order == 0 &&
         running_->lost.size() == running_->items.size();
}

// What is left of the rundown, but for what is lost.
bool Airing::give_order(WallTime at) {
  auto& run = *running_;
  player::ArmOrder order{++last_order_, at, {}};
  run.places.clear();
  for (auto place = run.next; place < run.items.size(); ++place) {
    if (run.lost.contains(place)) continue;
    run.places.push_back(place);
    order.items.push_back(run.items[place]);
    order.items.back().own_time = planned_start(place);
  }
  if (order.items.empty() || !parts_.deck.arm(order)) return false;
  run.order = order.id;
  run.begin = {parts_.clock.now(), at, parts_.clock.mono()};
  run.believed = milliseconds(0);
  return true;
}

bool Airing::arm(Order order) {
  take(std::move(order));
  if (give_order(running_->occurrence.start)) return true;
  running_.reset();
  return false;
}

void Airing::resume(Order order, std::size_t next) {
  take(std::move(order));
  running_->next = next;
  running_->started = running_->resumed = true;
}

void Airing::take(Order order) {
  auto& run = running_.emplace();
  run.key = order.occurrence.key();
  run.occurrence = std::move(order.occurrence);
  run.items = std::move(order.items);
  run.lost = std::move(order.gone);
  run.due = order.due;
}

std::optional<std::size_t> Airing::skip_past(milliseconds late_limit) {
  auto& run = *running_;
  const auto now = parts_.clock.now();
  while (run.next < run.items.size() &&
         !is_still_due(planned_start(run.next), run.items[run.next].declared, now, late_limit))
    end_unseen(run.next, run.lost.contains(run.next) ? "missing" : "not_aired");
  if (run.next >= run.items.size()) return std::nullopt;
  return run.next;
}

void Airing::arm_rest() {
  if (!is_on_air() || is_over() || is_ordered() || !can_arm()) return;
  auto place = running_->next;
  while (running_->lost.contains(place)) ++place;
  if (place >= running_->items.size()) return;
  const auto at = planned_start(place);
  if (parts_.clock.now() >= at - parts_.preload) give_order(std::max(at, parts_.clock.now()));
}

void Airing::review(bool cancelled, const Moment& moment, const StartRules& rules) {
  if (!running_ || running_->over) return;
  auto& run = *running_;
  if (run.started) {
    if (run.order == 0 && (cancelled || moment.now >= planned_end())) {
      if (!cancelled) end_rest(moment.now);
      run.over = moment.now;  // the deck did not come back in time
      if (cancelled) run.why = "stopped";
    } else if (cancelled && !run.withdrawn) {
      parts_.deck.stop(run.order);
      run.withdrawn = true;
    }
    return;
  }
  if (run.order == 0) {  // nothing of it can be played
    if (cancelled) drop();
    return;
  }
  if (run.withdrawn || (!cancelled && may_stay_armed(run.due, moment, rules))) return;
  parts_.deck.revoke(run.order);
  run.withdrawn = true;
}

void Airing::session_step(std::string why, WallTime at) {
  if (running_->occurrence.kind != Kind::group) return;
  Note note;
  note.session = SessionStep{running_->occurrence.programme, edu::to_string(running_->occurrence.local_start),
                             to_ms(at), std::move(why)};
  parts_.log.put(std::move(note));
}

void Airing::freeze() {
  if (!running_ || !running_->started || running_->frozen) return;
  session_step("", parts_.clock.now());
  running_->frozen = true;
}

void Airing::checkpoint() {
  if (!running_ || !running_->play || parts_.clock.mono() < checkpoint_due_) return;
  Note note;
  note.token = running_->play->token;
  note.on_air = row();
  parts_.log.put(std::move(note));
  checkpoint_due_ = parts_.clock.mono() + parts_.checkpoint;
}

void Airing::finish() {
  if (!is_over()) return;
  session_step(running_->why, *running_->over);
  parts_.known.sessions.erase(running_->key);
  Note note;
  note.off_air = parts_.name;
  parts_.log.put(std::move(note));
  running_.reset();
}

void Airing::drop() { running_.reset(); }

void Airing::take_back() {
  if (!is_ordered()) return;
  if (running_->started)
    parts_.deck.stop(running_->order);
  else
    parts_.deck.revoke(running_->order);
}

void Airing::cut_short() {
  if (!running_) return;
  if (!running_->started) return running_.reset();
  const auto now = parts_.clock.now();
  if (running_->play) end_item(running_->next, end_of_play(now, "stopped"));
  running_->why = "stopped";
  if (!running_->over) running_->over = now;
  finish();
}

std::optional<OnAir::Now> Airing::now() const {
  if (!is_on_air() || running_->next >= running_->items.size()) return std::nullopt;
  OnAir::Now now;
  now.occurrence = running_->occurrence;
  now.occurrence.state = State::on_air;
  now.item = running_->next;
  now.session = parts_.known.session_of(running_->key);
  now.resumed = running_->resumed;
  now.planned = planned_start(running_->next);
  now.declared = running_->items[running_->next].declared;
  if (running_->play) {
    now.plays = true;
    now.play = parts_.log.number_of(running_->play->token);
    now.since = running_->play->since;
    now.position = running_->play->position;
    now.spans = running_->play->believed.spans;
    now.effective_ms = logs::effective_ms(now.spans);
  }
  return now;
}

void Airing::wakes(const std::function<void(WallTime)>& at) const {
  const auto now = parts_.clock.now();
  const auto mono = parts_.clock.mono();
  if (running_) {
    const auto& run = *running_;
    if (is_on_air()) at(planned_end());
    for (auto place = run.next; place < run.items.size(); ++place) {
      if (run.lost.contains(place)) at(planned_start(place));
      if (run.order == 0) at(planned_start(place) - parts_.preload);
    }
  }
  if (running_ && running_->play) at(now + (checkpoint_due_ - mono));
  at(now + (retry_due_ - mono));
}

}  // namespace edu::scheduler
