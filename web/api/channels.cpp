#include "web/api/channels.h"

#include <fmt/format.h>

#include "base/cell_text.h"
#include "library/courses.h"

namespace edu::web {
namespace {

constexpr milliseconds kPause{10'000};  // a sender's other files may come in between

const char* name_of(multicast::Passes::Basis basis) {
  switch (basis) {
    case multicast::Passes::Basis::object:
      return "object";
    case multicast::Passes::Basis::session:
      return "session";
    case multicast::Passes::Basis::none:
      break;
  }
  return "";
}

std::string rate_text(std::uint64_t bits) {
  return fmt::format("{:.1f} Mbit/s", static_cast<double>(bits) / 1e6);
}

json::object object_json(const multicast::ObjectStatus& object, Language language) {
  json::object out;
  out["no"] = object.no;
  out["session"] = object.session;
  out["name"] = object.name;
  out["bytes"] = object.bytes;
  out["received"] = object.received;
  out["percent"] = percent_received(object);
  out["blocks_missing"] = object.blocks_missing;
  out["finishing"] = object.state == multicast::ObjectState::finishing;
  out["expected"] = passes_json(object.passes);
  out["hindrance"] = object.why ? text(language, *object.why) : "";
  return out;
}

json::object malformed_json(const multicast::DatagramCounts& counts) {
  json::object out;
  for (std::size_t kind = 0; kind < counts.malformed.size(); ++kind)
    out[flute::name_of(static_cast<flute::Malformed>(kind))] = counts.malformed[kind];
  return out;
}

json::object channel_json(const multicast::ChannelStatus& channel, Language language) {
  json::object out;
  out["name"] = channel.name;
  out["group"] = channel.group;
  out["port"] = channel.port;
  out["bandwidth"] = channel.bandwidth;
  out["listening"] = channel.listening;
  out["trouble"] = channel.trouble;
  out["rate_bits"] = channel.rate;
  out["silent"] = channel.silent;
  out["heard_ms"] = channel.heard ? to_ms(*channel.heard) : 0;
  out["sessions"] = channel.sessions;
  out["datagrams"] = channel.datagrams.datagrams;
  out["bytes"] = channel.datagrams.bytes;
  out["kernel_drops"] = channel.kernel_drops;
  out["malformed"] = malformed_json(channel.datagrams);
  out["transport_stream"] = channel.datagrams.transport_stream;
  out["no_session"] = channel.datagrams.no_session;
  out["other_tsi"] = channel.datagrams.other_tsi;
  out["fdts"] = channel.packets.fdts;
  out["bad_fdts"] = channel.packets.bad_fdts;
  out["unknown_codepoint"] = channel.packets.unknown_codepoint;
  out["no_code"] = channel.packets.no_code;
  out["no_oti"] = channel.packets.no_oti;
  out["other_oti"] = channel.packets.other_oti;
  out["not_announced"] = channel.packets.not_announced;
  out["too_many"] = channel.packets.too_many;
  out["evicted"] = channel.packets.evicted;
  out["fdt_packets"] = channel.packets.fdt_packets;
  out["live_segments"] = channel.packets.live;
  out["duplicate_symbols"] = channel.symbols.duplicate;
  out["out_of_range_symbols"] = channel.symbols.out_of_range;
  out["repaired_symbols"] = channel.symbols.repaired;
  out["objects_done"] = channel.objects_done;
  out["objects_failed"] = channel.objects_failed;
  json::array objects;
  for (const auto& object : channel.objects) objects.push_back(object_json(object, language));
  out["objects"] = std::move(objects);
  json::array notes;
  for (auto& note : note_texts(channel, language)) notes.emplace_back(std::move(note));
  out["notes"] = std::move(notes);
  return out;
}

}  // namespace

json::array channels_json(const std::vector<multicast::ChannelStatus>& channels, Language language) {
  json::array out;
  for (const auto& channel : channels) out.push_back(channel_json(channel, language));
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
            {"rate", rate_text(channel.rate)},
            {"drops", std::to_string(channel.kernel_drops)}};
  if (channel.listening) {
    args.erase("why");
    const auto line = text(language, "object.channel", args);
    return channel.silent ? line + text(language, "object.channel_silent") : line;
  }
  if (channel.trouble.empty()) return text(language, "object.channel_begins", {{"name", channel.name}});
  return text(language, "object.channel_trouble", {{"name", channel.name}, {"why", channel.trouble}});
}

json::object passes_json(const multicast::Passes& passes) {
  json::object out;
  out["basis"] = name_of(passes.basis);
  out["period_s"] = passes.period.count() / 1000;
  out["passes"] = passes.whole;
  out["quiet_s"] = passes.quiet.count() / 1000;
  out["from_ms"] = passes.from ? to_ms(*passes.from) : 0;
  out["until_ms"] = passes.until ? to_ms(*passes.until) : 0;
  return out;
}

std::vector<std::string> note_texts(const multicast::ChannelStatus& channel, Language language) {
  std::vector<std::string> out;
  for (const auto& note : channel.notes) {
    const auto said = text(language, note.what);
    out.push_back(note.session.empty() ? said : note.session + ": " + said);
  }
  return out;
}

std::string more_text(std::size_t count, Language language) {
  return text(language, "object.more", {{"count", std::to_string(count)}});
}

std::string expected_text(const multicast::Passes& passes, const Zone& zone, Language language) {
  if (!passes.from || !passes.until) {
    const bool comes = passes.quiet < kPause;  // the first pass is still on the air
    return text(language, comes ? "object.expected_comes" : "object.expected_unknown");
  }
  const auto seconds = passes.period.count() / 1000;
  const auto clock = [&](WallTime at) { return shown(zone.instant(at), language); };
  return text(language, std::string("object.expected_by_") + name_of(passes.basis),
              {{"from", clock(*passes.from)},
               {"until", clock(*passes.until)},
               {"period", fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)}});
}

unsigned percent_received(const multicast::ObjectStatus& object) {
  return object.bytes == 0 ? 0 : static_cast<unsigned>(object.received * 100 / object.bytes);
}

std::string object_text(const multicast::ObjectStatus& object, const Zone& zone, Language language) {
  auto line = object.no == 0 ? object.name
                             : fmt::format("{} · {} · {} %", object.name, library::size_text(object.bytes),
                                           percent_received(object));
  if (object.why) line += " · " + text(language, *object.why);
  if (object.no == 0 || object.blocks_missing == 0) return line;
  return line + " · " + expected_text(object.passes, zone, language);
}

json::object event_json(const receiver::ChannelEvent& event, WallTime now) {
  Args args{{"channel", event.channel}};
  if (!event.object.empty()) args["name"] = event.object;
  json::object out, texts;
  for (const auto language : {Language::zh, Language::en}) {
    auto said = args;
    if (event.why) said["why"] = text(language, *event.why);
    texts[language == Language::zh ? "zh" : "en"] = text(language, "object.event." + event.kind, said);
  }
  out["kind"] = "channel." + event.kind;
  out["at_ms"] = to_ms(now);
  out["channel"] = event.channel;
  out["name"] = event.object;
  out["no"] = event.no;
  out["bytes"] = event.bytes;
  out["text"] = std::move(texts);
  return out;
}

}  // namespace edu::web
