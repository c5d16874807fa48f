// What the deck says becomes the as-run record.
#include "base/diagnostics.h"
#include "scheduler/airing/playout.h"

namespace edu::scheduler {
namespace {

constexpr milliseconds kRetry{1000};  // after the deck would not take an order

}  // namespace

// An event stays until what follows from it is written: a step that fails takes it in again.
awaitable<void> Playout::take_in() {
  while (!heard_.empty()) {
    const auto heard = heard_.front();
    co_await take_in(heard);
    heard_.pop_front();
  }
}

awaitable<void> Playout::take_in(const Heard& heard) {
  const auto& event = heard.event;
  const auto status = parts_.deck.status();
  if (status.up) equipment_ = status.video_output + "/" + status.audio_output;
  if (const auto* started = std::get_if<player::Started>(&event)) {
    co_await item_started(*started);
  } else if (const auto* progress = std::get_if<player::Progress>(&event)) {
    if (!place_of(progress->id, progress->item) || !running_->play) co_return;
    running_->play->position = progress->position;
    running_->play->spans = spans_of(progress->spans);
  } else if (const auto* ended = std::get_if<player::ItemEnded>(&event)) {
    co_await item_ended(*ended, heard.at);
  } else if (const auto* finished = std::get_if<player::Finished>(&event)) {
    co_await order_finished(*finished, heard.at);
  } else if (const auto* failed = std::get_if<player::Failed>(&event)) {
    co_await deck_failed(*failed, heard.at);
  } else if (const auto* restarted = std::get_if<player::Restarted>(&event)) {
    co_await deck_restarted(*restarted);
  }
}

// The place in the rundown of an item of the order that the deck holds for us; nullopt for any other.
std::optional<std::size_t> Playout::place_of(std::uint64_t order, std::size_t item) const {
  if (!running_ || running_->order != order) return std::nullopt;
  const auto place = running_->first + item;
  if (place >= running_->items.size()) return std::nullopt;
  return place;
}

std::int64_t Playout::session_of(const std::string& key) const {
  const auto found = sessions_.find(key);
  return found == sessions_.end() ? 0 : found->second;
}

logs::PlaybackStarted Playout::start_of(std::size_t item, WallTime at) const {
  const auto& occurrence = running_->occurrence;
  const auto& course = occurrence.rundown[item];
  auto planned = occurrence.start;
  for (std::size_t i = 0; i < item; ++i) planned += occurrence.rundown[i].duration;
  logs::PlaybackStarted started;
  started.programme = occurrence.programme;
  started.local_start = edu::to_string(occurrence.local_start);
  started.item = static_cast<std::int64_t>(item);
  started.courseware = course.courseware;
  started.title = course.title;
  started.kind = to_string(occurrence.kind);
  started.session = session_of(running_->key);
  started.planned_ms = to_ms(planned);
  started.started_ms = to_ms(at);
  started.declared_ms = course.duration.count();
  return started;
}

playout_tables::OnAirRow Playout::row() const {
  playout_tables::OnAirRow row;
  row.key = running_->key;
  row.session = session_of(running_->key);
  row.equipment = equipment_;
  row.at_ms = to_ms(parts_.clock.now());
  if (running_->play) {
    row.play = running_->play->play;
    row.spans = running_->play->spans;
  }
  return row;
}

awaitable<void> Playout::item_started(const player::Started& event) {
  const auto item = place_of(event.id, event.item);
  if (!item || running_->play) co_return;
  Note note;
  note.started = start_of(*item, event.at);
  note.started->first_frame_ms = to_ms(event.first_frame);
  note.on_air = row();
  Play play;
  play.since = event.at;
  play.play = co_await write(parts_.ledger, std::move(note));
  settled_[running_->key] = State::aired;
  running_->started = true;
  running_->withdrawn = false;  // an order that was revoked too late is on air all the same
  running_->next = *item;
  running_->play = std::move(play);
  checkpoint_due_ = parts_.clock.mono() + parts_.player.checkpoint;
}

// Closes the play of `item`, in one note with whatever else the caller has to say. An item of which nothing
// was ever seen gets its start here, so that the book has a line for it.
awaitable<void> Playout::end_item(std::size_t item, logs::PlaybackEnded ended, Note note) {
  const bool open = running_->play && running_->next == item;
  if (!open) note.started = start_of(item, from_ms(ended.ended_ms));
  ended.play = open ? running_->play->play : 0;
  note.ended = std::move(ended);
  note.on_air = row();
  note.on_air->play = 0;
  note.on_air->spans.clear();
  co_await write(parts_.ledger, std::move(note));
  settled_[running_->key] = State::aired;
  running_->started = true;
  running_->play.reset();
  running_->next = item + 1;
}

awaitable<void> Playout::item_ended(const player::ItemEnded& event, WallTime at) {
  const auto item = place_of(event.id, event.item);
  if (!item) co_return;
  const auto declared = running_->items[*item].declared;
  if (!event.what.empty()) spdlog::warn("playout: {} item {}: {}", running_->key, *item, event.what);
  logs::PlaybackEnded ended;
  ended.ended_ms = to_ms(at);
  ended.reason = end_reason(event.reason, event.played, declared);
  ended.errors = event.errors;
  ended.spans = spans_of(event.spans);
  ended.equipment = equipment_;
  ended.by = "auto";
  Note note;
  co_await end_item(*item, std::move(ended), std::move(note));
}

awaitable<void> Playout::order_finished(const player::Finished& event, WallTime at) {
  if (!running_ || running_->order != event.id) co_return;
  if (running_->play) {  // no ItemEnded came for it
    logs::PlaybackEnded ended{0, to_ms(at), "error", 0, running_->play->spans, equipment_, "auto"};
    Note note;
    co_await end_item(running_->next, std::move(ended), std::move(note));
  }
  running_->order = 0;
  running_->withdrawn = false;
  if (event.reason == player::OrderEnd::refused) {
    spdlog::error("playout: the deck refused {}: {}", running_->key, event.what);
    retry_due_ = parts_.clock.mono() + kRetry;
  }
  if (!running_->started) {  // revoked, refused, or nothing of it could be played
    running_.reset();
    co_return;
  }
  if (event.reason == player::OrderEnd::refused) co_return;  // arm() tries again
  running_->over = at;
  if (event.reason != player::OrderEnd::played) running_->why = "stopped";
}

// The item on air is lost, or the one that was being loaded: the rundown goes on with the next one, so that a
// file that kills the deck kills it once.
awaitable<void> Playout::deck_failed(const player::Failed& event, WallTime at) {
  Note note;
  if (!deck_down_noted_) note.deck_failed = logs::DeckFailed{event.what};
  const bool held = running_ && running_->order != 0;
  if (held && running_->started && running_->next < running_->items.size()) {
    std::vector<logs::PlaySpan> spans;
    if (running_->play) spans = running_->play->spans;
    logs::PlaybackEnded ended{0, to_ms(at), "deck_failed", 0, std::move(spans), equipment_, "auto"};
    co_await end_item(running_->next, std::move(ended), std::move(note));
  } else if (note.deck_failed) {
    co_await write(parts_.ledger, std::move(note));
  }
  deck_down_noted_ = true;
  if (!held) co_return;
  running_->order = 0;
  running_->withdrawn = false;
  if (!running_->started)
    running_.reset();
  else if (running_->next >= running_->items.size())
    running_->over = at;
}

awaitable<void> Playout::deck_restarted(const player::Restarted& event) {
  if (event.restarts > 0) {
    const auto status = parts_.deck.status();
    Note note;
    note.deck_restarted = logs::DeckRestarted{status.video_output, status.audio_output};
    co_await write(parts_.ledger, std::move(note));
  }
  deck_down_noted_ = false;
}

}  // namespace edu::scheduler
