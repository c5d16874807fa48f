// What a session keeps, within its address's account: entries, objects underway, packets of a TOI that no FDT
// names. And what it gives up when others need the room.
#include <algorithm>

#include "receiver/multicast/flute_session.h"

namespace edu::multicast {
namespace {

using enum ObjectState;

// Bytes of memory beside what is counted one by one: an entry's lists and short texts; an object's, underway.
constexpr std::uint64_t kEntry = 200, kUnderway = 2048;

}  // namespace

void FluteSession::hold(const flute::Packet& packet) {
  if (packet.payload.empty()) return;
  if (packet.payload.size() > parts_.limits.held_bytes) return;
  const auto cost = packet.payload.size() + sizeof(Held);
  while (!held_.empty() && held_bytes_ + cost > parts_.limits.held_bytes) drop_held();
  while (!share_.take(cost)) {
    if (held_.empty()) return void(++counts_.not_announced);
    drop_held();
  }
  held_bytes_ += cost;
  held_.push_back({packet.toi, packet.codepoint, {packet.payload.begin(), packet.payload.end()}});
}

void FluteSession::drop_held() {
  const auto cost = held_.front().payload.size() + sizeof(Held);
  held_.pop_front();
  held_bytes_ -= cost;
  share_.give_back(cost);
  ++counts_.not_announced;
}

std::uint64_t FluteSession::cost_of(const fec::Oti& oti) { return kUnderway + Assembly::bookkeeping(oti); }

std::uint64_t FluteSession::cost_of(const Object& object) {
  return object.charged + (object.underway ? cost_of(object.assembly().oti()) : 0);
}

// A new entry, with so many bytes of text. Null: there is no room for it.
Object* FluteSession::enter(const flute::Toi& toi, std::uint64_t text) {
  const auto cost = sizeof(Object) + kEntry + text;
  if (!share_.take(cost)) return nullptr;
  auto& object = objects_.add(toi, parts_.next_no++);
  object.charged = cost;
  return &object;
}

void FluteSession::remove(Object& object) {
  share_.give_back(object.charged);
  if (last_ == &object) last_ = nullptr;
  objects_.remove(object);
}

// For one more object that no FDT names: the one that is held for longest gives way.
void FluteSession::make_room_to_hold() {
  auto& all = objects_.in(held);
  const auto most = confirmed() ? parts_.limits.unannounced : parts_.limits.stranger;
  if (all.size() < most) return;
  ++counts_.not_announced;
  forget(all.front());
}

// Beyond the bound the oldest that is finished, or that the newest FDT does not name any more, makes room.
bool FluteSession::make_room_for_entry() {
  const auto unlisted = [this](const Object& one) { return one.listed != applied_; };
  Object* oldest = nullptr;
  for (const auto state : {done, failed, refused, announced})
    if (!oldest && !objects_.in(state).empty() && unlisted(objects_.in(state).front()))
      oldest = &objects_.in(state).front();
  for (const auto state : {done, failed, refused})
    if (!oldest && !objects_.in(state).empty()) oldest = &objects_.in(state).front();
  if (!oldest) {
    const auto found = std::ranges::find_if(objects_.in(announced), unlisted);
    if (found == objects_.in(announced).end()) return false;
    oldest = &*found;
  }
  ++counts_.evicted;
  forget(*oldest);
  return true;
}

// What is given up of an object stays on the disk, and comes back with its FDT.
bool FluteSession::shed() {
  if (!held_.empty()) return drop_held(), true;
  for (const auto state : {done, failed, refused, announced, held, receiving})
    for (auto& object : objects_.in(state)) {
      if (object.underway) {
        if (object.assembly().idle()) object.assembly().to_disk();
        if (!object.assembly().idle()) continue;
      }
      left_out_ = true;
      drop(object);
      remove(object);
      return true;
    }
  return fdts_.shed();
}

}  // namespace edu::multicast
