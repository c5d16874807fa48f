#include "receiver/catalogue/listing.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/json.h"
#include "base/sha256.h"
#include "base/text.h"
#include "base/time.h"
#include "receiver/catalogue/document.h"
#include "receiver/catalogue/http.h"
#include "receiver/intake/quarantine.h"

namespace edu::catalogue {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kLargest = (std::int64_t{1} << 53) - 1;

// Endings of files, each between blanks.
constexpr std::string_view kMedia =
    " mp4 m4v mov mp3 m4a m4b aac ac3 eac3 wav wma wmv asf avi mpg mpeg mpe mp2 m1v m2v vob dat ts m2ts mts "
    "mkv mka webm "
    "ogg ogv oga ogx opus flac flv f4v rm rmvb ra 3gp 3g2 amr ape aif aiff au dv mxf divx xvid ";
constexpr std::string_view kOther =
    " jpg jpeg png gif webp svg bmp tif tiff ico pdf doc docx xls xlsx ppt pptx wps et dps txt htm html "
    "xhtml xml json "
    "rss atom css js zip rar 7z tar gz torrent srt vtt ass lrc epub mobi exe apk dmg ";

// What UTF-8 text seems to be. A feed may have something before it.
Content content_in(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n\f");
  if (first == text.npos) return Content::other;
  if (text[first] == '{') return Content::catalogue;
  if (is_page(text)) return Content::page;
  const auto head = ascii_lower(text.substr(0, 8 << 10));
  const auto begins = [&](const char* root) { return head.find(root) != head.npos; };
  const bool feed = text[first] == '<' || begins("<rss") || begins("<feed") || begins("<rdf:rdf");
  return feed ? Content::feed : Content::other;
}

Unexpected wrong(std::string member) { return refuse("catalogue.member", {{"member", std::move(member)}}); }

// Reads the members of one object; the first that is wrong is kept.
class Members {
 public:
  Members(const json::object& object, std::string prefix) : object_(object), prefix_(std::move(prefix)) {}

  std::string text(std::string_view name, std::size_t most = receiver::kLongestText) {
    const auto* value = object_.if_contains(name);
    if (!value) return "";
    const auto* string = value->if_string();
    if (!string || string->size() > most) return complain(name), "";
    const auto normal = nfc(std::string_view(*string));
    if (!normal) return complain(name), "";
    return one_line(*normal);
  }
  std::int64_t number(std::string_view name) {
    const auto* value = object_.if_contains(name);
    if (!value) return 0;
    const auto* whole = value->if_int64();
    if (whole && *whole >= 1 && *whole <= kLargest) return *whole;
    return complain(name), 0;
  }
  std::string url(std::string_view name, const std::string& base) {
    const auto given = text(name, kLongestUrl);
    if (given.empty()) return "";
    const auto whole = absolute_url(base, given);
    if (!whole) return complain(name), "";
    return *whole;
  }
  void complain(std::string_view name) {
    if (wrong_.empty()) wrong_ = prefix_ + std::string(name);
  }
  const std::string& wrong_member() const { return wrong_; }

 private:
  const json::object& object_;
  std::string prefix_, wrong_;
};

Result<std::vector<std::string>> mirrors_of(const json::object& object, const std::string& prefix,
                                            const std::string& base) {
  std::vector<std::string> urls;
  const auto* value = object.if_contains("mirrors");
  if (!value) return urls;
  const auto* list = value->if_array();
  if (!list || list->size() > kMostMirrors) return wrong(prefix + "mirrors");
  for (const auto& item : *list) {
    const auto* text = item.if_string();
    const auto whole = text ? absolute_url(base, std::string_view(*text)) : std::nullopt;
    if (!whole) return wrong(prefix + "mirrors");
    urls.push_back(*whole);
  }
  return urls;
}

// The inline manifest, with the entry's digest where it names none. They must not differ.
Result<void> read_manifest(const json::object& object, const std::string& prefix, Entry& entry) {
  const auto* value = object.if_contains("manifest");
  if (!value) return {};
  if (!value->is_object()) return wrong(prefix + "manifest");
  entry.manifest_bytes = json::serialize(*value);
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(entry.manifest_bytes.data()),
                        entry.manifest_bytes.size());
  auto manifest = receiver::parse_manifest(bytes);
  if (!manifest) return Unexpected(manifest.error());
  entry.manifest = *std::move(manifest);
  if (!entry.manifest.parts.empty()) return wrong(prefix + "manifest.parts");
  auto& digest = entry.manifest.sha256;
  if (!digest.empty() && !entry.sha256.empty() && digest != entry.sha256) return wrong(prefix + "sha256");
  if (digest.empty()) digest = entry.sha256;
  entry.sha256 = digest;
  return {};
}

Result<Entry> entry_of(const json::object& object, const std::string& prefix, const std::string& base) {
  Members members(object, prefix);
  Entry entry;
  const auto first = members.url("url", base);
  entry.size = static_cast<std::uint64_t>(members.number("size"));
  const auto digest = members.text("sha256");
  entry.manifest_url = members.url("manifest_url", base);
  const auto name = members.text("name", receiver::kLongestName);
  if (!members.wrong_member().empty()) return wrong(members.wrong_member());
  if (first.empty()) return wrong(prefix + "url");
  entry.urls.push_back(first);
  const auto mirrors = mirrors_of(object, prefix, base);
  if (!mirrors) return Unexpected(mirrors.error());
  entry.urls.insert(entry.urls.end(), mirrors->begin(), mirrors->end());
  if (!digest.empty() && !digest_from_hex(digest)) return wrong(prefix + "sha256");
  entry.sha256 = digest.empty() ? "" : to_hex(*digest_from_hex(digest));
  if (const auto read = read_manifest(object, prefix, entry); !read) return Unexpected(read.error());
  entry.manifest.sha256 = entry.sha256;
  entry.name = name.empty() ? entry_name(first, entry.manifest.title) : receiver::safe_name(name);
  entry.version = entry.id = entry_id({first, entry.sha256});
  return entry;
}

}  // namespace

std::string entry_id(std::initializer_list<std::string_view> parts) {
  Sha256 hash;
  for (const auto part : parts) hash.update(std::to_string(part.size()) + ":").update(part);
  return to_hex(hash.finish());
}

std::string entry_name(const std::string& url, std::string_view title) {
  const auto name = file_name_of(url);
  return receiver::safe_name(name.empty() ? title : std::string_view(name));
}

Result<Listing> parse_catalogue(std::string_view text, const std::string& url) {
  const auto value = parse_json(text);
  if (!value) return refuse("catalogue.json", value.error().args);
  const auto* object = value->if_object();
  if (!object) return refuse("catalogue.format");
  Members members(*object, "");
  const auto version = members.number("catalogue");
  Listing listing;
  listing.title = members.text("title");
  listing.series = members.text("series");
  listing.serial = members.number("serial");
  listing.expires = members.text("expires");
  if (!listing.expires.empty() && !parse_date(listing.expires)) members.complain("expires");
  if (listing.series.empty() != (listing.serial == 0)) members.complain("serial");
  const auto* entries = object->if_contains("entries");
  const auto* list = entries ? entries->if_array() : nullptr;
  if (!list || list->size() > kMostEntries) members.complain("entries");
  if (!members.wrong_member().empty()) return wrong(members.wrong_member());
  if (version != kVersion) return refuse("catalogue.version");
  std::set<std::string> ids;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto prefix = fmt::format("entries[{}].", i);
    const auto* item = (*list)[i].if_object();
    if (!item) return wrong(fmt::format("entries[{}]", i));
    auto entry = entry_of(*item, prefix, url);
    if (!entry) return Unexpected(entry.error());
    if (ids.insert(entry->id).second) listing.entries.push_back(*std::move(entry));
  }
  return listing;
}

Result<Listing> parse_listing(std::span<const std::uint8_t> bytes, const std::string& url) {
  const auto document = read_document(bytes, kCatalogueLimit, host_of(url));
  if (!document) return Unexpected(document.error());
  switch (content_in(document->text)) {
    case Content::catalogue:
      return is_json_feed(document->text) ? parse_json_feed(document->text, url)
                                          : parse_catalogue(document->text, url);
    case Content::feed:
      return parse_feed(document->text, url, document->chinese_gb);
    case Content::page:
      return Unexpected(refusal_of_page(document->text, host_of(url)));
    case Content::other:
      break;
  }
  return refuse("catalogue.format");
}

Content content_of(std::span<const std::uint8_t> bytes) {
  const auto document = read_document(bytes, kCatalogueLimit, "");
  return document ? content_in(document->text) : Content::other;
}

Refusal refusal_of_page(std::string_view page, const std::string& host) {
  return {wants_login(page) ? "catalogue.login_page" : "catalogue.web_page",
          {{"host", host}},
          Refusal::Kind::unavailable};
}

Ending kind_of_ending(const std::string& url) {
  const auto path = ascii_lower(shown_url(url));
  const auto name = path.substr(path.rfind('/') + 1);
  const auto dot = name.rfind('.');
  if (dot == name.npos) return Ending::none;
  const auto ending = name.substr(dot + 1);
  const auto is_one_of = [&](std::string_view list) { return list.find(" " + ending + " ") != list.npos; };
  if (is_one_of(kMedia)) return Ending::media;
  return is_one_of(kOther) ? Ending::other : Ending::none;
}

}  // namespace edu::catalogue
