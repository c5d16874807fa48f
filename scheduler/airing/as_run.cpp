#include "scheduler/airing/as_run.h"

#include <algorithm>

#include "logs/books/playback.h"
#include "scheduler/timetable/store.h"

namespace edu::scheduler {
namespace {

constexpr milliseconds kTolerance{2000};
constexpr int kTolerancePart = 200;  // of the declared duration

std::int64_t put(logs::Transaction& t, Note& note) {
  if (note.clock_set) t.append("auto", *note.clock_set);
  if (note.deck_failed) t.append("auto", *note.deck_failed);
  if (note.deck_restarted) t.append("auto", *note.deck_restarted);
  std::int64_t play = note.ended ? note.ended->play : 0;
  if (note.started) {
    play = note.started->play = logs::next_play(t.db);
    t.append("auto", *note.started);
    const auto key = key_of(note.started->programme, note.started->local_start);
    store::settle(t.db, key, State::aired);
  }
  if (note.ended) {
    note.ended->play = play;
    t.append("auto", *note.ended);
  }
  for (const auto& missed : note.missed) {
    t.append("auto", missed);
    store::settle(t.db, key_of(missed.programme, missed.local_start), State::missed);
  }
  if (note.on_air) {
    if (note.started && !note.ended) note.on_air->play = play;
    on_air::put(t.db, *note.on_air);
  }
  if (note.off_air) on_air::clear(t.db, *note.off_air);
  return play;
}

}  // namespace

awaitable<std::int64_t> write(logs::Ledger& ledger, Note note) {
  auto unit = [note = std::move(note)](logs::Transaction& t) mutable { return put(t, note); };
  co_return co_await ledger.write(std::move(unit));
}

awaitable<Left> what_is_left(logs::Ledger& ledger) {
  auto unit = [](logs::Transaction& t) {
    Left left;
    left.settled = store::settled(t.db);
    left.on_air = on_air::rows(t.db);
    left.sessions = logs::open_sessions(t.db);
    return left;
  };
  co_return co_await ledger.write(std::move(unit));
}

std::vector<PlaySpan> distinct(const std::vector<PlaySpan>& spans) {
  std::vector<PlaySpan> out;
  for (const auto& span : spans) {
    const bool doubled = std::ranges::any_of(out, [&](const PlaySpan& one) {
      return one.wall_ms == span.wall_ms && one.media_ms == span.media_ms;
    });
    if (!doubled) out.push_back(span);
  }
  return out;
}

std::string key_of(std::int64_t programme, const std::string& local_start) {
  return occurrence_key(programme, parse_local_time(local_start).value_or(LocalTime{}));
}

std::string end_reason(player::ItemEnd end, milliseconds played, milliseconds declared) {
  switch (end) {
    case player::ItemEnd::eof:
      return played + kTolerance + declared / kTolerancePart < declared ? "truncated" : "completed";
    case player::ItemEnd::stopped:
      return "stopped";
    case player::ItemEnd::error:
      break;
  }
  return "error";
}

}  // namespace edu::scheduler
