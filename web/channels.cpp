#include <fmt/format.h>

#include <library/catalogue.h>
#include <web/channels.h>

namespace edu::web {
namespace {

std::uint64_t percent(const multicast::ObjectStatus& object) {
  return object.bytes == 0 ? 0 : object.received * 100 / object.bytes;
}

json::object object_json(const multicast::ObjectStatus& object) {
  json::object out;
  out["no"] = object.no;
  out["session"] = object.session;
  out["name"] = object.name;
  out["bytes"] = object.bytes;
  out["received"] = object.received;
  out["percent"] = percent(object);
  out["blocks_missing"] = object.blocks_missing;
  out["finishing"] = object.state == multicast::ObjectState::finishing;
  return out;
}

json::object malformed_json(const multicast::DatagramCounts& counts) {
  json::object out;
  for (std::size_t kind = 0; kind < counts.malformed.size(); ++kind)
    out[flute::name_of(static_cast<flute::Malformed>(kind))] = counts.malformed[kind];
  return out;
}

json::object channel_json(const multicast::ChannelStatus& channel) {
  json::object out;
  out["name"] = channel.name;
  out["group"] = channel.group;
  out["port"] = channel.port;
  out["bandwidth"] = channel.bandwidth;
  out["listening"] = channel.listening;
  out["trouble"] = channel.trouble;
  out["sessions"] = channel.sessions;
  out["datagrams"] = channel.datagrams.datagrams;
  out["bytes"] = channel.datagrams.bytes;
  out["kernel_drops"] = channel.kernel_drops;
  out["malformed"] = malformed_json(channel.datagrams);
  out["no_session"] = channel.datagrams.no_session;
  out["other_tsi"] = channel.datagrams.other_tsi;
  out["fdts"] = channel.packets.fdts;
  out["bad_fdts"] = channel.packets.bad_fdts;
  out["unknown_codepoint"] = channel.packets.unknown_codepoint;
  out["other_oti"] = channel.packets.other_oti;
  out["not_announced"] = channel.packets.not_announced;
  out["too_many"] = channel.packets.too_many;
  out["duplicate_symbols"] = channel.symbols.duplicate;
  out["out_of_range_symbols"] = channel.symbols.out_of_range;
  out["repaired_symbols"] = channel.symbols.repaired;
  out["objects_done"] = channel.objects_done;
  out["objects_failed"] = channel.objects_failed;
  json::array objects;
  for (const auto& object : channel.objects) objects.push_back(object_json(object));
  out["objects"] = std::move(objects);
  return out;
}

}  // namespace

json::array channels_json(const std::vector<multicast::ChannelStatus>& channels) {
  json::array out;
  for (const auto& channel : channels) out.push_back(channel_json(channel));
  return out;
}

std::string channel_text(const multicast::ChannelStatus& channel, Language language) {
  Args args{{"name", channel.name},
            {"group", channel.group},
            {"port", std::to_string(channel.port)},
            {"why", channel.trouble},
            {"size", library::size_text(channel.datagrams.bytes)},
            {"done", std::to_string(channel.objects_done)},
            {"underway", std::to_string(channel.objects.size())},
            {"drops", std::to_string(channel.kernel_drops)}};
  if (channel.listening) {
    args.erase("why");
    return text(language, "reception.channel", args);
  }
  if (channel.trouble.empty()) return text(language, "reception.channel_begins", {{"name", channel.name}});
  return text(language, "reception.channel_trouble", {{"name", channel.name}, {"why", channel.trouble}});
}

std::string object_text(const multicast::ObjectStatus& object) {
  return fmt::format("{} · {} · {} %", object.name, library::size_text(object.bytes), percent(object));
}

}  // namespace edu::web
