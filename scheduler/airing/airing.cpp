// The orders of an airing; what the deck says to them is in airing_events.cpp.
#include "scheduler/airing/airing.h"

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

bool Airing::arm(Occurrence occurrence, std::vector<player::DeckItem> items) {
  const player::ArmOrder order{++last_order_, occurrence.start, items};
  if (!parts_.deck.arm(order)) return false;
  Running run;
  run.key = occurrence.key();
  run.occurrence = std::move(occurrence);
  run.items = std::move(items);
  run.order = order.id;
  running_ = std::move(run);
  return true;
}

void Airing::arm_rest() {
  if (!is_on_air() || is_over() || is_ordered() || !can_arm()) return;
  auto& run = *running_;
  const std::vector<player::DeckItem> rest(run.items.begin() + static_cast<std::ptrdiff_t>(run.next),
                                           run.items.end());
  const player::ArmOrder order{++last_order_, parts_.clock.now(), rest};
  if (!parts_.deck.arm(order)) return;
  run.order = order.id;
  run.first = run.next;
}

void Airing::review(bool cancelled, const Moment& moment, const StartRules& rules) {
  if (!running_ || running_->over) return;
  auto& run = *running_;
  if (run.started) {
    if (run.order == 0 && (cancelled || moment.now >= run.occurrence.end)) {
      run.over = moment.now;  // the deck did not come back in time
      if (cancelled) run.why = "stopped";
    } else if (cancelled && !run.withdrawn) {
      parts_.deck.stop(run.order);
      run.withdrawn = true;
    }
    return;
  }
  if (run.withdrawn || (!cancelled && may_stay_armed(run.occurrence.start, moment, rules))) return;
  parts_.deck.revoke(run.order);
  run.withdrawn = true;
}

awaitable<void> Airing::freeze() {
  if (!running_ || !running_->started || running_->frozen) co_return;
  const auto session = parts_.known.session_of(running_->key);
  if (session != 0) co_await parts_.sessions.freeze(session);
  running_->frozen = true;
}

awaitable<void> Airing::checkpoint() {
  if (!running_ || !running_->play || parts_.clock.mono() < checkpoint_due_) co_return;
  Note note;
  note.on_air = row();
  co_await write(parts_.ledger, std::move(note));
  checkpoint_due_ = parts_.clock.mono() + parts_.checkpoint;
}

awaitable<void> Airing::finish() {
  if (!is_over()) co_return;
  const auto session = parts_.known.session_of(running_->key);
  if (session != 0) co_await parts_.sessions.close(session, *running_->over, running_->why);
  parts_.known.sessions.erase(running_->key);
  Note note;
  note.off_air = parts_.name;
  co_await write(parts_.ledger, std::move(note));
  running_.reset();
}

void Airing::take_back() {
  if (!is_ordered()) return;
  if (running_->started)
    parts_.deck.stop(running_->order);
  else
    parts_.deck.revoke(running_->order);
}

awaitable<void> Airing::cut_short() {
  if (!running_) co_return;
  if (!running_->started) {
    running_.reset();
    co_return;
  }
  const auto now = parts_.clock.now();
  if (running_->play) {
    auto ended = end_of_play(now, "stopped");
    Note note;
    co_await end_item(running_->next, std::move(ended), std::move(note));
  }
  running_->why = "stopped";
  if (!running_->over) running_->over = now;
  co_await finish();
}

std::optional<OnAir::Now> Airing::now() const {
  if (!is_on_air() || running_->next >= running_->items.size()) return std::nullopt;
  OnAir::Now now;
  now.occurrence = running_->occurrence;
  now.occurrence.state = State::on_air;
  now.item = running_->next;
  now.session = parts_.known.session_of(running_->key);
  now.planned = planned_start(running_->next);
  now.declared = running_->items[running_->next].declared;
  if (running_->play) {
    now.play = running_->play->play;
    now.since = running_->play->since;
    now.position = running_->play->position;
    now.spans = running_->play->spans;
    now.effective_ms = logs::effective_ms(now.spans);
  }
  return now;
}

void Airing::wakes(const std::function<void(WallTime)>& at) const {
  const auto now = parts_.clock.now();
  const auto mono = parts_.clock.mono();
  if (is_on_air()) at(running_->occurrence.end);
  if (running_ && running_->play) at(now + (checkpoint_due_ - mono));
  at(now + (retry_due_ - mono));
}

}  // namespace edu::scheduler
