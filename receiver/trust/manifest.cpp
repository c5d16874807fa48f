#include "receiver/trust/manifest.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/json.h"
#include "base/sha256.h"
#include "base/text.h"
#include "base/time.h"

namespace edu::receiver {
namespace {

constexpr std::int64_t kLargestSerial = (std::int64_t{1} << 53) - 1;  // what every JSON program holds exactly
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The first refusal is kept; what is read after it is of no account.
class Members {
 public:
  Members(const json::object& object, std::string prefix, std::optional<Refusal>& refusal)
      : object_(object), prefix_(std::move(prefix)), refusal_(refusal) {}

  std::string text(std::string_view name);
  std::string digest(std::string_view name);
  std::string keep_until(std::string_view name);
  std::string day(std::string_view name);
  std::int64_t serial(std::string_view name);
  std::string file_name(std::string_view name);
  bool flag(std::string_view name);
  std::vector<std::string> addresses();
  const json::array* list(std::string_view name);

 private:
  std::string address(const json::value& value, std::string_view name);
  std::string full(std::string_view name) const { return prefix_ + std::string(name); }
  void wrong(const char* code, std::string_view name, std::map<std::string, std::string> args = {});

  const json::object& object_;
  std::string prefix_;
  std::optional<Refusal>& refusal_;
};

void Members::wrong(const char* code, std::string_view name, std::map<std::string, std::string> args) {
  if (refusal_) return;
  args["member"] = full(name);
  refusal_ = Refusal{std::string("receiver.manifest_") + code, std::move(args)};
}

bool has_control_characters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::string Members::text(std::string_view name) {
  const auto* value = object_.if_contains(name);
  if (!value) return "";
  const auto* string = value->if_string();
  if (!string) return wrong("not_text", name), "";
  if (string->size() > kLongestText)
    return wrong("too_long", name, {{"most", std::to_string(kLongestText)}}), "";
  if (has_control_characters(*string)) return wrong("control_characters", name), "";
  auto normal = nfc(std::string_view(*string));
  if (!normal) return wrong("control_characters", name), "";
  return one_line(*normal);
}

std::string Members::digest(std::string_view name) {
  const auto hex = text(name);
  if (hex.empty()) return hex;
  const auto digest = digest_from_hex(hex);
  if (!digest) return wrong("digest", name), "";
  return to_hex(*digest);
}

std::string Members::keep_until(std::string_view name) {
  auto date = text(name);
  if (!date.empty() && date != kPermanent && !parse_date(date)) wrong("date", name);
  return date;
}

std::string Members::day(std::string_view name) {
  auto date = text(name);
  if (!date.empty() && !parse_date(date)) wrong("day", name);
  return date;
}

std::int64_t Members::serial(std::string_view name) {
  const auto* value = object_.if_contains(name);
  if (!value) return 0;
  const auto* number = value->if_int64();
  if (number && *number >= 1 && *number <= kLargestSerial) return *number;
  return wrong("serial", name), 0;
}

// A name and nothing else: no way out of the manifest's folder.
std::string Members::file_name(std::string_view name) {
  const auto* value = object_.if_contains(name);
  if (!value) return wrong("missing", name), "";
  const auto* string = value->if_string();
  if (!string) return wrong("not_text", name), "";
  const std::string_view file = *string;
  if (file.size() > kLongestName)
    return wrong("too_long", name, {{"most", std::to_string(kLongestName)}}), "";
  const bool bare = !file.empty() && file != "." && file != ".." && file.find_first_of("/\\") == file.npos;
  if (!bare || has_control_characters(file)) return wrong("file_name", name), "";
  return std::string(file);
}

bool Members::flag(std::string_view name) {
  const auto* value = object_.if_contains(name);
  if (!value) return false;
  const auto* set = value->if_bool();
  if (!set) wrong("not_flag", name);
  return set && *set;
}

std::string Members::address(const json::value& value, std::string_view name) {
  const auto* string = value.if_string();
  if (!string) return wrong("not_text", name), "";
  const std::string_view url = *string;
  if (url.size() > kLongestAddress)
    return wrong("too_long", name, {{"most", std::to_string(kLongestAddress)}}), "";
  const bool web = url.starts_with("http://") || url.starts_with("https://");
  if (!web || has_control_characters(url) || url.find(' ') != url.npos) return wrong("address", name), "";
  return std::string(url);
}

// `url` and `mirrors`, in that order.
std::vector<std::string> Members::addresses() {
  std::vector<std::string> out;
  if (const auto* url = object_.if_contains("url")) out.push_back(address(*url, "url"));
  const auto* value = object_.if_contains("mirrors");
  if (!value) return out;
  const auto* list = value->if_array();
  if (!list) return wrong("not_list", "mirrors"), out;
  if (list->size() > kMostMirrors)
    return wrong("mirrors_count", "mirrors", {{"most", std::to_string(kMostMirrors)}}), out;
  for (const auto& one : *list) out.push_back(address(one, "mirrors"));
  return out;
}

const json::array* Members::list(std::string_view name) {
  const auto* value = object_.if_contains(name);
  if (!value) return nullptr;
  const auto* array = value->if_array();
  if (!array) wrong("not_list", name);
  if (array && (array->empty() || array->size() > kMostParts))
    wrong("parts_count", name, {{"most", std::to_string(kMostParts)}});
  return array;
}

std::vector<Part> parts_of(const json::array& list, std::optional<Refusal>& refusal) {
  std::vector<Part> parts;
  std::set<std::string> names;
  for (std::size_t i = 0; i < list.size() && !refusal; ++i) {
    const auto where = fmt::format("parts[{}]", i);
    const auto* object = list[i].if_object();
    if (!object) {
      refusal = Refusal{"receiver.manifest_not_object", {{"member", where}}};
      break;
    }
    Members members(*object, where + ".", refusal);
    parts.push_back({members.file_name("file"), members.text("title"), members.digest("sha256"),
                     members.addresses(), members.flag("received")});
    if (!refusal && !names.insert(parts.back().file).second)
      refusal =
          Refusal{"receiver.manifest_twice", {{"member", where + ".file"}, {"file", parts.back().file}}};
  }
  return parts;
}

Manifest read(const json::object& object, std::optional<Refusal>& refusal) {
  Members members(object, "", refusal);
  Manifest manifest;
  manifest.title = members.text("title");
  manifest.category = members.text("category");
  manifest.lecturer = members.text("lecturer");
  manifest.language = members.text("language");
  manifest.audience = members.text("audience");
  manifest.keep_until = members.keep_until("keep_until");
  manifest.sha256 = members.digest("sha256");
  manifest.series = members.text("series");
  manifest.serial = members.serial("serial");
  manifest.expires = members.day("expires");
  manifest.urls = members.addresses();
  if (!refusal && manifest.series.empty() != (manifest.serial == 0))
    refusal = Refusal{"receiver.manifest_missing", {{"member", manifest.serial == 0 ? "serial" : "series"}}};
  const auto* parts = members.list("parts");
  if (!parts || refusal) return manifest;
  if (!manifest.sha256.empty())
    refusal = Refusal{"receiver.manifest_digest_of_parts", {{"member", "sha256"}}};
  if (!manifest.urls.empty() && !refusal)
    refusal = Refusal{"receiver.manifest_digest_of_parts", {{"member", "url"}}};
  manifest.parts = parts_of(*parts, refusal);
  return manifest;
}

}  // namespace

Result<std::string> manifest_text(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > kManifestLimit)
    return refuse("receiver.manifest_too_large", {{"most", fmt::format("{} KiB", kManifestLimit >> 10)}});
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (is_utf8(text)) return std::string(text);
  if (auto converted = from_gb18030(text)) return *std::move(converted);
  return refuse("receiver.manifest_encoding");
}

Result<Manifest> parse_manifest(std::span<const std::uint8_t> bytes) {
  const auto text = manifest_text(bytes);
  if (!text) return Unexpected(text.error());
  const auto value = parse_json(*text);
  if (!value) return refuse("receiver.manifest_json", value.error().args);
  const auto* object = value->if_object();
  if (!object) return refuse("receiver.manifest_no_object");
  std::optional<Refusal> refusal;
  auto manifest = read(*object, refusal);
  if (refusal) return Unexpected(*std::move(refusal));
  return manifest;
}

Manifest manifest_of_part(const Manifest& manifest, std::size_t number) {
  const auto& part = manifest.parts.at(number);
  auto own = manifest;
  own.parts.clear();
  own.sha256 = part.sha256;
  own.urls = part.urls;
  if (!part.title.empty())
    own.title = part.title;
  else if (!own.title.empty() && manifest.parts.size() > 1)
    own.title = fmt::format("{} ({}/{})", manifest.title, number + 1, manifest.parts.size());
  return own;
}

}  // namespace edu::receiver
