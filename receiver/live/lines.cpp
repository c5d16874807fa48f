#include "receiver/live/lines.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"

namespace edu::live {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 50;  // of any number: bytes or ms
constexpr std::size_t kLongestArgument = 200;          // bytes
constexpr std::array<std::string_view, 6> kSaid{"no_signal", "no_service",  "no_streams",
                                                "address",   "not_written", "no_data"};
constexpr std::array<std::string_view, 4> kEnds{"time", "stopped", "finished", "full"};

template <class List>
bool holds(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

Unexpected garbage() { return refuse("live.garbage"); }

// The refusal that a member names; nullopt: it names none of ours.
std::optional<Refusal> refusal_of(const json::object& object, std::string_view member) {
  const auto code = get_string(object, member);
  if (!holds(kSaid, code)) return std::nullopt;
  return Refusal{"live." + code,
                 {{"what", one_line(get_string(object, "what"), kLongestArgument)}},
                 Refusal::Kind::unavailable};
}

std::optional<json::object> object_of(std::string_view line) {
  if (line.size() > kLongestLine) return std::nullopt;
  auto value = parse_json(line);
  if (!value || !value->is_object()) return std::nullopt;
  return std::move(value->get_object());
}

bool number(const json::object& object, std::string_view name, std::int64_t& value) {
  value = get_int(object, name, -1);
  return value >= 0 && value <= kMost;
}

void put(json::object& object, const Refusal& refusal, const char* member) {
  object[member] = refusal.code.substr(refusal.code.find('.') + 1);
  if (const auto what = refusal.args.find("what"); what != refusal.args.end()) object["what"] = what->second;
}

bool read_gap(const json::object& object, Gap& gap) {
  return number(object, "gap_start_ms", gap.start_ms) && number(object, "gap_length_ms", gap.length_ms);
}

}  // namespace

std::string to_line(const RecordOrder& order) {
  json::object out;
  out["do"] = "record";
  out["url"] = order.url;
  out["service"] = order.service;
  out["folder"] = order.folder.string();
  out["seconds"] = order.seconds;
  out["largest"] = order.largest;
  out["since_ms"] = order.since_ms;
  out["lost_after_ms"] = order.lost_after_ms;
  return json::serialize(out);
}

std::string to_line(const JoinOrder& order) {
  json::object out;
  out["do"] = "join";
  out["folder"] = order.folder.string();
  out["into"] = order.into.string();
  return json::serialize(out);
}

std::string to_line(const RecordLine& line) {
  json::object out;
  if (line.kind == RecordLine::Kind::progress) out["signal"] = line.signal ? 1 : 0;
  if (line.kind == RecordLine::Kind::ended) out["ended"] = line.why;
  if (line.kind == RecordLine::Kind::gap || line.gap.length_ms > 0) {
    out["gap_start_ms"] = line.gap.start_ms;
    out["gap_length_ms"] = line.gap.length_ms;
  }
  out["bytes"] = line.bytes;
  out["segments"] = line.segments;
  if (line.trouble) put(out, *line.trouble, "trouble");
  return json::serialize(out);
}

std::string to_line(const JoinLine& line) {
  json::object out;
  out[line.last ? "written" : "joining"] = line.bytes;
  if (!line.last) return json::serialize(out);
  out["duration_ms"] = line.duration_ms;
  out["left_out"] = line.left_out;
  out["left_out_ms"] = line.left_out_ms;
  return json::serialize(out);
}

std::string to_line(const Refusal& refusal) {
  json::object out;
  put(out, refusal, "refused");
  return json::serialize(out);
}

std::optional<RecordOrder> parse_record_order(std::string_view line) {
  const auto object = object_of(line);
  if (!object || get_string(*object, "do") != "record") return std::nullopt;
  RecordOrder order;
  order.url = get_string(*object, "url");
  order.service = static_cast<int>(get_int(*object, "service"));
  order.folder = get_string(*object, "folder");
  if (!number(*object, "seconds", order.seconds) || !number(*object, "largest", order.largest) ||
      !number(*object, "since_ms", order.since_ms) || !number(*object, "lost_after_ms", order.lost_after_ms))
    return std::nullopt;
  return order;
}

std::optional<JoinOrder> parse_join_order(std::string_view line) {
  const auto object = object_of(line);
  if (!object || get_string(*object, "do") != "join") return std::nullopt;
  return JoinOrder{get_string(*object, "folder"), get_string(*object, "into")};
}

Result<RecordLine> parse_record_line(std::string_view text) {
  const auto object = object_of(text);
  if (!object) return garbage();
  if (auto refused = refusal_of(*object, "refused")) return Unexpected(*std::move(refused));
  RecordLine line;
  if (!number(*object, "bytes", line.bytes) || !number(*object, "segments", line.segments)) return garbage();
  const bool gap = object->contains("gap_start_ms");
  if (gap && !read_gap(*object, line.gap)) return garbage();
  if (object->contains("ended")) {
    line.kind = RecordLine::Kind::ended;
    line.why = get_string(*object, "ended");
    if (!holds(kEnds, line.why)) return garbage();
  } else if (gap) {
    line.kind = RecordLine::Kind::gap;
  } else if (object->contains("signal")) {
    line.signal = get_int(*object, "signal") == 1;
    line.trouble = refusal_of(*object, "trouble");
  } else {
    return garbage();
  }
  return line;
}

Result<JoinLine> parse_join_line(std::string_view text) {
  const auto object = object_of(text);
  if (!object) return garbage();
  if (auto refused = refusal_of(*object, "refused")) return Unexpected(*std::move(refused));
  JoinLine line;
  if (number(*object, "joining", line.bytes)) return line;
  line.last = true;
  if (!number(*object, "written", line.bytes) || !number(*object, "duration_ms", line.duration_ms) ||
      !number(*object, "left_out", line.left_out) || !number(*object, "left_out_ms", line.left_out_ms))
    return garbage();
  return line;
}

}  // namespace edu::live
