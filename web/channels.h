// Multicast channels as people and programs read them.
#pragma once

#include <string>
#include <vector>

#include <base/json.h>
#include <base/messages.h>
#include <multicast/channel.h>

namespace edu::web {

json::array channels_json(const std::vector<multicast::ChannelStatus>& channels);
std::string channel_text(const multicast::ChannelStatus& channel, Language language);  // one line
std::string object_text(const multicast::ObjectStatus& object);                        // "a.mp4 · 40 %"

}  // namespace edu::web
