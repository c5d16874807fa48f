// What the deck says becomes the as-run record. The deck plays what strangers sent, so it is believed nothing
// that the order it was given, the declared lengths and the station's own clocks do not bear out.
#include <algorithm>

#include "base/diagnostics.h"
#include "scheduler/airing/airing.h"

namespace edu::scheduler {
namespace {

constexpr milliseconds kRetry{1000};      // after the deck would not take an order
constexpr std::size_t kMostHeard = 1000;  // events that wait to be taken in
constexpr milliseconds kSlack{1000};      // between what the deck sees and what reaches us
constexpr std::int64_t kMostErrors = 1'000'000;

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

void Airing::take_in() {
  while (!heard_.empty()) {
    const auto heard = std::move(heard_.front());
    heard_.pop_front();
    take_in(heard);
  }
}

void Airing::take_in(const Heard& heard) {
  const auto& event = heard.event;
  const auto status = parts_.deck.status();
  if (status.up) equipment_ = status.video_output + "/" + status.audio_output;
  if (const auto* started = std::get_if<player::Started>(&event)) item_started(*started, heard.at);
  if (const auto* progress = std::get_if<player::Progress>(&event)) item_goes_on(*progress, heard.at);
  if (const auto* ended = std::get_if<player::ItemEnded>(&event)) item_ended(*ended, heard.at);
  if (const auto* finished = std::get_if<player::Finished>(&event)) order_finished(*finished, heard.at);
  if (const auto* failed = std::get_if<player::Failed>(&event)) deck_failed(*failed, heard.at);
  if (const auto* restarted = std::get_if<player::Restarted>(&event)) deck_restarted(*restarted);
}

// The place in the rundown of an item of the order that the deck holds for us, if it is not in the record
// yet; nullopt for any other.
std::optional<std::size_t> Airing::place_of(std::uint64_t order, std::size_t item) const {
  if (!running_ || running_->order != order || item >= running_->places.size()) return std::nullopt;
  const auto place = running_->places[item];
  if (place < running_->next || running_->lost.contains(place)) return std::nullopt;
  return place;
}

WallTime Airing::planned_start(std::size_t item) const {
  auto planned = running_->occurrence.start;
  for (std::size_t i = 0; i < item; ++i) planned += running_->occurrence.rundown[i].duration;
  return planned;
}

WallTime Airing::planned_end() const {
  return running_->occurrence.end + std::max(milliseconds(0), running_->due - running_->occurrence.start);
}

bool Airing::clock_was_set() const {
  const auto& begin = running_->begin;
  const auto drift = (parts_.clock.now() - begin.armed) - (parts_.clock.mono() - begin.armed_mono);
  return std::chrono::abs(drift) > kSlack;
}

// Since the deck may have begun with the order no more media can have played than time has passed, and of an
// item no more than it holds.
Believed Airing::believe(const std::vector<PlaySpan>& spans, std::size_t item, WallTime heard) const {
  const auto& run = *running_;
  const bool set = clock_was_set();
  const auto begun = set ? run.begin.armed_mono
                         : run.begin.armed_mono + std::max(milliseconds(0), run.begin.due - run.begin.armed);
  Bounds bounds;
  bounds.at_most = parts_.clock.mono() - begun + kSlack - run.believed;
  if (const auto declared = run.items[item].declared; declared > milliseconds(0))
    bounds.at_most = std::min(bounds.at_most, longest_play(declared));
  bounds.from = set ? WallTime::min() : std::max(run.begin.due, run.begin.armed) - kSlack;
  bounds.to = set ? from_ms(INT64_MAX / 2) : heard + kSlack;
  return scheduler::believe(spans, bounds);
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
  if (running_->play) {
    ended.spans = running_->play->believed.spans;
    ended.cut_ms = running_->play->believed.cut_ms;
  }
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
  row.next = static_cast<std::int64_t>(running_->next);
  if (running_->play) {
    row.spans = running_->play->believed.spans;
    row.cut_ms = running_->play->believed.cut_ms;
  }
  return row;
}

void Airing::item_started(const player::Started& event, WallTime at) {
  const auto item = place_of(event.id, event.item);
  if (!item || running_->play) return;
  const bool set = clock_was_set();
  const auto earliest = std::max(running_->begin.due, running_->begin.armed) - kSlack;
  if (!set && at < earliest) {
    spdlog::warn("playout: deck {} says that {} is on air before its time", parts_.name, running_->key);
    return;
  }
  while (running_->next < *item)  // those that it could not play, or passed over
    end_unseen(running_->next, "missing");
  const auto sane = [&](WallTime time) { return set ? time : std::clamp(time, earliest, at + kSlack); };
  Play play;
  play.token = parts_.log.new_token();
  play.since = sane(event.at);
  Note note;
  note.token = play.token;
  note.started = start_of(*item, play.since);
  note.started->first_frame_ms = to_ms(std::max(play.since, sane(event.first_frame)));
  running_->started = true;
  running_->withdrawn = false;  // an order that was revoked too late is on air all the same
  running_->next = *item;
  note.on_air = row();
  running_->play = std::move(play);
  parts_.known.settled[running_->key] = State::aired;
  parts_.log.put(std::move(note));
  checkpoint_due_ = parts_.clock.mono() + parts_.checkpoint;
}

void Airing::item_goes_on(const player::Progress& event, WallTime at) {
  const auto item = place_of(event.id, event.item);
  if (!item || !running_->play || *item != running_->next) return;
  const auto declared = running_->items[*item].declared;
  running_->play->position = declared > milliseconds(0) ? std::min(event.position, declared) : event.position;
  running_->play->believed = believe(event.spans, *item, at);
}

// Closes the play of `item`, in one note with whatever else the caller has to say. An item of which nothing
// was ever seen gets its start here, so that the book has a line for it.
void Airing::end_item(std::size_t item, logs::PlaybackEnded ended, Note note) {
  const bool open = running_->play && running_->next == item;
  if (!open) note.started = start_of(item, from_ms(ended.ended_ms));
  note.token = open ? running_->play->token : parts_.log.new_token();
  note.ended = std::move(ended);
  running_->started = true;
  running_->play.reset();
  running_->lost.erase(item);
  running_->next = item + 1;
  note.on_air = row();
  parts_.known.settled[running_->key] = State::aired;
  parts_.log.put(std::move(note));
}

// An item of which nothing was seen, at its own time.
void Airing::end_unseen(std::size_t item, const char* reason) {
  spdlog::warn("playout: {} item {}: {}", running_->key, item, reason);
  auto ended = end_of_play(planned_start(item), reason);
  ended.spans.clear();
  end_item(item, std::move(ended));
}

void Airing::note_lost() {
  if (!running_ || running_->over || running_->withdrawn || has_nothing()) return;
  while (!running_->play && running_->lost.contains(running_->next) &&
         planned_start(running_->next) <= parts_.clock.now())
    end_unseen(running_->next, "missing");
  if (running_->started && running_->order == 0 && running_->next >= running_->items.size())
    running_->over = parts_.clock.now();
}

// What of the rundown did not get its turn.
void Airing::end_rest(WallTime at) {
  if (running_->play) end_item(running_->next, end_of_play(at, "error"));
  while (running_->next < running_->items.size())
    end_unseen(running_->next, running_->lost.contains(running_->next) ? "missing" : "not_aired");
}

void Airing::item_ended(const player::ItemEnded& event, WallTime at) {
  const auto item = place_of(event.id, event.item);
  if (!item) return;
  if (!event.what.empty()) spdlog::warn("playout: {} item {}: {}", running_->key, *item, event.what);
  const bool open = running_->play && running_->next == *item;
  if (!open && event.reason == player::ItemEnd::error) {  // nothing of it can be shown
    running_->lost.insert(*item);
    return note_lost();
  }
  while (running_->next < *item) {
    if (running_->play)
      end_item(running_->next, end_of_play(at, "error"));
    else
      end_unseen(running_->next, "missing");
  }
  const auto believed = believe(event.spans, *item, at);
  milliseconds played{0};
  for (const auto& span : believed.spans) played += milliseconds(span.length_ms);
  running_->believed += played;
  auto ended = end_of_play(at, end_reason(event.reason, played, running_->items[*item].declared));
  ended.errors = std::clamp<std::int64_t>(event.errors, 0, kMostErrors);
  ended.spans = believed.spans;
  ended.cut_ms = believed.cut_ms;
  if (ended.cut_ms > 0)
    spdlog::warn("playout: deck {} reported {} ms too much of {} item {}", parts_.name, ended.cut_ms,
                 running_->key, *item);
  end_item(*item, std::move(ended));
}

// The deck holds no order any more. Of what is on air the rest is armed again, where there is one.
void Airing::lose_order(WallTime at) {
  running_->order = 0;
  running_->withdrawn = false;
  if (!running_->started && !has_nothing())  // revoked or refused
    running_.reset();
  else if (running_->started && running_->next >= running_->items.size())
    running_->over = at;
}

void Airing::order_finished(const player::Finished& event, WallTime at) {
  if (!running_ || running_->order != event.id) return;
  if (running_->play)  // no ItemEnded came for it
    end_item(running_->next, end_of_play(at, "error"));
  const bool refused = event.reason == player::OrderEnd::refused;
  if (refused) {
    spdlog::error("playout: deck {} refused {}: {}", parts_.name, running_->key, event.what);
    retry_due_ = parts_.clock.mono() + kRetry;
  }
  const bool played = event.reason == player::OrderEnd::played;
  if (played)  // whatever it did not say a word of is not to be ordered again
    for (const auto place : running_->places)
      if (place >= running_->next) running_->lost.insert(place);
  lose_order(at);
  if (!running_ || refused) return;
  if (played) return note_lost();
  if (!running_->started) return running_.reset();
  running_->over = at;
  running_->why = "stopped";
}

// The item on air is lost, or the one that was being loaded: the rundown goes on with the next one, so that a
// file that kills the deck kills it once.
void Airing::deck_failed(const player::Failed& event, WallTime at) {
  Note note;
  if (!deck_down_noted_) note.deck_failed = logs::DeckFailed{event.what, parts_.name};
  const bool held = is_ordered();
  if (held && running_->started && running_->lost.contains(running_->next)) {
    const auto loading = std::ranges::find_if(running_->places, [&](std::size_t place) {
      return place >= running_->next && !running_->lost.contains(place);
    });
    if (loading != running_->places.end()) running_->lost.insert(*loading);
    if (note.deck_failed) parts_.log.put(std::move(note));
  } else if (held && running_->started && running_->next < running_->items.size()) {
    end_item(running_->next, end_of_play(at, "deck_failed"), std::move(note));
  } else if (note.deck_failed) {
    parts_.log.put(std::move(note));
  }
  deck_down_noted_ = true;
  if (held) lose_order(at);
}

void Airing::deck_restarted(const player::Restarted& event) {
  if (event.restarts > 0) {
    const auto status = parts_.deck.status();
    Note note;
    note.deck_restarted = logs::DeckRestarted{status.video_output, status.audio_output, parts_.name};
    parts_.log.put(std::move(note));
  }
  deck_down_noted_ = false;
}

}  // namespace edu::scheduler
