// station.toml comes in, plain structs leave; no other state. One table below names every key with its
// bounds.
#include "config/loader.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/files.h"
#include "base/time.h"
#include "calendar/zone.h"
#include "config/channels.h"
#include "config/lists.h"
#include "config/written.h"

namespace edu::config {
namespace {

constexpr std::size_t kLargestFile = 1 << 20;  // a settings file is a few KiB

struct Key {
  std::string section, name, what;
  std::function<bool(Settings&, const toml::node&)> set;  // false: the value is not as `what` says
  std::function<std::string(const Settings&)> show;       // as TOML text

  std::string full() const { return section + "." + name; }
};

std::string quoted(const std::string& text) { return fmt::format("\"{}\"", text); }

template <class Section>
Key text(std::string section, Section Settings::*part, std::string name, std::string Section::*member,
         std::string what, std::vector<std::string> choices = {}) {
  auto set = [=](Settings& s, const toml::node& node) {
    const auto value = node.value_exact<std::string>();
    if (!value || (!choices.empty() && std::ranges::find(choices, *value) == choices.end())) return false;
    s.*part.*member = *value;
    return true;
  };
  auto show = [=](const Settings& s) { return quoted(s.*part.*member); };
  return {std::move(section), std::move(name), std::move(what), std::move(set), std::move(show)};
}

template <class Section>
Key path(std::string section, Section Settings::*part, std::string name,
         std::filesystem::path Section::*member, std::string what) {
  auto set = [=](Settings& s, const toml::node& node) {
    const auto value = node.value_exact<std::string>();
    if (value) s.*part.*member = *value;
    return value.has_value();
  };
  auto show = [=](const Settings& s) { return quoted((s.*part.*member).string()); };
  return {std::move(section), std::move(name), std::move(what), std::move(set), std::move(show)};
}

template <class Section>
Key flag(std::string section, Section Settings::*part, std::string name, bool Section::*member) {
  auto set = [=](Settings& s, const toml::node& node) {
    const auto value = node.value_exact<bool>();
    if (value) s.*part.*member = *value;
    return value.has_value();
  };
  auto show = [=](const Settings& s) { return s.*part.*member ? "true" : "false"; };
  return {std::move(section), std::move(name), "true or false", std::move(set), std::move(show)};
}

template <class Number>
std::int64_t as_int(Number n) {
  return static_cast<std::int64_t>(n);
}
template <class Rep, class Period>
std::int64_t as_int(std::chrono::duration<Rep, Period> d) {
  return d.count();
}

template <class Section, class Number>
Key number(std::string section, Section Settings::*part, std::string name, Number Section::*member,
           std::int64_t low, std::int64_t high, std::string unit) {
  auto set = [=](Settings& s, const toml::node& node) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < low || *value > high) return false;
    s.*part.*member = static_cast<Number>(*value);
    return true;
  };
  auto show = [=](const Settings& s) { return std::to_string(as_int(s.*part.*member)); };
  auto what = fmt::format("a whole number {}..{}, {}", low, high, unit);
  return {std::move(section), std::move(name), std::move(what), std::move(set), std::move(show)};
}

Key counted_categories() {
  static const std::vector<std::string> known{"member",    "cadre",    "probationary",
                                              "applicant", "villager", "petitioner",
                                              "hardship",  "floating", "reserve"};
  auto set = [](Settings& s, const toml::node& node) {
    const auto* list = node.as_array();
    if (!list || list->empty()) return false;
    std::vector<std::string> categories;
    for (const auto& item : *list) {
      const auto value = item.value_exact<std::string>();
      if (!value || std::ranges::find(known, *value) == known.end()) return false;
      categories.push_back(*value);
    }
    s.people.counted = std::move(categories);
    return true;
  };
  auto show = [](const Settings& s) {
    std::string out = "[";
    for (const auto& category : s.people.counted) out += (out.size() > 1 ? ", " : "") + quoted(category);
    return out + "]";
  };
  return {
      "people", "counted",
      "a list of member, cadre, probationary, applicant, villager, petitioner, hardship, floating, reserve",
      set, show};
}

template <class Section>
Key folders(std::string section, Section Settings::*part, std::string name,
            std::vector<std::string> Section::*member) {
  auto set = [=](Settings& s, const toml::node& node) {
    const auto* list = node.as_array();
    if (!list) return false;
    std::vector<std::string> paths;
    for (const auto& item : *list) {
      const auto value = item.value_exact<std::string>();
      if (!value || !value->starts_with('/')) return false;
      paths.push_back(*value);
    }
    s.*part.*member = std::move(paths);
    return true;
  };
  auto show = [=](const Settings& s) {
    std::string out = "[";
    for (const auto& one : s.*part.*member) out += (out.size() > 1 ? ", " : "") + quoted(one);
    return out + "]";
  };
  return {std::move(section), std::move(name), "a list of absolute paths", std::move(set), std::move(show)};
}

Key policy(std::string name, std::string Trust::*member) {
  return text("trust", &Settings::trust, std::move(name), member, "\"required\", \"preferred\" or \"off\"",
              {"required", "preferred", "off"});
}

Key time_zone() {
  auto key = text("station", &Settings::station, "time_zone", &Station::time_zone,
                  "an IANA zone like \"Asia/Shanghai\"");
  key.set = [](Settings& s, const toml::node& node) {
    const auto value = node.value_exact<std::string>();
    if (!value) return false;
    try {
      s.station.time_zone = Zone(*value).name();
    } catch (const std::exception&) {
      return false;
    }
    return true;
  };
  return key;
}

const std::vector<Key>& keys() {
  static const std::vector<Key> all{
      text("station", &Settings::station, "name", &Station::name, "a text"),
      text("station", &Settings::station, "number", &Station::number, "a text"),
      time_zone(),
      text("station", &Settings::station, "language", &Station::language, "\"zh\" or \"en\"", {"zh", "en"}),
      path("data", &Settings::data, "folder", &Data::folder, "a folder's path"),
      path("receiver", &Settings::receiver, "inbox", &Receiver::inbox, "a folder's path"),
      number("receiver", &Settings::receiver, "settle_s", &Receiver::settle, 0, 3600, "seconds"),
      number("receiver", &Settings::receiver, "largest_file_mb", &Receiver::largest_file_mb, 1, 1 << 24,
             "MiB"),
      number("receiver", &Settings::receiver, "at_once", &Receiver::at_once, 1, 16, "files"),
      number("receiver", &Settings::receiver, "quarantine_mb", &Receiver::quarantine_mb, 1, 1 << 24, "MiB"),
      number("receiver", &Settings::receiver, "quarantine_files", &Receiver::quarantine_files, 1, 100'000,
             "files"),
      number("receiver", &Settings::receiver, "quarantine_days", &Receiver::quarantine_days, 1, 3650, "days"),
      flag("volumes", &Settings::volumes, "watch", &Volumes::watch),
      folders("volumes", &Settings::volumes, "roots", &Volumes::roots),
      number("volumes", &Settings::volumes, "depth", &Volumes::depth, 0, 16, "levels"),
      number("volumes", &Settings::volumes, "most_files", &Volumes::most_files, 1, 10000, "files"),
      number("volumes", &Settings::volumes, "shortest_title_s", &Volumes::shortest_title, 0, 3600, "seconds"),
      number("recording", &Settings::recording, "pre_roll_s", &Recording::pre_roll, 0, 3600, "seconds"),
      number("recording", &Settings::recording, "post_roll_s", &Recording::post_roll, 0, 7200, "seconds"),
      number("recording", &Settings::recording, "longest_min", &Recording::longest, 1, 1440, "minutes"),
      number("recording", &Settings::recording, "at_once", &Recording::at_once, 1, 16, "channels"),
      policy("folder", &Trust::folder),
      policy("multicast", &Trust::multicast),
      policy("web", &Trust::web),
      number("library", &Settings::library, "reserve_percent", &Library::reserve_percent, 0, 90, "percent"),
      number("library", &Settings::library, "reserve_mb", &Library::reserve_mb, 0, 1 << 30, "MiB"),
      number("library", &Settings::library, "keep_years", &Library::keep_years, 0, 1000, "years"),
      number("probe", &Settings::probe, "time_limit_s", &Probe::time_limit, 1, 600, "seconds"),
      number("probe", &Settings::probe, "memory_mb", &Probe::memory_mb, 64, 65536, "MiB"),
      text("player", &Settings::player, "video_output", &Player::video_output,
           "\"auto\", \"x11\", \"wayland\", \"drm\" or \"none\"", {"auto", "x11", "wayland", "drm", "none"}),
      text("player", &Settings::player, "audio_output", &Player::audio_output, "\"auto\" or \"none\"",
           {"auto", "none"}),
      flag("player", &Settings::player, "fullscreen", &Player::fullscreen),
      number("player", &Settings::player, "volume", &Player::volume, 0, 100, "percent"),
      number("player", &Settings::player, "preload_s", &Player::preload, 1, 60, "seconds"),
      number("player", &Settings::player, "checkpoint_s", &Player::checkpoint, 1, 300, "seconds"),
      path("player", &Settings::player, "deck_socket", &Player::deck_socket, "a socket's path"),
      number("scheduler", &Settings::scheduler, "horizon_days", &Scheduler::horizon_days, 1, 366, "days"),
      number("scheduler", &Settings::scheduler, "late_limit_s", &Scheduler::late_limit, 0, 600, "seconds"),
      number("people", &Settings::people, "open_before_min", &People::open_before, 0, 1440, "minutes"),
      counted_categories(),
      flag("people", &Settings::people, "excused_counts", &People::excused_counts),
      number("people", &Settings::people, "credited_percent", &People::credited_percent, 0, 100, "percent"),
      number("web", &Settings::web, "port", &Web::port, 0, 65535, "TCP port"),
      number("web", &Settings::web, "header_limit", &Web::header_limit, 1024, 1 << 20, "bytes"),
      number("web", &Settings::web, "body_limit", &Web::body_limit, 1024, 1 << 30, "bytes"),
      number("web", &Settings::web, "request_timeout_s", &Web::request_timeout, 1, 3600, "seconds"),
      number("web", &Settings::web, "connections", &Web::connections, 1, 10000, "connections"),
      number("web", &Settings::web, "page_connections", &Web::page_connections, 1, 10000, "connections"),
      number("web", &Settings::web, "streams", &Web::streams, 1, 1000, "connections"),
      text("log", &Settings::log, "level", &Log::level, "\"debug\", \"info\", \"warning\" or \"error\"",
           {"debug", "info", "warning", "error"}),
  };
  return all;
}

const Key* find_key(std::string_view full) {
  for (const auto& key : keys())
    if (key.full() == full) return &key;
  return nullptr;
}

class Reader {
 public:
  explicit Reader(std::string_view file_name) : file_(file_name) {}

  void read(Settings& settings, const toml::table& table) {
    for (const auto& [name, node] : table) {
      const auto* section = node.as_table();
      if (name.str() == "channel")
        settings.channels = read_channels(node, complaint());
      else if (is_list(name.str()))
        read_list(settings, name.str(), node, file_, complaint());
      else if (!section)
        complain(node, std::string(name.str()), "a key outside of any section; sections look like [library]");
      else
        read_section(settings, std::string(name.str()), *section);
    }
  }
  void complain(const toml::node& node, const std::string& key, const std::string& what) {
    errors_ += fmt::format("{}{}:{}: {}: {}", errors_.empty() ? "" : "\n", file_, node.source().begin.line,
                           key, what);
  }
  void finish() const {
    if (!errors_.empty()) throw SettingsError(errors_);
  }

 private:
  void read_section(Settings& settings, const std::string& section, const toml::table& table) {
    for (const auto& [name, node] : table) {
      const auto full = section + "." + std::string(name.str());
      const auto* key = find_key(full);
      if (is_list(full))
        read_list(settings, full, node, file_, complaint());
      else if (!key)
        complain(node, full, "no such setting; those of this section: " + siblings(section));
      else if (!key->set(settings, node))
        complain(node, full, as_written(node) + " is not " + key->what);
    }
  }
  Complain complaint() {
    return [this](const toml::node& at, const std::string& key, const std::string& what) {
      complain(at, key, what);
    };
  }
  static std::string siblings(const std::string& section) {
    std::string names;
    for (const auto& key : keys())
      if (key.section == section) names += (names.empty() ? "" : ", ") + key.name;
    return names.empty() ? "(there is no such section)" : names;
  }

  std::string file_, errors_;
};

// "library.reserve_percent=7": the value as TOML, and as a string where it is none.
void apply_override(Settings& settings, const std::string& text) {
  const auto equals = text.find('=');
  const auto* key = find_key(text.substr(0, equals));
  if (equals == std::string::npos || !key)
    throw SettingsError(fmt::format("--set {}: expected section.key=value with a key of station.toml", text));
  const auto value = text.substr(equals + 1);
  for (const auto& candidate : {value, quoted(value)}) {
    const toml::parse_result parsed = [&]() -> toml::table {
      try {
        return toml::parse("v = " + candidate);
      } catch (const toml::parse_error&) {
        return {};
      }
    }();
    const auto* node = parsed.get("v");
    if (node && key->set(settings, *node)) return;
  }
  throw SettingsError(fmt::format("--set {}: {} is not {}", text, value, key->what));
}

}  // namespace

Settings parse(std::string_view toml_text, std::string_view file_name,
               const std::vector<std::string>& overrides) {
  Settings settings;
  Reader reader(file_name);
  try {
    reader.read(settings, toml::parse(toml_text, file_name));
  } catch (const toml::parse_error& error) {
    throw SettingsError(fmt::format("{}:{}: {}", file_name, error.source().begin.line, error.description()));
  }
  reader.finish();
  for (const auto& text : overrides) apply_override(settings, text);
  return settings;
}

Settings load(const std::filesystem::path& file, const std::vector<std::string>& overrides) {
  if (file.empty()) return parse("", "", overrides);
  try {
    return parse(read_file(file, kLargestFile), file.string(), overrides);
  } catch (const std::system_error& error) {
    throw SettingsError(fmt::format("{}: {}", file.string(), error.code().message()));
  }
}

std::vector<Catalogue> load_sources(const std::filesystem::path& file) {
  std::error_code unknown;  // then reading it says what is wrong
  if (!std::filesystem::exists(file, unknown) && !unknown) return {};
  return load(file).catalogues;
}

std::vector<Setting> all_settings() {
  std::vector<Setting> out;
  for (const auto& key : keys()) out.push_back({key.full(), key.what, key.show(Settings{})});
  std::ranges::move(list_settings(), std::back_inserter(out));
  std::ranges::move(channel_settings(), std::back_inserter(out));
  return out;
}

}  // namespace edu::config
