// RSS 2.0 and Atom (RFC 4287) feeds whose items enclose files of media, as many educators publish. The only
// user of pugixml in this room. It reads no DTD and expands no entities but XML's own five, so a bomb of them
// stays the few bytes that it is.
#include <algorithm>
#include <array>
#include <charconv>

#include <pugixml.hpp>

#include "base/text.h"
#include "receiver/catalogue/http.h"
#include "receiver/catalogue/listing.h"

namespace edu::catalogue {
namespace {

constexpr int kDeepest = 64;  // levels of elements; pugixml itself does not count them

std::string line_of(const char* text, std::size_t most = receiver::kLongestText) {
  const auto line = one_line(to_utf8(text));
  const auto normal = nfc(truncate_utf8(line, most)).value_or("");
  return one_line(truncate_utf8(normal, most));
}

std::uint64_t length_of(const char* text) {
  std::uint64_t value = 0;
  const std::string_view all(text);
  const auto [stop, error] = std::from_chars(all.data(), all.data() + all.size(), value);
  return error == std::errc() && stop == all.data() + all.size() ? value : 0;
}

// A type that says it is no media is skipped; one that says nothing is fetched and examined.
bool may_be_media(const std::string& type) {
  const auto lower = ascii_lower(type);
  return lower.empty() || lower.starts_with("video/") || lower.starts_with("audio/") ||
         lower == "application/octet-stream" || lower == "application/mp4" || lower == "application/ogg";
}

struct Enclosure {
  std::string url, length, type;
};

// The first that may be media, of RSS's <enclosure url> or Atom's <link rel="enclosure" href>.
Enclosure enclosure_of(const pugi::xml_node& item, bool atom) {
  for (const auto& node : item.children(atom ? "link" : "enclosure")) {
    if (atom && std::string_view(node.attribute("rel").value()) != "enclosure") continue;
    Enclosure found{node.attribute(atom ? "href" : "url").value(), node.attribute("length").value(),
                    node.attribute("type").value()};
    if (may_be_media(found.type)) return found;
  }
  return {};
}

std::string author_of(const pugi::xml_node& item, bool atom) {
  if (atom) return line_of(item.child("author").child("name").child_value());
  const auto* creator = item.child("dc:creator").child_value();
  return line_of(*creator ? creator : item.child("itunes:author").child_value());
}

std::optional<Entry> entry_of(const pugi::xml_node& item, bool atom, const std::string& base) {
  const auto enclosure = enclosure_of(item, atom);
  const auto url = absolute_url(base, one_line(enclosure.url));
  if (!url) return std::nullopt;
  Entry entry;
  entry.urls = {*url};
  entry.size = 0;  // feeds are often wrong about it: `length` tells versions apart, and nothing else
  entry.manifest.title = line_of(item.child_value("title"));
  entry.manifest.category =
      line_of(atom ? item.child("category").attribute("term").value() : item.child_value("category"));
  entry.manifest.lecturer = author_of(item, atom);
  entry.name = entry_name(*url, entry.manifest.title);
  const auto* guid = item.child_value(atom ? "id" : "guid");
  const auto* date = item.child_value(atom ? "updated" : "pubDate");
  entry.id = entry_id({*url, guid, date, std::to_string(length_of(enclosure.length.c_str()))});
  return entry;
}

bool too_deep(const pugi::xml_document& document) {
  struct Walker final : pugi::xml_tree_walker {
    bool for_each(pugi::xml_node&) override { return depth() <= kDeepest; }
  } walker;
  // traverse() answers false when for_each did.
  return !const_cast<pugi::xml_document&>(document).traverse(walker);
}

}  // namespace

Result<Listing> parse_feed(std::string_view xml, const std::string& url) {
  pugi::xml_document document;
  const auto parsed =
      document.load_buffer(xml.data(), xml.size(),
                           pugi::parse_minimal | pugi::parse_escapes | pugi::parse_cdata | pugi::parse_eol);
  if (!parsed) return refuse("catalogue.feed", {{"what", parsed.description()}});
  if (too_deep(document)) return refuse("catalogue.feed", {{"what", "too deep"}});
  const auto channel = document.child("rss").child("channel");
  const auto feed = document.child("feed");
  const bool atom = !feed.empty();
  const auto& list = atom ? feed : channel;
  if (list.empty()) return refuse("catalogue.feed", {{"what", "neither <rss> nor <feed>"}});
  Listing listing;
  listing.feed = true;
  listing.title = line_of(list.child_value("title"));
  for (const auto& item : list.children(atom ? "entry" : "item")) {
    if (listing.entries.size() >= kMostEntries) break;
    auto entry = entry_of(item, atom, url);
    const bool fresh =
        entry && std::ranges::find(listing.entries, entry->id, &Entry::id) == listing.entries.end();
    if (fresh)
      listing.entries.push_back(*std::move(entry));
    else
      ++listing.passed_over;
  }
  return listing;
}

}  // namespace edu::catalogue
