// What the deck says becomes the as-run record.
#include "base/diagnostics.h"
#include "scheduler/airing/airing.h"

namespace edu::scheduler {
namespace {

constexpr milliseconds kRetry{1000};      // after the deck would not take an order
constexpr std::size_t kMostHeard = 1000;  // events that wait while the disk fails

}  // namespace

void Airing::hear(const player::DeckEvent& event) {
  const bool progress = std::holds_alternative<player::Progress>(event);
  if (progress && !heard_.empty() && std::holds_alternative<player::Progress>(heard_.back().event))
    heard_.pop_back();
  if (heard_.size() < kMostHeard)
    heard_.push_back({event, parts_.clock.now()});
  else
    spdlog::error("playout: an event of deck {} is dropped, {} wait already", parts_.name, heard_.size());
  parts_.ring();
}

// An event stays until what follows from it is written: a step that fails takes it in again.
awaitable<void> Airing::take_in() {
  while (!heard_.empty()) {
    const auto heard = heard_.front();
    co_await take_in(heard);
    heard_.pop_front();
  }
}

awaitable<void> Airing::take_in(const Heard& heard) {
  const auto& event = heard.event;
  const auto status = parts_.deck.status();
  if (status.up) equipment_ = status.video_output + "/" + status.audio_output;
  if (const auto* started = std::get_if<player::Started>(&event)) {
    co_await item_started(*started);
  } else if (const auto* progress = std::get_if<player::Progress>(&event)) {
    item_goes_on(*progress);
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
std::optional<std::size_t> Airing::place_of(std::uint64_t order, std::size_t item) const {
  if (!running_ || running_->order != order) return std::nullopt;
  const auto place = running_->first + item;
  if (place >= running_->items.size()) return std::nullopt;
  return place;
}

WallTime Airing::planned_start(std::size_t item) const {
  auto planned = running_->occurrence.start;
  for (std::size_t i = 0; i < item; ++i) planned += running_->occurrence.rundown[i].duration;
  return planned;
}

logs::PlaybackStarted Airing::start_of(std::size_t item, WallTime at) const {
  const auto& occurrence = running_->occurrence;
  const auto& course = occurrence.rundown[item];
  logs::PlaybackStarted started;
  started.programme = occurrence.programme;
  started.local_start = edu::to_string(occurrence.local_start);
  started.item = static_cast<std::int64_t>(item);
  started.courseware = course.courseware;
  started.title = course.title;
  started.kind = to_string(occurrence.kind);
  started.session = parts_.known.session_of(running_->key);
  started.planned_ms = to_ms(planned_start(item));
  started.started_ms = to_ms(at);
  started.declared_ms = course.duration.count();
  return started;
}

// Of the open play, with the spans that were heard of so far.
logs::PlaybackEnded Airing::end_of_play(WallTime at, std::string reason) const {
  logs::PlaybackEnded ended;
  ended.ended_ms = to_ms(at);
  ended.reason = std::move(reason);
  if (running_->play) ended.spans = running_->play->spans;
  ended.equipment = equipment_;
  ended.by = "auto";
  return ended;
}

on_air::Row Airing::row() const {
  on_air::Row row;
  row.deck = parts_.name;
  row.key = running_->key;
  row.session = parts_.known.session_of(running_->key);
  row.equipment = equipment_;
  row.at_ms = to_ms(parts_.clock.now());
  if (running_->play) {
    row.play = running_->play->play;
    row.spans = running_->play->spans;
  }
  return row;
}

awaitable<void> Airing::item_started(const player::Started& event) {
  const auto item = place_of(event.id, event.item);
  if (!item || running_->play) co_return;
  Note note;
  note.started = start_of(*item, event.at);
  note.started->first_frame_ms = to_ms(event.first_frame);
  note.on_air = row();
  Play play;
  play.since = event.at;
  play.play = co_await write(parts_.ledger, std::move(note));
  parts_.known.settled[running_->key] = State::aired;
  running_->started = true;
  running_->withdrawn = false;  // an order that was revoked too late is on air all the same
  running_->next = *item;
  running_->play = std::move(play);
  checkpoint_due_ = parts_.clock.mono() + parts_.checkpoint;
}

void Airing::item_goes_on(const player::Progress& event) {
  if (!place_of(event.id, event.item) || !running_->play) return;
  running_->play->position = event.position;
  running_->play->spans = distinct(event.spans);
}

// Closes the play of `item`, in one note with whatever else the caller has to say. An item of which nothing
// was ever seen gets its start here, so that the book has a line for it.
awaitable<void> Airing::end_item(std::size_t item, logs::PlaybackEnded ended, Note note) {
  const bool open = running_->play && running_->next == item;
  if (!open) note.started = start_of(item, from_ms(ended.ended_ms));
  ended.play = open ? running_->play->play : 0;
  note.ended = std::move(ended);
  note.on_air = row();
  note.on_air->play = 0;
  note.on_air->spans.clear();
  co_await write(parts_.ledger, std::move(note));
  parts_.known.settled[running_->key] = State::aired;
  running_->started = true;
  running_->play.reset();
  running_->next = item + 1;
}

awaitable<void> Airing::item_ended(const player::ItemEnded& event, WallTime at) {
  const auto item = place_of(event.id, event.item);
  if (!item) co_return;
  if (!event.what.empty()) spdlog::warn("playout: {} item {}: {}", running_->key, *item, event.what);
  auto ended = end_of_play(at, end_reason(event.reason, event.played, running_->items[*item].declared));
  ended.errors = event.errors;
  ended.spans = distinct(event.spans);
  Note note;
  co_await end_item(*item, std::move(ended), std::move(note));
}

// The deck holds no order any more. Of what is on air the rest is armed again, where there is one.
void Airing::lose_order(WallTime at) {
  running_->order = 0;
  running_->withdrawn = false;
  if (!running_->started)  // revoked, refused, or nothing of it could be played
    running_.reset();
  else if (running_->next >= running_->items.size())
    running_->over = at;
}

awaitable<void> Airing::order_finished(const player::Finished& event, WallTime at) {
  if (!running_ || running_->order != event.id) co_return;
  if (running_->play) {  // no ItemEnded came for it
    auto ended = end_of_play(at, "error");
    Note note;
    co_await end_item(running_->next, std::move(ended), std::move(note));
  }
  const bool refused = event.reason == player::OrderEnd::refused;
  if (refused) {
    spdlog::error("playout: deck {} refused {}: {}", parts_.name, running_->key, event.what);
    retry_due_ = parts_.clock.mono() + kRetry;
  }
  lose_order(at);
  if (!running_ || refused) co_return;
  running_->over = at;
  if (event.reason != player::OrderEnd::played) running_->why = "stopped";
}

// The item on air is lost, or the one that was being loaded: the rundown goes on with the next one, so that a
// file that kills the deck kills it once.
awaitable<void> Airing::deck_failed(const player::Failed& event, WallTime at) {
  Note note;
  if (!deck_down_noted_) note.deck_failed = logs::DeckFailed{event.what};
  const bool held = is_ordered();
  if (held && running_->started && running_->next < running_->items.size()) {
    auto ended = end_of_play(at, "deck_failed");
    co_await end_item(running_->next, std::move(ended), std::move(note));
  } else if (note.deck_failed) {
    co_await write(parts_.ledger, std::move(note));
  }
  deck_down_noted_ = true;
  if (held) lose_order(at);
}

awaitable<void> Airing::deck_restarted(const player::Restarted& event) {
  if (event.restarts > 0) {
    const auto status = parts_.deck.status();
    Note note;
    note.deck_restarted = logs::DeckRestarted{status.video_output, status.audio_output};
    co_await write(parts_.ledger, std::move(note));
  }
  deck_down_noted_ = false;
}

}  // namespace edu::scheduler
