// RSS (0.9x, 1.0, 2.0), Atom (RFC 4287) and JSON feeds (jsonfeed.org, 1.0 and 1.1) whose items name files of
// media, as many educators publish, with the extensions of podcasts (itunes:, media:). The only user of
// pugixml in this room. It reads no DTD and expands no entities but XML's own five, so a bomb of them stays
// the few bytes that it is.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/json.h"
#include "base/text.h"
#include "receiver/catalogue/document.h"
#include "receiver/catalogue/http.h"
#include "receiver/catalogue/listing.h"

namespace edu::catalogue {
namespace {

constexpr int kDeepest = 64;              // levels of elements; pugixml itself does not count them
constexpr std::size_t kBefore = 8 << 10;  // bytes of something else before the feed begins

std::string line_of(const std::string& text, std::size_t most = receiver::kLongestText) {
  const auto line = plain_text(to_utf8(text));
  const auto normal = nfc(truncate_utf8(line, most)).value_or("");
  return one_line(truncate_utf8(normal, most));
}

// "media:content" → "content": which prefix a namespace has is the writer's choice.
std::string_view local(std::string_view name) { return name.substr(name.find(':') + 1); }

bool is(const pugi::xml_node& node, std::string_view name) { return local(node.name()) == name; }

// The child of that name without a prefix, or else the first with one.
pugi::xml_node child(const pugi::xml_node& node, const char* name) {
  if (const auto plain = node.child(name)) return plain;
  return node.find_child([name](const pugi::xml_node& one) { return is(one, name); });
}

// All text below it, CDATA too, as of an Atom title in XHTML. Documents that are too deep never come here.
void add_text(const pugi::xml_node& node, std::string& out) {
  for (const auto& one : node.children())
    if (one.type() == pugi::node_pcdata || one.type() == pugi::node_cdata)
      out += one.value();
    else
      add_text(one, out);
}
std::string text_of(const pugi::xml_node& node) {
  std::string out;
  add_text(node, out);
  return out;
}

std::string attribute(const pugi::xml_node& node, std::string_view name) {
  for (const auto& one : node.attributes())
    if (local(one.name()) == name) return one.value();
  return "";
}

std::uint64_t length_of(const std::string& text) {
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && stop == text.data() + text.size() ? value : 0;
}

struct Enclosure {
  std::string url, base, length, type, medium;
};

// How much speaks for its being media: its type, its name's ending, or nothing against it. Types are often
// wrong ("text/plain", "application/x-shockwave-flash"): then the first bytes decide, once it is fetched.
int promise_of(const Enclosure& enclosure) {
  if (enclosure.url.empty()) return 0;
  const auto type = ascii_lower(enclosure.type);
  const auto ending = kind_of_ending(enclosure.url);
  const bool media_type = type.starts_with("video/") || type.starts_with("audio/") ||
                          enclosure.medium == "video" || enclosure.medium == "audio";
  if (ending == Ending::media) return media_type ? 4 : 3;
  if (media_type) return 2;
  return ending == Ending::other || enclosure.medium == "image" || type.starts_with("image/") ? 0 : 1;
}

void consider(const pugi::xml_node& node, const std::string& base, std::vector<Enclosure>& found) {
  Enclosure one;
  one.base = base;
  for (const auto* name : {"url", "href", "src", "resource", "about"})
    if (one.url.empty()) one.url = attribute(node, name);
  one.length = attribute(node, std::string_view(node.name()) == "media:content" ? "fileSize" : "length");
  one.type = attribute(node, "type");
  one.medium = attribute(node, "medium");
  found.push_back(std::move(one));
}

// `xml:base` of an element, within that of what it stands in.
std::string base_of(const pugi::xml_node& node, const std::string& around) {
  const std::string own = node.attribute("xml:base").value();
  return own.empty() ? around : absolute_url(around, own).value_or(around);
}

// <enclosure>, <media:content>, <media:group>, Atom's <link rel="enclosure">; where an item has none of them,
// its link, if that ends as media does.
Enclosure enclosure_of(const pugi::xml_node& item, const std::string& base) {
  std::vector<Enclosure> found;
  for (const auto& node : item.children()) {
    const auto here = base_of(node, base);
    if (is(node, "enclosure") || is(node, "content")) consider(node, here, found);
    if (is(node, "link") && ascii_lower(attribute(node, "rel")) == "enclosure") consider(node, here, found);
    if (is(node, "group"))
      for (const auto& one : node.children())
        if (is(one, "content")) consider(one, here, found);
  }
  const auto link = child(item, "link");
  Enclosure linked{link.attribute("href").value(), base, "", "", ""};
  if (linked.url.empty()) linked.url = text_of(link);
  if (kind_of_ending(linked.url) == Ending::media) found.push_back(std::move(linked));
  const auto best = std::ranges::max_element(found, {}, promise_of);  // of equal ones the first
  return best == found.end() || promise_of(*best) == 0 ? Enclosure() : *best;
}

std::string author_of(const pugi::xml_node& item) {
  const auto author = child(item, "author");
  const auto name = child(author, "name");
  const auto creator = item.child("dc:creator");
  return line_of(text_of(creator ? creator : name ? name : author));
}

// The address in GB 2312 besides, as a server that writes its pages so may name its files.
void add_gb_address(const Enclosure& enclosure, Entry& entry) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  std::string address;
  for (auto at = enclosure.url.begin(); at != enclosure.url.end();) {
    const auto end = std::find_if(at, enclosure.url.end(), is_ascii);
    const auto bytes = to_gb18030(std::string(at, end));
    if (!bytes) return;
    for (const char c : *bytes) address += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    at = end;
    while (at != enclosure.url.end() && is_ascii(*at)) address += *at++;
  }
  const auto url = absolute_url(enclosure.base, address);
  if (url && *url != entry.urls.front()) entry.urls.push_back(*url);
}

struct Context {
  std::string base;
  bool chinese_gb;
};

struct Item {
  Entry entry;
  std::string guid, published;
};

std::optional<Item> item_of(const pugi::xml_node& node, const Context& context) {
  const auto enclosure = enclosure_of(node, base_of(node, context.base));
  const auto url = absolute_url(enclosure.base, enclosure.url);
  if (!url) return std::nullopt;
  Item item;
  auto& entry = item.entry;
  entry.urls = {*url};
  if (context.chinese_gb) add_gb_address(enclosure, entry);
  entry.size = 0;  // feeds are often wrong about it: `length` tells versions apart, and nothing else
  entry.doubtful = promise_of(enclosure) == 1;
  entry.manifest.title = line_of(text_of(child(node, "title")));
  const auto category = child(node, "category");
  const std::string term = category.attribute("term").value();
  entry.manifest.category = line_of(term.empty() ? text_of(category) : term);
  entry.manifest.lecturer = author_of(node);
  entry.name = entry_name(*url, entry.manifest.title);
  const auto guid = child(node, "guid");
  item.guid = one_line(to_utf8(text_of(guid ? guid : child(node, "id"))));
  const auto updated = child(node, "updated"), date = child(node, "pubDate");
  item.published = text_of(updated ? updated : date ? date : child(node, "date"));
  const auto length = std::to_string(length_of(enclosure.length));
  entry.version = entry_id({*url, item.guid, item.published, length});
  entry.published = entry_id({item.published, length});
  return item;
}

// An item is told by its guid: its address may hold a word that is another one each time. Where several files
// have the same guid, or none has one, by the address.
void number_items(std::vector<Item>& items) {
  std::map<std::string, std::string> first;  // the address that a guid came with first
  std::map<std::string, bool> shared;
  for (const auto& item : items) {
    const auto address = shown_url(item.entry.urls.front());
    const auto [known, fresh] = first.emplace(item.guid, address);
    if (!fresh && known->second != address) shared[item.guid] = true;
  }
  for (auto& item : items) {
    const auto& url = item.entry.urls.front();
    item.entry.id = item.guid.empty() || shared.contains(item.guid) ? entry_id({"url", url, item.guid})
                                                                    : entry_id({"guid", item.guid});
  }
}

bool too_deep(const pugi::xml_document& document) {
  struct Walker final : pugi::xml_tree_walker {
    bool for_each(pugi::xml_node&) override { return depth() <= kDeepest; }
  } walker;
  // traverse() answers false when for_each did.
  return !const_cast<pugi::xml_document&>(document).traverse(walker);
}

// What a program wrote before it, a warning of its own perhaps, is not of the feed.
std::string_view from_root(std::string_view xml) {
  const auto head = ascii_lower(xml.substr(0, kBefore));
  auto begin = head.find("<?xml");
  for (const auto* root : {"<rss", "<feed", "<rdf:rdf"}) begin = std::min(begin, head.find(root));
  return begin == head.npos ? xml : xml.substr(begin);
}

std::vector<Item> items_of(const pugi::xml_node& list, const Context& context, Listing& listing) {
  std::vector<Item> items;
  for (const auto& node : list.children()) {
    if (!is(node, "item") && !is(node, "entry")) continue;
    if (items.size() >= kMostEntries) break;
    if (auto item = item_of(node, context))
      items.push_back(*std::move(item));
    else
      ++listing.passed_over;
  }
  return items;
}

Result<Listing> read_feed(const pugi::xml_document& document, const std::string& url, bool chinese_gb) {
  const auto root = document.document_element();
  const bool rss = is(root, "rss"), rdf = is(root, "RDF");
  const auto channel = rss || rdf ? child(root, "channel") : is(root, "feed") ? root : pugi::xml_node();
  if (channel.empty()) return refuse("catalogue.feed", {{"what", "neither <rss> nor <feed>"}});
  Context context{base_of(root, url), chinese_gb};
  if (channel != root) context.base = base_of(channel, context.base);
  Listing listing;
  listing.feed = true;
  listing.title = line_of(text_of(child(channel, "title")));
  auto items = items_of(channel, context, listing);
  if (rdf) {  // RSS 1.0: beside the channel
    auto beside = items_of(root, context, listing);
    std::ranges::move(beside, std::back_inserter(items));
  }
  number_items(items);
  for (auto& item : items) {
    const bool fresh = std::ranges::find(listing.entries, item.entry.id, &Entry::id) == listing.entries.end();
    if (fresh)
      listing.entries.push_back(std::move(item.entry));
    else
      ++listing.passed_over;
  }
  return listing;
}

// A number too: some feeds number their items.
std::string json_text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (!value) return "";
  if (const auto* text = value->if_string()) return std::string(*text);
  return value->is_number() ? json::serialize(*value) : "";
}

void put(pugi::xml_node to, const char* name, const std::string& text) {
  if (!text.empty()) to.append_child(name).text().set(text.c_str());
}

pugi::xml_node put_link(pugi::xml_node to, const std::string& url) {
  auto link = to.append_child("link");
  link.append_attribute("href") = url.c_str();
  return link;
}

// An item of a JSON Feed as an entry of Atom, which means the same.
void put_entry(pugi::xml_node feed, const json::object& item) {
  auto entry = feed.append_child("entry");
  // A page, unless it ends as media does.
  const auto external = json_text(item, "external_url");
  const bool media = kind_of_ending(external) == Ending::media;
  put_link(entry, media ? external : json_text(item, "url"));
  put(entry, "id", json_text(item, "id"));
  put(entry, "title", json_text(item, "title"));
  const auto modified = json_text(item, "date_modified");
  put(entry, "updated", modified.empty() ? json_text(item, "date_published") : modified);
  const auto& authors = get_array(item, "authors");
  const auto* first = authors.empty() ? nullptr : authors.front().if_object();
  put(entry.append_child("author"), "name", json_text(first ? *first : get_object(item, "author"), "name"));
  const auto& tags = get_array(item, "tags");
  if (!tags.empty() && tags.front().is_string())
    entry.append_child("category").append_attribute("term") = tags.front().get_string().c_str();
  for (const auto& one : get_array(item, "attachments")) {
    if (!one.is_object()) continue;
    auto link = put_link(entry, json_text(one.get_object(), "url"));
    link.append_attribute("rel") = "enclosure";
    link.append_attribute("type") = json_text(one.get_object(), "mime_type").c_str();
    link.append_attribute("length") = json_text(one.get_object(), "size_in_bytes").c_str();
  }
}

}  // namespace

Result<Listing> parse_feed(std::string_view text, const std::string& url, bool chinese_gb) {
  const auto xml = from_root(text);
  pugi::xml_document document;
  const auto parsed = document.load_buffer(
      xml.data(), xml.size(), pugi::parse_minimal | pugi::parse_escapes | pugi::parse_cdata | pugi::parse_eol,
      pugi::encoding_utf8);
  if (!parsed) return refuse("catalogue.feed", {{"what", parsed.description()}});
  if (too_deep(document)) return refuse("catalogue.feed", {{"what", "too deep"}});
  return read_feed(document, url, chinese_gb);
}

bool is_json_feed(std::string_view text) {
  const auto head = text.substr(0, kBefore);
  return head.find("jsonfeed.org/version") != head.npos;
}

Result<Listing> parse_json_feed(std::string_view text, const std::string& url) {
  const auto value = parse_json(text);
  if (!value) return refuse("catalogue.json", value.error().args);
  const auto* object = value->if_object();
  if (!object) return refuse("catalogue.format");
  pugi::xml_document document;
  auto feed = document.append_child("feed");
  put(feed, "title", json_text(*object, "title"));
  for (const auto& item : get_array(*object, "items"))
    if (item.is_object()) put_entry(feed, item.get_object());
  return read_feed(document, url, false);
}

}  // namespace edu::catalogue
