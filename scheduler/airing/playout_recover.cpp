// What the last end of the daemon left: records that are open, entries that the disk did not take, and a
// programme of which something is still due.
#include <algorithm>

#include "base/diagnostics.h"
#include "scheduler/airing/playout.h"

namespace edu::scheduler {

awaitable<void> Playout::recover() {
  auto left = co_await what_is_left(parts_.ledger);
  const auto late = co_await log_.take_over();
  for (const auto& note : late) amend(left, note);
  known_.settled = std::move(left.settled);
  for (const auto& open : left.sessions)
    if (const auto start = parse_local_time(open.local_start))
      known_.sessions[occurrence_key(open.programme, *start)] = open.session;
  for (const auto& row : left.on_air) co_await close_left(row);
}

Airing& Playout::airing_of(const std::string& deck) {
  for (std::size_t i = 0; i < airings_.size(); ++i)
    if (parts_.decks[i].name == deck) return *airings_[i];
  return *airings_.front();
}

awaitable<void> Playout::close_left(on_air::Row row) {
  spdlog::warn("playout: {} was on air when the station went off; its record is closed now", row.key);
  if (row.play != 0 || row.token != 0) {
    Note note;
    note.token = row.token;
    note.ended = logs::PlaybackEnded{row.play,  row.at_ms,     "power_loss", 0,
                                     row.spans, row.equipment, "auto",       row.cut_ms};
    note.on_air = row;
    ++note.on_air->next;
    log_.put(std::move(note));
    ++row.next;
  }
  if (co_await go_on_with(row)) co_return;
  close_session(row.key, from_ms(row.at_ms), "power_loss");
  known_.sessions.erase(row.key);
  Note note;
  note.off_air = row.deck;
  log_.put(std::move(note));
}

// Those items that are not due any more were not seen.
awaitable<bool> Playout::go_on_with(const on_air::Row& row) {
  const auto now = parts_.clock.now();
  if (parts_.clock.trust() == ClockTrust::untrusted) co_return false;
  resolve_again();
  const auto found = std::ranges::find_if(list_, [&](const Occurrence& one) { return one.key() == row.key; });
  auto& airing = airing_of(row.deck);
  if (found == list_.end() || is_cancelled(*found) || !airing.is_free()) co_return false;
  auto order = co_await order_of(*found);
  order.due = order.occurrence.start;
  airing.resume(std::move(order), static_cast<std::size_t>(std::max<std::int64_t>(0, row.next)));
  const auto next = airing.skip_past(rules_.late_limit);
  if (!next) {
    airing.drop();
    co_return false;
  }
  spdlog::warn("playout: {} goes on with item {}", row.key, *next);
  Note note;
  note.resumed = logs::ProgrammeResumed{found->programme, edu::to_string(found->local_start),
                                        static_cast<std::int64_t>(*next), row.at_ms, to_ms(now)};
  log_.put(std::move(note));
  co_return true;
}

}  // namespace edu::scheduler
