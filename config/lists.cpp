#include "config/lists.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "calendar/day_window.h"
#include "config/written.h"

namespace edu::config {
namespace {

template <class Item>
struct Member {
  std::string name, what;
  bool needed = false;
  std::function<bool(Item&, const toml::node&)> set;      // false: the value is not as `what` says
  std::function<void(const Item&, toml::table&)> show{};  // leaves out what is as without it
  std::string standard{}, meaning{};                      // as in Setting
  bool secret = false;  // what was written may hold a password, and no complaint repeats it
};

template <class Item>
Member<Item> text(std::string name, std::string Item::*member, std::string what, bool needed,
                  std::function<bool(const std::string&)> fits) {
  auto set = [=](Item& item, const toml::node& node) {
    const auto value = node.value_exact<std::string>();
    if (!value || !fits(*value)) return false;
    item.*member = *value;
    return true;
  };
  auto show = [=](const Item& item, toml::table& table) {
    if (!(item.*member).empty()) table.insert(name, item.*member);
  };
  return {name, std::move(what), needed, std::move(set), std::move(show)};
}

template <class Item>
Member<Item> secret(Member<Item> member) {
  member.secret = true;
  return member;
}

template <class Item>
Member<Item> about(Member<Item> member, std::string standard, std::string meaning) {
  member.standard = std::move(standard);
  member.meaning = std::move(meaning);
  return member;
}

bool is_name(const std::string& text) {
  const bool plain = std::ranges::none_of(text, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '/' || c == '\\';
  });
  return !text.empty() && text.size() <= 200 && plain && text.front() != ' ' && text.back() != ' ';
}

bool is_url(const std::string& text) {
  return text.size() <= 2000 && (text.starts_with("http://") || text.starts_with("https://")) &&
         text.find(' ') == text.npos;
}

// One that is shown to everybody: it names no user and no password.
bool is_open_url(const std::string& text) {
  if (!is_url(text)) return false;
  const auto host = text.find("://") + 3;
  return text.substr(host, text.find_first_of("/?#", host) - host).find('@') == text.npos;
}

// "RW…": the base64 of 42 bytes. Whether it is a key is seen when it is read (receiver/trust/minisign.h).
bool is_key(const std::string& text) { return text.size() == 56 && text.starts_with("RW"); }

constexpr const char* kName = "a text of up to 200 bytes without slashes";
constexpr const char* kUrl = "a URL that begins with http:// or https://, without user and password";

const std::vector<Member<TrustKey>>& key_members() {
  static const std::vector<Member<TrustKey>> all{
      about(text<TrustKey>("name", &TrustKey::name, kName, true, is_name), "\"县远程办\"",
            "whose key it is; must be there"),
      about(text<TrustKey>("key", &TrustKey::key, "a minisign public key, 56 characters that begin with RW",
                           true, is_key),
            "\"RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\"", "must be there")};
  return all;
}

Member<Catalogue> mirrors() {
  auto set = [](Catalogue& item, const toml::node& node) {
    const auto* list = node.as_array();
    if (!list || list->size() > 8) return false;
    for (const auto& one : *list) {
      const auto url = one.value_exact<std::string>();
      if (!url || !is_url(*url)) return false;
      item.mirrors.push_back(*url);
    }
    return true;
  };
  auto show = [](const Catalogue& item, toml::table& table) {
    toml::array list;
    for (const auto& url : item.mirrors) list.push_back(url);
    if (!list.empty()) table.insert("mirrors", std::move(list));
  };
  return {"mirrors", "a list of up to 8 URLs", false, set, show};
}

Member<Catalogue> interval() {
  auto set = [](Catalogue& item, const toml::node& node) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < 1 || *value > 7 * 24 * 60) return false;
    item.interval = minutes(*value);
    return true;
  };
  auto show = [](const Catalogue& item, toml::table& table) {
    table.insert("interval_min", static_cast<std::int64_t>(item.interval.count()));
  };
  return {"interval_min", "a whole number 1..10080, minutes", false, set, show};
}

Member<Catalogue> rate() {
  auto set = [](Catalogue& item, const toml::node& node) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < 0 || *value > 10'000'000) return false;
    item.rate_kbit = static_cast<std::uint64_t>(*value);
    return true;
  };
  auto show = [](const Catalogue& item, toml::table& table) {
    if (item.rate_kbit != 0) table.insert("rate_kbit", static_cast<std::int64_t>(item.rate_kbit));
  };
  return {"rate_kbit", "a whole number 0..10000000, kbit/s", false, set, show};
}

Member<Catalogue> ca_file() {
  auto set = [](Catalogue& item, const toml::node& node) {
    const auto value = node.value_exact<std::string>();
    if (value) item.ca_file = *value;
    return value.has_value();
  };
  auto show = [](const Catalogue& item, toml::table& table) {
    if (!item.ca_file.empty()) table.insert("ca_file", item.ca_file.string());
  };
  return {"ca_file", "a file's path", false, set, show};
}

// "udp://239.1.2.3:5000": what edustation-record may open (receiver/live/input.cpp).
// "rtsp://user:pa/ss@host": whoever reads it takes "user" for the host, and shows the rest.
bool has_loose_password(const std::string& text) {
  const auto begin = std::min(text.find("://") + 3, text.size());
  const auto end = std::min(text.find_first_of("/?#", begin), text.size());
  const auto host = text.substr(begin, end - begin);
  const auto colon = host.rfind(':');
  const bool port =
      colon == host.npos || host.ends_with(']') ||
      std::ranges::all_of(host.substr(colon + 1), [](unsigned char c) { return std::isdigit(c) != 0; });
  return host.find('@') == host.npos && !port && text.find('@', end) != text.npos;
}

bool is_live_url(const std::string& text) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; };
  const auto begins = [&](const char* scheme) { return text.starts_with(scheme); };
  return text.size() <= 2000 && std::ranges::none_of(text, blank) && !has_loose_password(text) &&
         std::ranges::any_of(std::array{"udp://", "rtp://", "rtsp://", "http://", "https://"}, begins);
}

Member<Live> service() {
  auto set = [](Live& item, const toml::node& node) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < 0 || *value > 65535) return false;
    item.service = static_cast<unsigned>(*value);
    return true;
  };
  return about<Live>({"service", "a whole number 0..65535, the service id", false, set}, "0",
                     "of a multiplex, which programme is recorded; 0: the first");
}

Member<Live> live_url() {
  auto url =
      text<Live>("url", &Live::url,
                 "a URL that begins with udp://, rtp://, rtsp://, http:// or https:// (in a password / ? # "
                 "stand as %2F %3F %23)",
                 true, is_live_url);
  return about(secret(std::move(url)), "\"udp://239.1.2.3:5000\"", "of the channel; must be there");
}

const std::vector<Member<Live>>& live_members() {
  static const std::vector<Member<Live>> all{
      about(text<Live>("name", &Live::name, kName, true, is_name), "\"县电视台\"",
            "shown in records; must be there, and each is another"),
      live_url(), service()};
  return all;
}

const std::vector<Member<Catalogue>>& catalogue_members() {
  const auto is_policy = [](const std::string& t) {
    return t == "required" || t == "preferred" || t == "off";
  };
  const auto is_window = [](const std::string& t) { return t.empty() || DayWindow::parse(t).has_value(); };
  const auto is_url_or_none = [](const std::string& t) { return t.empty() || is_url(t); };
  static const std::vector<Member<Catalogue>> all{
      about(text<Catalogue>("name", &Catalogue::name, kName, true, is_name), "\"县课件目录\"",
            "shown in records; must be there, and each is another"),
      about(secret(text<Catalogue>("url", &Catalogue::url, kUrl, true, is_open_url)),
            "\"https://example.org/catalogue.json\"", "where the catalogue or feed is; must be there"),
      about(mirrors(), "[]", "other places of the catalogue itself"),
      about(text<Catalogue>("trust", &Catalogue::trust, "\"required\", \"preferred\" or \"off\"", false,
                            is_policy),
            "\"required\"", "how much it must show; without it: trust.web"),
      about(interval(), "60", "between two looks"),
      about(text<Catalogue>("window", &Catalogue::window, "a time of day like \"22:00-06:00\"", false,
                            is_window),
            "\"22:00-06:00\"", "files are fetched then, local time; without it: always"),
      about(rate(), "0", "at most; 0: no limit"),
      about(secret(text<Catalogue>("proxy", &Catalogue::proxy, "a URL that begins with http:// or https://",
                                   false, is_url_or_none)),
            "\"\"", "asked instead of the server; empty: none"),
      about(ca_file(), "\"\"", "certificates to trust instead of the system's; empty: the system's")};
  return all;
}

template <class Item>
Item read_item(const toml::table& table, const std::string& list, const std::vector<Member<Item>>& members,
               const Complain& complain) {
  Item item;
  for (const auto& [name, node] : table) {
    const auto key = list + "." + std::string(name.str());
    const auto member = std::ranges::find(members, name.str(), &Member<Item>::name);
    if (member == members.end()) {
      std::string names;
      for (const auto& one : members) names += (names.empty() ? "" : ", ") + one.name;
      complain(node, key, "no such setting; those of [[" + list + "]]: " + names);
    } else if (!member->set(item, node)) {
      complain(node, key, (member->secret ? "this" : as_written(node)) + " is not " + member->what);
    }
  }
  for (const auto& member : members)
    if (member.needed && !table.contains(member.name))
      complain(table, list, "lacks " + member.name + ", " + member.what);
  return item;
}

// Where an item stands, for those that people ask about.
template <class Item>
void place(Item& item, std::string_view file_name, const toml::node& node) {
  if constexpr (requires { item.origin; })
    item.origin = fmt::format("{}:{}", file_name, node.source().begin.line);
}

template <class Item>
void read_items(std::vector<Item>& items, const std::string& list, const toml::array& tables,
                const std::vector<Member<Item>>& members, std::string_view file_name,
                const Complain& complain) {
  for (const auto& node : tables) {
    const auto* table = node.as_table();
    if (!table) {
      complain(node, list, "is not a table; write [[" + list + "]]");
      continue;
    }
    auto item = read_item(*table, list, members, complain);
    if (std::ranges::any_of(items, [&](const Item& one) { return one.name == item.name; }))
      complain(node, list, "the name \"" + item.name + "\" is there already");
    place(item, file_name, node);
    items.push_back(std::move(item));
  }
}

// One list of station.toml: everything that is done with lists goes over lists().
struct List {
  std::string name;
  std::function<void(Settings&, const toml::array&, std::string_view file_name, const Complain&)> read;
  std::vector<Setting> settings;
};

template <class Item>
List list_of(std::string name, std::vector<Item>& (*items)(Settings&),
             const std::vector<Member<Item>>& members) {
  auto read = [=, &members](Settings& settings, const toml::array& tables, std::string_view file_name,
                            const Complain& complain) {
    read_items(items(settings), name, tables, members, file_name, complain);
  };
  List list{name, std::move(read), {}};
  for (const auto& member : members)
    list.settings.push_back(
        {name + "." + member.name, member.what, member.standard, "[[" + name + "]]", member.meaning});
  return list;
}

const std::vector<List>& lists() {
  static const std::vector<List> all{
      list_of<TrustKey>(
          "trust.key", [](Settings & s) -> auto& { return s.trust.keys; }, key_members()),
      list_of<Catalogue>(
          "catalogue", [](Settings & s) -> auto& { return s.catalogues; }, catalogue_members()),
      list_of<Live>(
          "live", [](Settings & s) -> auto& { return s.live; }, live_members())};
  return all;
}

const List* find_list(std::string_view name) {
  const auto found = std::ranges::find(lists(), name, &List::name);
  return found == lists().end() ? nullptr : &*found;
}

}  // namespace

bool is_list(std::string_view name) { return find_list(name) != nullptr; }

void read_list(Settings& settings, std::string_view name, const toml::node& list, std::string_view file_name,
               const Complain& complain) {
  const std::string title(name);
  const auto* tables = list.as_array();
  if (!tables) return complain(list, title, "is a list of tables; write [[" + title + "]]");
  find_list(name)->read(settings, *tables, file_name, complain);
}

std::vector<Setting> list_settings() {
  std::vector<Setting> out;
  for (const auto& list : lists()) out.insert(out.end(), list.settings.begin(), list.settings.end());
  return out;
}

std::string to_toml(const std::vector<Catalogue>& catalogues) {
  toml::array list;
  for (const auto& item : catalogues) {
    toml::table table;
    for (const auto& member : catalogue_members()) member.show(item, table);
    list.push_back(std::move(table));
  }
  toml::table whole;
  if (!list.empty()) whole.insert("catalogue", std::move(list));
  std::ostringstream out;
  out << toml::toml_formatter(whole, toml::toml_formatter::default_flags) << "\n";
  return out.str();
}

}  // namespace edu::config
