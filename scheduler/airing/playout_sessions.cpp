// The study sessions of group programmes that are not on air: opened ahead of them, and closed where they
// never come. What is on air closes its own (airing.cpp).
#include <algorithm>
#include <cstdlib>

#include "scheduler/airing/playout.h"

namespace edu::scheduler {
namespace {

SessionOpening opening_of(const Occurrence& one, WallTime now) {
  SessionOpening open;
  open.programme = one.programme;
  open.local_start = edu::to_string(one.local_start);
  open.title = one.title;
  open.tutor = one.tutor;
  open.chair = one.chair;
  open.place = one.place;
  open.groups = one.groups;
  open.planned_start_ms = to_ms(one.start);
  open.planned_end_ms = to_ms(one.end);
  open.at_ms = to_ms(now);
  return open;
}

}  // namespace

void Playout::open_sessions() {
  if (parts_.clock.trust() == ClockTrust::untrusted) return;
  const auto now = parts_.clock.now();
  for (const auto& one : list_) {
    if (one.start > now + parts_.open_before) break;
    const auto key = one.key();
    if (one.kind != Kind::group || !may_start(one) || known_.sessions.contains(key) || is_cancelled(one))
      continue;
    known_.sessions[key] = 0;
    Note note;
    note.open = opening_of(one, now);
    log_.put(std::move(note));
  }
}

void Playout::close_sessions() {
  std::vector<std::pair<std::string, const char*>> due;
  for (const auto& [key, session] : known_.sessions) {
    if (is_taken(key)) continue;
    const auto state = known_.settled.find(key);
    if (state != known_.settled.end())
      due.emplace_back(key, state->second == State::missed ? "missed" : "power_loss");
    else if (std::ranges::none_of(list_, [&k = key](const Occurrence& one) { return one.key() == k; }))
      due.emplace_back(key, "cancelled");
  }
  for (const auto& [key, why] : due) {
    close_session(key, parts_.clock.now(), why);
    known_.sessions.erase(key);
  }
}

// By the key of its occurrence: "P12@2026-11-25T19:30:00".
void Playout::close_session(const std::string& key, WallTime at, const char* why) {
  const auto mark = key.find('@');
  if (mark == key.npos) return;
  Note note;
  note.session = SessionStep{std::atoll(key.c_str() + 1), key.substr(mark + 1), to_ms(at), why};
  log_.put(std::move(note));
}

}  // namespace edu::scheduler
