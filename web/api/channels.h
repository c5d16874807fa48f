// Multicast channels as people and programs read them.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/messages.h"
#include "calendar/zone.h"
#include "receiver/channels/channel_events.h"
#include "receiver/multicast/channel.h"

namespace edu::web {

json::array channels_json(const std::vector<multicast::ChannelStatus>& channels, Language language);
std::string channel_text(const multicast::ChannelStatus& channel, Language language);  // one line
unsigned percent_received(const multicast::ObjectStatus& object);
// "a.mp4 · 1.2 GiB · 40 % · what is missing comes …", and what hinders it
std::string object_text(const multicast::ObjectStatus& object, const Zone& zone, Language language);
// Why packets and files of it are not taken: a line each.
std::vector<std::string> note_texts(const multicast::ChannelStatus& channel, Language language);
std::string more_text(std::size_t count, Language language);  // so many other objects
// When what is missing is expected, and how that is known; empty: nothing is missing.
std::string expected_text(const multicast::Passes& passes, const Zone& zone, Language language);
json::object passes_json(const multicast::Passes& passes);
json::object event_json(const receiver::ChannelEvent& event, WallTime now);

}  // namespace edu::web
