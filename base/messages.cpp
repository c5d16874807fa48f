#include "base/messages.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/args.h>
#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/cell_text.h"
#include "base/message_data.h"

namespace edu {
namespace {

using Catalogue = std::map<std::string, std::string, std::less<>>;

void flatten(const toml::table& table, const std::string& prefix, Catalogue& out) {
  for (const auto& [key, node] : table) {
    const auto name = prefix.empty() ? std::string(key.str()) : prefix + "." + std::string(key.str());
    if (const auto* inner = node.as_table())
      flatten(*inner, name, out);
    else
      out.emplace(name, node.value_or(std::string()));
  }
}

Catalogue load(std::string_view toml_text) {
  Catalogue catalogue;
  flatten(toml::parse(toml_text), "", catalogue);
  return catalogue;
}

const Catalogue& catalogue(Language language) {
  static const Catalogue zh = load(kTextsZh);
  static const Catalogue en = load(kTextsEn);
  return language == Language::en ? en : zh;
}

// A value of a text as {name} or {name:time}.
struct Argument {
  std::string_view value;
  Language language;
};

// The time on the clock that an ISO 8601 time names, whatever its offset; what is none stays as it is.
std::string time_for_people(std::string_view value, Language language) {
  const auto local = parse_local_time(value.substr(0, std::min<std::size_t>(value.size(), 19)));
  if (!local) return std::string(value);
  const bool whole_minute = local->time_since_epoch() % std::chrono::minutes(1) == seconds(0);
  return shown(Instant{WallTime(local->time_since_epoch()), seconds(0), !whole_minute}, language);
}

}  // namespace
}  // namespace edu

template <>
struct fmt::formatter<edu::Argument> {
  bool time = false;

  constexpr auto parse(fmt::format_parse_context& context) {
    const std::string_view rest(context.begin(), static_cast<std::size_t>(context.end() - context.begin()));
    time = rest.starts_with("time");
    return context.begin() + (time ? 4 : 0);
  }
  template <class Context>
  auto format(const edu::Argument& argument, Context& context) const {
    return fmt::format_to(
        context.out(), "{}",
        time ? edu::time_for_people(argument.value, argument.language) : std::string(argument.value));
  }
};

namespace edu {

Language language_of(std::string_view preference, Language fallback) {
  // Accept-Language lists what is liked best first in practice; weights are not worth a parser of their own.
  while (!preference.empty()) {
    const auto start = preference.find_first_not_of(" ,");
    if (start == std::string_view::npos) break;
    preference.remove_prefix(start);
    const auto item = preference.substr(0, preference.find(','));
    if (item.starts_with("zh")) return Language::zh;
    if (item.starts_with("en")) return Language::en;
    preference.remove_prefix(item.size());
  }
  return fallback;
}

const char* tag(Language language) { return language == Language::en ? "en" : "zh-CN"; }

std::string text(Language language, std::string_view key, const Args& args) {
  const auto& texts = catalogue(language);
  const auto found = texts.find(key);
  if (found == texts.end()) return std::string(key);
  fmt::dynamic_format_arg_store<fmt::format_context> store;
  for (const auto& [name, value] : args) store.push_back(fmt::arg(name.c_str(), Argument{value, language}));
  try {
    return fmt::vformat(found->second, store);
  } catch (const fmt::format_error&) {  // an argument is missing: the bare text says more than nothing
    return found->second;
  }
}

bool has_text(Language language, std::string_view key) { return catalogue(language).contains(key); }

std::string text(Language language, const Refusal& refusal) {
  return text(language, "refusal." + refusal.code, refusal.args);
}

std::vector<std::string> text_keys(Language language) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : catalogue(language)) keys.push_back(key);
  return keys;
}

std::string_view raw_text(Language language, std::string_view key) {
  const auto found = catalogue(language).find(key);
  return found == catalogue(language).end() ? std::string_view() : found->second;
}

}  // namespace edu
