// What a catalogue waits for when it has done all it can: its next look, the time of an entry that failed,
// its hours, and room on the disk.
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "receiver/catalogue/catalogue_source.h"

namespace edu::catalogue {
namespace {

// What is due and was not tried, because its server is away.
constexpr milliseconds kNotTried{60'000};
constexpr milliseconds kLookForRoom{5'000};     // while a file waits for it: nobody tells
constexpr std::uint64_t kSomeFile = 128 << 20;  // bytes, where nobody says how much it will be

}  // namespace

// What failed for want of room is tried again as soon as there is some; what it then fails for once more
// wants twice as much.
void CatalogueSource::note_room(const Entry& entry, const Result<void>& outcome) {
  if (outcome || outcome.error().kind != Refusal::Kind::no_space) {
    wants_room_.erase(entry.id);
    return;
  }
  auto& wish = wants_room_[entry.id];
  wish.bytes = wish.bytes != 0 ? 2 * wish.bytes : entry.size != 0 ? entry.size : kSomeFile;
  wish.waits = true;
  wish.why = outcome.error();
}

const CatalogueSource::Wish* CatalogueSource::waiting_wish() const {
  for (const auto& [id, wish] : wants_room_)
    if (wish.waits) return &wish;
  return nullptr;
}

// There is room for one that waits for it: its time has come.
bool CatalogueSource::give_room() {
  bool given = false;
  for (auto& [id, wish] : wants_room_) {
    if (!wish.waits || !parts_.store.room_for(wish.bytes)) continue;
    wish.waits = false;
    came_[id].not_before_ms = 0;
    given = true;
  }
  return given;
}

awaitable<void> CatalogueSource::until_room() {
  for (bool given = false; !given; given = give_room()) {
    co_await parts_.clock.pause(kLookForRoom);
  }
}

// Until the next look is due, or an entry that failed may be tried again, or the hours begin.
awaitable<void> CatalogueSource::wait_for_next() {
  const auto now = parts_.clock.now();
  auto span = std::chrono::duration_cast<milliseconds>(settings_.interval);
  span += milliseconds(static_cast<std::int64_t>(parts_.chance() * 0.1 * static_cast<double>(span.count())));
  if (failures_ > 0) span = std::min(span, kBetweenLooks.after(failures_, parts_.chance()));
  auto next = now + span;
  for (const auto& entry : entries_)
    if (const auto found = came_.find(entry.id); found != came_.end() && found->second.failures > 0)
      if (!found->second.done) {
        const auto due = from_ms(found->second.not_before_ms);
        next = std::min(next, due > now ? due : now + kNotTried);
      }
  const auto local = parts_.zone.to_local(now);
  if (!window_.contains(local))
    next = std::max(now + milliseconds(1000), parts_.zone.to_utc(window_.next_open(local)));
  state_.state = !window_.contains(local) ? "closed" : state_.problem ? "failing" : "waiting";
  state_.next = next;
  const auto* wish = waiting_wish();
  if (wish && !state_.problem) state_.problem = wish->why;
  // A clock that is set may have moved the hours: then they are looked at again.
  using namespace asio::experimental::awaitable_operators;
  if (wish)
    co_await (parts_.clock.until(next) || until_room());
  else
    co_await parts_.clock.until(next);
  state_.next.reset();
}

}  // namespace edu::catalogue
