#include "receiver/volumes/disc_contents.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"

namespace edu::receiver {
namespace {

constexpr std::int64_t kLargestTitle = 64ll << 30;  // bytes; a double layer has 8.5 GB
constexpr std::size_t kLongestName = 200;           // bytes
constexpr std::array<std::string_view, 6> kSaid{"disc_encrypted", "disc_unreadable", "disc_no_video",
                                                "disc_damaged",   "disc_no_titles",  "disc_not_written"};

Unexpected garbage() { return refuse("receiver.disc_garbage"); }

// The line as an object; a refusal that it holds comes out as one.
Result<json::object> object_of(std::string_view line) {
  const auto value = line.size() <= kLongestDiscLine ? parse_json(line) : garbage();
  if (!value || !value->is_object()) return garbage();
  const auto& object = value->get_object();
  const auto code = get_string(object, "refused");
  if (code.empty()) return object;
  if (std::ranges::find(kSaid, code) == kSaid.end()) return garbage();
  Refusal refusal{"receiver." + code, {}, Refusal::Kind::invalid};
  for (const auto& [name, arg] : object)
    if (arg.is_string() && name != "refused" && refusal.args.size() < 4)
      refusal.args[std::string(name)] = one_line(std::string_view(arg.get_string()), kLongestName);
  return Unexpected(std::move(refusal));
}

bool within(std::int64_t value, std::int64_t low, std::int64_t high) { return value >= low && value <= high; }

}  // namespace

std::string to_line(const DiscContents& contents) {
  json::object out;
  json::array titles;
  for (const auto& title : contents.titles) {
    json::object one;
    one["title"] = title.number;
    one["duration_ms"] = title.duration_ms;
    one["bytes"] = title.bytes;
    titles.push_back(std::move(one));
  }
  out["name"] = contents.name;
  out["titles"] = std::move(titles);
  out["brief"] = contents.brief;
  out["repeated"] = contents.repeated;
  out["damaged"] = contents.damaged;
  return json::serialize(out);
}

std::string to_line(const DiscProgress& progress) {
  json::object out;
  out[progress.last ? "written" : "done"] = progress.done;
  return json::serialize(out);
}

std::string to_line(const Refusal& refusal) {
  json::object out;
  out["refused"] = refusal.code.substr(refusal.code.find('.') + 1);
  for (const auto& [name, value] : refusal.args) out[name] = value;
  return json::serialize(out);
}

Result<DiscContents> parse_contents(std::string_view line) {
  const auto object = object_of(line);
  if (!object) return Unexpected(object.error());
  DiscContents contents;
  contents.name = one_line(get_string(*object, "name"), kLongestName);
  contents.brief = get_int(*object, "brief", -1);
  contents.repeated = get_int(*object, "repeated", -1);
  contents.damaged = get_int(*object, "damaged", -1);
  for (const auto count : {contents.brief, contents.repeated, contents.damaged})
    if (!within(count, 0, kMostTitles)) return garbage();
  const auto& titles = get_array(*object, "titles");
  if (titles.size() > kMostTitles) return garbage();
  std::int64_t before = 0;
  for (const auto& item : titles) {
    if (!item.is_object()) return garbage();
    const auto& one = item.get_object();
    const DiscTitle title{get_int(one, "title"), get_int(one, "duration_ms"), get_int(one, "bytes")};
    if (!within(title.number, before + 1, kMostTitles) || !within(title.duration_ms, 0, kLongestTitleMs) ||
        !within(title.bytes, 1, kLargestTitle))
      return garbage();
    before = title.number;
    contents.titles.push_back(title);
  }
  return contents;
}

Result<DiscProgress> parse_progress(std::string_view line) {
  const auto object = object_of(line);
  if (!object) return Unexpected(object.error());
  const bool last = object->contains("written");
  const auto done = get_int(*object, last ? "written" : "done", -1);
  if (!within(done, 0, kLargestTitle)) return garbage();
  return DiscProgress{done, last};
}

}  // namespace edu::receiver
