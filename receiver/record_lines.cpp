#include <algorithm>
#include <array>

#include <base/json.h>
#include <base/text.h>
#include <receiver/record_lines.h>

namespace edu::receiver {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 50;  // of any number: bytes or ms
constexpr std::size_t kLongestArgument = 200;          // bytes
constexpr std::array<std::string_view, 6> kSaid{"live_no_signal", "live_no_service",  "live_no_streams",
                                                "live_address",   "live_not_written", "live_no_data"};

Unexpected garbage() { return refuse("receiver.live_garbage"); }

Result<json::object> object_of(std::string_view line) {
  const auto value = line.size() <= kLongestRecordLine ? parse_json(line) : garbage();
  if (!value || !value->is_object()) return garbage();
  const auto& object = value->get_object();
  const auto code = get_string(object, "refused");
  if (code.empty()) return object;
  if (std::ranges::find(kSaid, code) == kSaid.end()) return garbage();
  const auto what = truncate_utf8(one_line(to_utf8(get_string(object, "what"))), kLongestArgument);
  return Unexpected(Refusal{"receiver." + code, {{"what", std::string(what)}}, {}});
}

bool number(const json::object& object, std::string_view name, std::int64_t& value) {
  value = get_int(object, name, -1);
  return value >= 0 && value <= kMost;
}

}  // namespace

std::string to_line(const RecordLine& line) {
  json::object out;
  if (line.kind == RecordLine::Kind::progress) out["signal"] = line.signal ? 1 : 0;
  if (line.kind == RecordLine::Kind::ended) out["ended"] = 1;
  if (line.kind == RecordLine::Kind::gap || line.gap.length_ms > 0) {
    out["gap_start_ms"] = line.gap.start_ms;
    out["gap_length_ms"] = line.gap.length_ms;
  }
  out["bytes"] = line.bytes;
  out["segments"] = line.segments;
  return json::serialize(out);
}

std::string to_line(const JoinedRecording& joined) {
  json::object out;
  out["written"] = joined.bytes;
  out["duration_ms"] = joined.duration_ms;
  return json::serialize(out);
}

Result<RecordLine> parse_record_line(std::string_view text) {
  const auto object = object_of(text);
  if (!object) return Unexpected(object.error());
  RecordLine line;
  if (!number(*object, "bytes", line.bytes) || !number(*object, "segments", line.segments)) return garbage();
  const bool gap = object->contains("gap_start_ms");
  if (gap && (!number(*object, "gap_start_ms", line.gap.start_ms) ||
              !number(*object, "gap_length_ms", line.gap.length_ms)))
    return garbage();
  if (object->contains("ended"))
    line.kind = RecordLine::Kind::ended;
  else if (gap)
    line.kind = RecordLine::Kind::gap;
  else
    line.signal = get_int(*object, "signal") == 1;
  return line;
}

Result<JoinedRecording> parse_joined(std::string_view text) {
  const auto object = object_of(text);
  if (!object) return Unexpected(object.error());
  JoinedRecording joined;
  if (!number(*object, "written", joined.bytes) || !number(*object, "duration_ms", joined.duration_ms))
    return garbage();
  return joined;
}

std::string without_credentials(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == url.npos) return one_line(to_utf8(url.substr(0, url.find_first_of("?#"))));
  const auto end = std::min(url.find_first_of("/?#", scheme + 3), url.size());
  const auto host = url.substr(scheme + 3, end - scheme - 3);
  const auto at = host.rfind('@');
  const auto path = url.substr(end, url.find_first_of("?#", end) - end);
  // "udp://@239.1.2.3" is a way of writing it, and its '@' says nothing.
  const auto shown = at == host.npos ? host : host.substr(at + 1);
  return one_line(to_utf8(std::string(url.substr(0, scheme + 3)) + std::string(shown) + std::string(path)));
}

}  // namespace edu::receiver
