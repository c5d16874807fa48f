#include "scheduler/airing/as_run.h"

#include <algorithm>

#include "logs/books/playback.h"
#include "scheduler/timetable/store.h"

namespace edu::scheduler {
namespace {

constexpr milliseconds kTolerance{2000};
constexpr int kTolerancePart = 200;  // of the declared duration

logs::SessionPlan plan_of(const SessionOpening& open) {
  logs::SessionPlan plan;
  plan.programme = open.programme;
  plan.local_start = open.local_start;
  plan.title = open.title;
  plan.tutor = open.tutor;
  plan.chair = open.chair;
  plan.place = open.place;
  plan.groups = open.groups;
  plan.planned_start = from_ms(open.planned_start_ms);
  plan.planned_end = from_ms(open.planned_end_ms);
  return plan;
}

void put_session(logs::Transaction& t, const logs::Sessions& sessions, const SessionStep& step) {
  const auto number = logs::open_session_of(t.db, step.programme, step.local_start);
  if (number == 0) return;
  if (step.why.empty())
    sessions.freeze(t, number, from_ms(step.at_ms));
  else
    logs::close_session(t, number, from_ms(step.at_ms), step.why);
}

void put_started(logs::Transaction& t, logs::PlaybackStarted& started, Numbers& numbers) {
  numbers.play = started.play = logs::next_play(t.db);
  if (started.session == 0) started.session = numbers.session;
  if (started.session == 0)
    started.session = logs::open_session_of(t.db, started.programme, started.local_start);
  numbers.session = started.session;
  t.append("auto", started);
  store::settle(t.db, key_of(started.programme, started.local_start), State::aired);
}

}  // namespace

Numbers put(logs::Transaction& t, const logs::Sessions& sessions, Note note, std::int64_t play) {
  Numbers numbers{play, 0};
  if (note.clock_set) t.append("auto", *note.clock_set);
  if (note.deck_failed) t.append("auto", *note.deck_failed);
  if (note.deck_restarted) t.append("auto", *note.deck_restarted);
  if (note.resumed) t.append("auto", *note.resumed);
  if (note.open) numbers.session = logs::open_session(t, plan_of(*note.open), from_ms(note.open->at_ms));
  if (note.started) put_started(t, *note.started, numbers);
  if (note.ended) {
    if (numbers.play != 0) note.ended->play = numbers.play;
    t.append("auto", *note.ended);
  }
  for (const auto& missed : note.missed) {
    t.append("auto", missed);
    store::settle(t.db, key_of(missed.programme, missed.local_start), State::missed);
  }
  if (note.session) put_session(t, sessions, *note.session);
  if (note.on_air) {
    note.on_air->play = note.token != 0 && !note.ended ? numbers.play : 0;
    on_air::put(t.db, *note.on_air);
  }
  if (note.off_air) on_air::clear(t.db, *note.off_air);
  return numbers;
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

void amend(Left& left, const Note& note) {
  if (note.started) left.settled[key_of(note.started->programme, note.started->local_start)] = State::aired;
  for (const auto& one : note.missed) left.settled[key_of(one.programme, one.local_start)] = State::missed;
  const auto drop = [&](const std::string& deck) {
    std::erase_if(left.on_air, [&](const on_air::Row& row) { return row.deck == deck; });
  };
  if (note.on_air) {
    drop(note.on_air->deck);
    left.on_air.push_back(*note.on_air);
    left.on_air.back().token = note.ended ? 0 : note.token;
  }
  if (note.off_air) drop(*note.off_air);
  if (note.session && !note.session->why.empty())
    std::erase_if(left.sessions, [&](const logs::OpenSession& one) {
      return one.programme == note.session->programme && one.local_start == note.session->local_start;
    });
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

milliseconds longest_play(milliseconds declared) { return declared + kTolerance + declared / kTolerancePart; }

Believed believe(const std::vector<PlaySpan>& spans, const Bounds& bounds) {
  Believed out;
  auto left = std::max<std::int64_t>(0, bounds.at_most.count());
  for (auto span : distinct(spans)) {
    const auto reported = span.length_ms;
    const auto room = to_ms(bounds.to) - span.wall_ms;
    const bool placed = span.wall_ms >= to_ms(bounds.from) && room >= 0;
    span.length_ms = placed ? std::min({reported, room, left}) : 0;
    out.cut_ms += reported - span.length_ms;
    left -= span.length_ms;
    if (span.length_ms > 0) out.spans.push_back(span);
  }
  return out;
}

}  // namespace edu::scheduler
