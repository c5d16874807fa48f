#include "config/channels.h"

#include <algorithm>
#include <set>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "config/written.h"

namespace edu::config {
namespace {

constexpr std::size_t kMostChannels = 32;  // each has threads and memory of its own

struct ChannelKey {
  std::string name, what, standard;
  std::function<bool(Channel&, const toml::node&)> set;
  std::string meaning{};
};

bool is_address(const std::string& text) {
  in6_addr place{};
  return ::inet_pton(AF_INET, text.c_str(), &place) == 1 || ::inet_pton(AF_INET6, text.c_str(), &place) == 1;
}

ChannelKey text(std::string name, std::string Channel::*member, std::string what,
                std::function<bool(const std::string&)> good, std::string standard = "\"\"") {
  auto set = [member, good = std::move(good)](Channel& channel, const toml::node& node) {
    const auto value = node.value_exact<std::string>();
    if (!value || !good(*value)) return false;
    channel.*member = *value;
    return true;
  };
  return {std::move(name), std::move(what), std::move(standard), std::move(set)};
}

template <class Number>
ChannelKey number(std::string name, Number Channel::*member, std::int64_t low, std::int64_t high,
                  const std::string& unit) {
  auto set = [member, low, high](Channel& channel, const toml::node& node) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < low || *value > high) return false;
    channel.*member = static_cast<Number>(*value);
    return true;
  };
  return {std::move(name), fmt::format("a whole number {}..{}, {}", low, high, unit),
          std::to_string(Channel{}.*member), std::move(set)};
}

// What must be given has no default: an example stands for it.
ChannelKey with_example(ChannelKey key, std::string example) {
  key.standard = std::move(example);
  return key;
}

ChannelKey sessions() {
  auto set = [](Channel& channel, const toml::node& node) {
    const auto* list = node.as_array();
    if (!list) return false;
    for (const auto& item : *list) {
      const auto value = item.value_exact<std::int64_t>();
      if (!value || *value < 0 || *value >= std::int64_t{1} << 48) return false;
      channel.tsi.push_back(static_cast<std::uint64_t>(*value));
    }
    return true;
  };
  return {"tsi", "a list of whole numbers below 2^48", "[]", set};
}

ChannelKey minutes_before_web() {
  auto set = [](Channel& channel, const toml::node& node) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < 0 || *value > 10080) return false;
    channel.web_fill_after = minutes(*value);
    return true;
  };
  return {"web_fill_after_min", "a whole number 0..10080, minutes",
          std::to_string(Channel{}.web_fill_after.count()), set};
}

ChannelKey meaning(ChannelKey key, std::string text) {
  key.meaning = std::move(text);
  return key;
}

ChannelKey file() {
  auto set = [](Channel& channel, const toml::node& node) {
    const auto value = node.value_exact<std::string>();
    if (value) channel.transport_stream = *value;
    return value.has_value();
  };
  return {"transport_stream", "a file's path", "\"\"", set};
}

const std::vector<ChannelKey>& channel_keys() {
  const auto any = [](const std::string&) { return true; };
  const auto some = [](const std::string& value) { return !value.empty(); };
  const auto points = [](const std::string& value) {
    return value == "powers" || value == "zero_powers" || value == "integers";
  };
  const auto address_or_none = [](const std::string& value) { return value.empty() || is_address(value); };
  static const std::vector<ChannelKey> all{
      meaning(text("name", &Channel::name, "a text that is not empty", some, "\"县远程教育\""),
              "shown in records; must be there, and each is another"),
      meaning(text("group", &Channel::group, "an IPv4 or IPv6 address like \"239.1.2.3\"", is_address,
                   "\"239.1.2.3\""),
              "the multicast (or the station's own) address; must be there"),
      meaning(with_example(number("port", &Channel::port, 1, 65535, "UDP port"), "4001"), "must be there"),
      meaning(text("interface", &Channel::interface, "a network interface like \"dvb0_0\"", any),
              "where it is received; empty: the system's choice"),
      meaning(
          text("source", &Channel::source, "the sender's IPv4 or IPv6 address, or empty", address_or_none),
          "only this sender is listened to; empty: any"),
      meaning(sessions(), "sessions that are wanted; empty: all"),
      meaning(text("bandwidth", &Channel::bandwidth, "a text", any), "a note for people: rate and hours"),
      meaning(text("rs_points", &Channel::rs_points, "\"powers\", \"zero_powers\" or \"integers\"", points,
                   "\"powers\""),
              "of the sender's Reed-Solomon code; powers is that of RFC 5510"),
      meaning(number("memory_mb", &Channel::memory_mb, 1, 4096, "MiB"), "for blocks that are being received"),
      meaning(number("buffer_mb", &Channel::buffer_mb, 1, 1024, "MiB"), "of socket buffer that is asked for"),
      meaning(
          minutes_before_web(),
          "what a file still lacks is then fetched from the web, where its signed manifest or a catalogue "
          "names an address; 0: only by hand"),
      meaning(number("web_fill_percent", &Channel::web_fill_percent, 1, 100, "percent"),
              "of a file, at most, is fetched from the web without being asked to"),
      meaning(file(), "datagrams are taken from this MPEG-TS instead of a network"),
      meaning(number("mpe_pid", &Channel::mpe_pid, 0, 8190, "PID"),
              "of IP over MPE sections in a transport stream; 0: plain datagrams"),
  };
  return all;
}

std::string names_of_keys() {
  std::string names;
  for (const auto& key : channel_keys()) names += (names.empty() ? "" : ", ") + key.name;
  return names;
}

Channel read_channel(const toml::table& table, const Complain& complain) {
  Channel channel;
  for (const auto& [name, node] : table) {
    const auto full = "channel." + std::string(name.str());
    const auto key = std::ranges::find(channel_keys(), name.str(), &ChannelKey::name);
    if (key == channel_keys().end())
      complain(node, full, "no such setting; those of a channel: " + names_of_keys());
    else if (!key->set(channel, node))
      complain(node, full, as_written(node) + " is not " + key->what);
  }
  if (!table.contains("name")) complain(table, "channel.name", "is missing; give the channel a name");
  const bool file_alone = !channel.transport_stream.empty();
  for (const char* needed : {"group", "port"})
    if (!file_alone && !table.contains(needed))
      complain(table, std::string("channel.") + needed, "is missing; the head-end's operator knows it");
  if (file_alone && channel.mpe_pid == 0)
    complain(table, "channel.mpe_pid", "is missing; datagrams come out of a transport stream by their PID");
  return channel;
}

}  // namespace

std::vector<Channel> read_channels(const toml::node& node, const Complain& complain) {
  std::vector<Channel> channels;
  const auto* list = node.as_array();
  if (!list || !list->is_array_of_tables()) {
    complain(node, "channel", "channels are tables of their own, each with [[channel]] over it");
    return channels;
  }
  if (list->size() > kMostChannels)
    complain(node, "channel", fmt::format("more than {} channels", kMostChannels));
  std::set<std::string> names;
  for (const auto& item : *list) {
    channels.push_back(read_channel(*item.as_table(), complain));
    if (!names.insert(channels.back().name).second)
      complain(item, "channel.name", "\"" + channels.back().name + "\" is another channel's name too");
  }
  return channels;
}

std::vector<Setting> channel_settings() {
  std::vector<Setting> out;
  for (const auto& key : channel_keys())
    out.push_back({"channel." + key.name, key.what, key.standard, "[[channel]]", key.meaning});
  return out;
}

}  // namespace edu::config
