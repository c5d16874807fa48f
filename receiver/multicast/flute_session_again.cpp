// What is received once more: what came damaged, and what the station's own disk did not take.
#include <algorithm>
#include <optional>
#include <set>

#include "base/diagnostics.h"
#include "receiver/multicast/flute_session.h"

namespace edu::multicast {
namespace {

using enum ObjectState;

constexpr std::uint64_t kEnoughRoom = 128 << 20;  // for a file whose length nobody has said
constexpr unsigned kTries = 3;                    // of an object that comes damaged

}  // namespace

// Bytes that are not what was announced may come right in the next pass, with better luck or another matrix.
bool FluteSession::receive_again(Object& object, const Refusal& damage) {
  static const std::set<std::string> kDamage{"multicast.md5_mismatch", "multicast.wrong_length",
                                             "content.corrupt", "content.truncated"};
  if (!kDamage.contains(damage.code) || !object.underway || ++object.damaged >= kTries) return false;
  if (object.assembly().counts().repaired > 0 && fec::is_reed_solomon(object.assembly().oti().encoding))
    points_->guess_next();
  spdlog::warn("multicast: {}: {}: {}; it is received again", shown_, object.what.name, damage.code);
  give_up(object);
  drop(object);
  objects_.turn(object, announced);
  object.why = Refusal{"multicast.again", {{"tries", std::to_string(object.damaged)}}};
  if (const auto next = std::move(object.next)) describe(object, *next, now_);
  return true;
}

// What our disk did not take: when its time has come, or when there is room again.
void FluteSession::retry_failed(const Moment& now) {
  std::vector<Object*> due;
  bool full = false;  // for one of them: the others wait for the next look
  for (auto& object : objects_.in(failed)) {
    if (object.retry == milliseconds{}) continue;
    const bool wants_room = object.why && object.why->kind == Refusal::Kind::no_space;
    const auto length = object.what.length != 0 ? object.what.length : kEnoughRoom;
    const bool fits = wants_room && !full && parts_.assembly.room(length).has_value();
    full = full || (wants_room && !fits);
    if (fits || now.mono >= object.retry) due.push_back(&object);
  }
  for (auto* object : due) objects_.turn(*object, announced);
}

}  // namespace edu::multicast
