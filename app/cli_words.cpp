#include "app/cli_words.h"

#include <algorithm>
#include <array>

#include "base/messages.h"
#include "base/typed.h"
#include "logs/books/books.h"
#include "logs/study/sign_in.h"

namespace edu::app {
namespace {

constexpr std::array<std::string_view, 5> kListOptions{"--courseware", "--exdate", "--rdate", "--group",
                                                       "--role"};

// The texts of a key in both languages.
std::vector<std::string> named(const std::string& key, std::vector<std::string> others = {}) {
  for (const auto language : {Language::zh, Language::en}) others.push_back(text(language, key));
  return others;
}

bool is_list(std::string_view option) {
  return std::ranges::find(kListOptions, option) != kListOptions.end();
}

std::string with_commas(const std::string& value) {
  std::string out;
  for (const auto& item : typed_list(value)) out += (out.empty() ? "" : ",") + item;
  return out.empty() ? value : out;
}

// Chinese keyboards make one long dash of two short ones.
std::string with_dashes(const std::string& argument) {
  std::size_t at = 0;
  bool wide = false;
  for (bool more = true; more;) {
    more = false;
    for (const std::string_view dash : {"－", "—", "–", "−", "-"}) {
      if (!std::string_view(argument).substr(at).starts_with(dash)) continue;
      wide = wide || dash.size() > 1;
      at += dash.size();
      more = true;
      break;
    }
  }
  const auto name = argument.substr(at);
  const bool is_name =
      !name.empty() && ((name[0] >= 'a' && name[0] <= 'z') || (name[0] >= 'A' && name[0] <= 'Z'));
  if (!wide || !is_name) return argument;
  return (name.size() == 1 ? "-" : "--") + name;
}

}  // namespace

std::string meant(const Choices& choices, std::string_view typed) {
  const auto form = name_key(typed.substr(0, 200));
  for (const auto& choice : choices)
    if (name_key(choice.value) == form) return choice.value;
  for (const auto& choice : choices)
    for (const auto& word : choice.words)
      if (name_key(word) == form) return choice.value;
  return {};
}

std::vector<std::string> words_of(const Choices& choices) {
  std::vector<std::string> words;
  for (const auto& choice : choices) words.push_back(choice.value);
  for (const auto& choice : choices) words.insert(words.end(), choice.words.begin(), choice.words.end());
  return words;
}

Choices programme_kinds() {
  return {{"group", named("scheduler.kind.group", {"集中学习", "集中收看"})},
          {"open", named("scheduler.kind.open", {"开放收看"})},
          {"individual", named("scheduler.kind.individual", {"点播", "自学", "个别"})}};
}

Choices sign_in_means() {
  Choices out;
  for (const auto means : logs::kSignInMeans)
    out.push_back({std::string(means), named("book.means." + std::string(means))});
  return out;
}

Choices books() {
  Choices out;
  for (const auto& book : logs::all_books()) {
    const auto name = text(Language::zh, "cli.book." + book.name);
    out.push_back({book.name, {name, name + "簿", name + "记录", name + "记录簿", name + "签到簿"}});
  }
  return out;
}

Choices rate_parts() { return {{"group", {"小组", "支部", "组"}}, {"person", {"人", "个人", "人员"}}}; }
Choices table_formats() { return {{"table", {"表格", "表"}}, {"csv", {}}, {"json", {}}}; }
Choices trust_levels() {
  return {{"required", named("source.trust.required", {"必须"})},
          {"preferred", named("source.trust.preferred")},
          {"off", named("source.trust.off", {"不看", "关"})}};
}
Choices repeats() {
  return {{"daily", {"每天", "每日"}},
          {"weekly", {"每周", "每星期"}},
          {"weekdays", {"工作日", "周一至周五"}},
          {"monthly", {"每月"}}};
}
Choices languages() {
  return {{"zh", {"中文", "zh_CN", "zh-CN", "Chinese"}}, {"en", {"英文", "en_GB", "en_US", "English"}}};
}
Choices twin_decisions() {
  return {{"same", {"同一人"}}, {"new", {"另一人", "新人"}}, {"skip", {"跳过", "不收"}}};
}

std::vector<std::string> as_meant(std::vector<std::string> arguments) {
  std::string last;
  for (auto& argument : arguments) {
    if (is_list(last)) {
      argument = with_commas(argument);
      last.clear();
      continue;
    }
    argument = with_dashes(argument);
    const auto equals = argument.find('=');
    const bool joined = equals != argument.npos && is_list(argument.substr(0, equals));
    if (joined) argument = argument.substr(0, equals + 1) + with_commas(argument.substr(equals + 1));
    last = argument;
  }
  return arguments;
}

}  // namespace edu::app
