// A catalogue as it came over the web: what there is to fetch, and where.
//
//   {"catalogue": 1, "title": "…", "series": "…", "serial": 12, "expires": "2027-03-31",
//    "entries": [{"url": "a.mp4", "mirrors": ["https://…"], "size": 123, "sha256": "…",
//                 "manifest": {…} or "manifest_url": "a.mp4.manifest.json"}]}
//
// or an RSS or Atom feed with enclosures (feed.cpp). Pure parsers of outside bytes: no I/O, never throw,
// whatever the bytes are; any thread. docs/formats.md says it member by member.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "receiver/trust/manifest.h"

namespace edu::catalogue {

inline constexpr std::size_t kCatalogueLimit = 4 << 20;  // bytes; some 10,000 entries
inline constexpr std::size_t kMostEntries = 10'000;
inline constexpr std::size_t kMostMirrors = 8;  // of one entry, and of a catalogue

struct Entry {
  std::string id;                 // what tells it from the others, over several readings; at most 64 digits
  std::string version;            // another one where address, date or length are others; 64 digits
  std::string published;          // of a feed: its date and length; 64 digits, or empty
  bool doubtful = false;          // nothing says that it is media: its first bytes have to
  std::string name;               // of the file: bare, UTF-8, with an ending where there is one
  std::vector<std::string> urls;  // absolute; the first, then its mirrors
  std::uint64_t size = 0;         // bytes; 0: not said
  std::string sha256;             // lower-case hex, or empty
  std::string manifest_url;       // absolute, or empty
  receiver::Manifest manifest;    // inline, or as much as the feed says
  std::string manifest_bytes;     // the inline one as JSON; empty: there is none
};

struct Listing {
  std::string title;
  std::string series;       // with `serial`, of a signed catalogue: an older one is refused
  std::int64_t serial = 0;  // 0: none
  std::string expires;      // the last day, or empty
  bool feed = false;
  std::vector<Entry> entries;
  std::size_t passed_over = 0;  // items of a feed without courseware
};

// `url`: where the bytes came from, for what is relative in them. Refusals catalogue.format (neither JSON nor
// XML), .login_page {host}, .web_page {host} (a page for people instead), .too_large, .json {where, what},
// .member {member}, .version, .entry {number, why}, .feed {what}, and the refusals of a manifest.
Result<Listing> parse_listing(std::span<const std::uint8_t> bytes, const std::string& url);
Result<Listing> parse_catalogue(std::string_view json_text, const std::string& url);
// `chinese_gb`: it was written in GB 2312 or the like, and so may be the names of its server's files.
Result<Listing> parse_feed(std::string_view xml, const std::string& url, bool chinese_gb = false);
// A feed in JSON, as jsonfeed.org has it: its `version` begins with the address of that.
bool is_json_feed(std::string_view json_text);
Result<Listing> parse_json_feed(std::string_view json_text, const std::string& url);

// What the bytes seem to be, by their beginning; unpacked and decoded for that.
enum class Content { catalogue, feed, page, other };
Content content_of(std::span<const std::uint8_t> bytes);
// The refusal of a page that came instead of what was asked for.
Refusal refusal_of_page(std::string_view page, const std::string& host);

// What the ending of a URL's path says.
enum class Ending { none, media, other };  // other: a picture, a text, an archive …
Ending kind_of_ending(const std::string& url);

// Where the path of a URL may stand for the same bytes later: SHA-256 over the parts, in hex.
std::string entry_id(std::initializer_list<std::string_view> parts);
// The name that a file from there gets: of the URL's path, or of `title`, made harmless.
std::string entry_name(const std::string& url, std::string_view title);

}  // namespace edu::catalogue
