#include "player/deck/deck_messages.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/json.h"
#include "base/text.h"

namespace edu::player {
namespace {

constexpr std::size_t kMostSpans = 4096;
constexpr std::size_t kMostOptions = 100;
constexpr std::int64_t kMostMs = std::int64_t{1} << 50;
constexpr std::array kVerbs{"revoke", "stop", "pause", "resume"};
constexpr std::array kItemEnds{"eof", "stopped", "error"};
constexpr std::array kOrderEnds{"played", "stopped", "revoked", "refused"};

template <class Enum, class Names>
std::string name_of(Enum value, const Names& names) {
  return names[static_cast<std::size_t>(value)];
}

std::int64_t number(std::uint64_t id) { return static_cast<std::int64_t>(id); }

// Words of mpv's and libav's, which may quote a file: one line of UTF-8, of bounded length.
std::string word(const std::string& text) { return one_line(text, 500); }

json::array to_json(const std::vector<PlaySpan>& spans) {
  json::array out;
  for (const auto& span : spans) {
    json::object object;
    object["wall_ms"] = span.wall_ms;
    object["media_ms"] = span.media_ms;
    object["length_ms"] = span.length_ms;
    out.push_back(std::move(object));
  }
  return out;
}

json::object to_json(const ArmOrder& order) {
  json::object out;
  out["do"] = "arm";
  out["id"] = number(order.id);
  out["at_ms"] = to_ms(order.at);
  json::array items;
  for (const auto& item : order.items) {
    json::object object;
    object["path"] = item.path.string();
    object["declared_ms"] = item.declared.count();
    object["own_ms"] = to_ms(item.own_time);
    items.push_back(std::move(object));
  }
  out["items"] = std::move(items);
  return out;
}
json::object to_json(const OrderTo& order) {
  json::object out;
  out["do"] = name_of(order.verb, kVerbs);
  out["id"] = number(order.id);
  return out;
}
json::object to_json(const Ask& ask) {
  json::object out;
  out["do"] = "ask";
  out["number"] = ask.number;
  return out;
}
json::object to_json(const Quit&) {
  json::object out;
  out["do"] = "quit";
  return out;
}

json::object to_json(const Hello& hello) {
  json::object out;
  out["event"] = "hello";
  out["vo"] = hello.video_output;
  out["ao"] = hello.audio_output;
  out["mpv"] = hello.version;
  return out;
}
json::object to_json(const Alive& alive) {
  json::object out;
  out["event"] = "alive";
  out["number"] = alive.number;
  out["vo"] = alive.video_output;
  out["ao"] = alive.audio_output;
  return out;
}
json::object to_json(const Complaint& complaint) {
  json::object out;
  out["event"] = "error";
  out["what"] = word(complaint.what);
  return out;
}
json::object to_json(const Ready& ready) {
  json::object out;
  out["event"] = "ready";
  out["id"] = number(ready.id);
  return out;
}
json::object to_json(const Started& started) {
  json::object out;
  out["event"] = "started";
  out["id"] = number(started.id);
  out["item"] = number(started.item);
  out["at_ms"] = to_ms(started.at);
  out["first_frame_ms"] = to_ms(started.first_frame);
  return out;
}
json::object to_json(const Progress& progress) {
  json::object out;
  out["event"] = "progress";
  out["id"] = number(progress.id);
  out["item"] = number(progress.item);
  out["position_ms"] = progress.position.count();
  out["spans"] = to_json(progress.spans);
  return out;
}
json::object to_json(const ItemEnded& ended) {
  json::object out;
  out["event"] = "ended";
  out["id"] = number(ended.id);
  out["item"] = number(ended.item);
  out["reason"] = name_of(ended.reason, kItemEnds);
  out["played_ms"] = ended.played.count();
  out["errors"] = ended.errors;
  out["spans"] = to_json(ended.spans);
  out["what"] = word(ended.what);
  return out;
}
json::object to_json(const Finished& finished) {
  json::object out;
  out["event"] = "finished";
  out["id"] = number(finished.id);
  out["reason"] = name_of(finished.reason, kOrderEnds);
  out["what"] = word(finished.what);
  return out;
}

// Reads members, and remembers whether one of them was wrong.
class Reader {
 public:
  explicit Reader(const json::object& object) : object_(object) {}
  bool good() const { return good_; }
  void check(bool good) { good_ = good_ && good; }

  std::int64_t integer(std::string_view name, std::int64_t most = kMostMs) {
    const auto* value = object_.if_contains(name);
    const auto* found = value ? value->if_int64() : nullptr;
    check(found && *found >= 0 && *found <= most);
    return good_ ? *found : 0;
  }
  std::uint64_t id() { return static_cast<std::uint64_t>(integer("id", INT64_MAX)); }
  std::size_t item() { return static_cast<std::size_t>(integer("item", kMostItems - 1)); }
  WallTime time(std::string_view name) { return from_ms(integer(name)); }
  milliseconds span(std::string_view name) { return milliseconds(integer(name)); }
  std::string string(std::string_view name) {
    const auto* value = object_.if_contains(name);
    check(value && value->is_string());
    return good_ ? std::string(value->get_string()) : std::string();
  }
  std::vector<std::string> strings(std::string_view name, std::size_t most) {
    const auto& array = get_array(object_, name);
    check(object_.contains(name) && array.size() <= most &&
          std::ranges::all_of(array, [](const json::value& value) { return value.is_string(); }));
    std::vector<std::string> out;
    if (!good_) return out;
    for (const auto& value : array) out.emplace_back(value.get_string());
    return out;
  }
  std::string line(std::string_view name) { return word(string(name)); }
  template <class Enum, class Names>
  Enum choice(std::string_view name, const Names& names) {
    const auto found = std::ranges::find(names, string(name));
    check(found != names.end());
    return good_ ? static_cast<Enum>(found - names.begin()) : Enum{};
  }
  template <class Element>
  void each(std::string_view name, std::size_t most, Element element) {
    const auto& array = get_array(object_, name);
    check(object_.contains(name) && array.size() <= most);
    for (const auto& value : array) {
      check(value.is_object());
      if (!good_) return;
      Reader inner(value.get_object());
      element(inner);
      check(inner.good());
    }
  }
  std::vector<PlaySpan> spans() {
    std::vector<PlaySpan> out;
    each("spans", kMostSpans, [&](Reader& read) {
      const auto wall = read.integer("wall_ms"), media = read.integer("media_ms");
      out.push_back({wall, media, read.integer("length_ms")});
    });
    return out;
  }

 private:
  const json::object& object_;
  bool good_ = true;
};

ArmOrder read_arm(Reader& read) {
  ArmOrder order{read.id(), read.time("at_ms"), {}};
  read.each("items", kMostItems, [&](Reader& item) {
    const auto path = item.string("path");
    item.check(path.starts_with('/') && path.find('\0') == path.npos);
    const auto declared = item.span("declared_ms");
    order.items.push_back({path, declared, item.time("own_ms")});
  });
  read.check(!order.items.empty());
  return order;
}

ItemEnded read_ended(Reader& read) {
  ItemEnded ended;
  ended.id = read.id();
  ended.item = read.item();
  ended.reason = read.choice<ItemEnd>("reason", kItemEnds);
  ended.played = read.span("played_ms");
  ended.errors = read.integer("errors");
  ended.spans = read.spans();
  ended.what = read.line("what");
  return ended;
}

std::optional<DeckOrder> read_order(Reader& read) {
  const auto verb = read.string("do");
  if (verb == "arm") return read_arm(read);
  if (verb == "ask") return Ask{read.integer("number", INT64_MAX)};
  if (verb == "quit") return Quit{};
  if (std::ranges::find(kVerbs, verb) == kVerbs.end()) return std::nullopt;
  return OrderTo{read.choice<OrderTo::Verb>("do", kVerbs), read.id()};
}

// A list in braces is evaluated from left to right: members are read in the order of the structs.
std::optional<DeckMessage> read_message(Reader& read) {
  const auto event = read.string("event");
  if (event == "hello") return Hello{read.line("vo"), read.line("ao"), read.line("mpv")};
  if (event == "alive") return Alive{read.integer("number", INT64_MAX), read.line("vo"), read.line("ao")};
  if (event == "error") return Complaint{read.line("what")};
  if (event == "ready") return Ready{read.id()};
  if (event == "started")
    return Started{read.id(), read.item(), read.time("at_ms"), read.time("first_frame_ms")};
  if (event == "progress") return Progress{read.id(), read.item(), read.span("position_ms"), read.spans()};
  if (event == "ended") return read_ended(read);
  if (event == "finished")
    return Finished{read.id(), read.choice<OrderEnd>("reason", kOrderEnds), read.line("what")};
  return std::nullopt;
}

template <class Value>
std::optional<Value> parse(std::string_view line, std::optional<Value> (*read_value)(Reader&)) {
  if (line.size() > kLongestLine) return std::nullopt;
  const auto json = parse_json(line);
  if (!json || !json->is_object()) return std::nullopt;
  Reader read(json->get_object());
  auto value = read_value(read);
  if (!read.good()) return std::nullopt;
  return value;
}

}  // namespace

// Not canonical(): a path is bytes that NFC must not touch.
std::string to_line(const DeckOrder& order) {
  const auto object = std::visit([](const auto& value) { return to_json(value); }, order);
  return json::serialize(object) + "\n";
}

std::string to_line(const DeckMessage& message) {
  const auto object = std::visit([](const auto& value) { return to_json(value); }, message);
  return json::serialize(object) + "\n";
}

std::string options_line(const std::vector<std::string>& options) {
  json::object out;
  out["options"] = json::array(options.begin(), options.end());
  return json::serialize(out) + "\n";
}

std::optional<std::vector<std::string>> parse_options(std::string_view line) {
  const auto read = [](Reader& reader) { return std::optional(reader.strings("options", kMostOptions)); };
  return parse<std::vector<std::string>>(line, read);
}

std::optional<DeckOrder> parse_order(std::string_view line) { return parse<DeckOrder>(line, read_order); }
std::optional<DeckMessage> parse_message(std::string_view line) {
  return parse<DeckMessage>(line, read_message);
}

}  // namespace edu::player
