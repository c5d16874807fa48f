#include "people/roster_words.h"

#include <algorithm>
#include <map>

#include "base/typed.h"
#include "people/cells.h"

namespace edu::people {
namespace {

template <class E>
using WordMap = std::map<std::string, E>;

// The words of a vocabulary as they may be typed: the texts of both catalogues, the keys, usual other words.
template <class E>
WordMap<E> words_of(std::initializer_list<std::pair<const char*, E>> others) {
  WordMap<E> words;
  for (const auto& word : Vocabulary<E>::words) {
    words.emplace(name_key(word.key), word.value);
    for (const auto language : {Language::zh, Language::en})
      words.emplace(name_key(label(language, word.value)), word.value);
  }
  for (const auto& [text, value] : others) words.emplace(name_key(text), value);
  return words;
}

const WordMap<Gender>& genders() {
  static const auto words = words_of<Gender>(
      {{"m", Gender::male}, {"f", Gender::female}, {"男性", Gender::male}, {"女性", Gender::female}});
  return words;
}

const WordMap<Category>& categories() {
  static const auto words = words_of<Category>({{"正式党员", Category::member},
                                                {"中共党员", Category::member},
                                                {"共产党员", Category::member},
                                                {"老党员", Category::member},
                                                {"村干部", Category::cadre},
                                                {"两委干部", Category::cadre},
                                                {"村两委干部", Category::cadre},
                                                {"社区干部", Category::cadre},
                                                {"中共预备党员", Category::probationary},
                                                {"积极分子", Category::applicant},
                                                {"发展对象", Category::applicant},
                                                {"申请人", Category::petitioner},
                                                {"申请入党人", Category::petitioner},
                                                {"生活困难党员", Category::hardship},
                                                {"贫困党员", Category::hardship},
                                                {"外出党员", Category::floating},
                                                {"村级后备干部", Category::reserve},
                                                {"村民", Category::villager},
                                                {"居民", Category::villager},
                                                {"普通群众", Category::villager},
                                                {"团员", Category::villager},
                                                {"共青团员", Category::villager}});
  return words;
}

const WordMap<Status>& statuses() {
  static const auto words = words_of<Status>({{"正常", Status::on_roll},
                                              {"在村", Status::on_roll},
                                              {"外出", Status::mobile},
                                              {"外出流动", Status::mobile},
                                              {"生病", Status::ill},
                                              {"患病", Status::ill},
                                              {"已迁出", Status::moved_out},
                                              {"转出", Status::moved_out},
                                              {"已转出", Status::moved_out},
                                              {"去世", Status::moved_out},
                                              {"已故", Status::moved_out}});
  return words;
}

const WordMap<Role>& roles() {
  static const auto words =
      words_of<Role>({{"操作管理人员", Role::station_operator}, {"学习辅导人员", Role::tutor}});
  return words;
}

template <class E>
std::optional<E> typed(const WordMap<E>& words, const std::string& cell) {
  const auto found = words.find(name_key(cell));
  if (found == words.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> split(std::string text, std::string_view marks) {
  for (char& c : text)
    if (marks.find(c) != marks.npos) c = ',';
  return typed_list(text);
}

// A word may hold a blank ("moved out"); where it is none, blanks divide words (党员 干部).
template <class E>
Words<E> several(const WordMap<E>& words, const std::string& cell) {
  Words<E> out;
  const auto take = [&](const std::string& item) {
    const auto value = typed(words, item);
    if (value && std::ranges::find(out.known, *value) == out.known.end()) out.known.push_back(*value);
    return value.has_value();
  };
  if (take(cell)) return out;
  for (const auto& item : split(cell, "/+&()")) {
    if (take(item)) continue;
    for (const auto& part : split(item, " "))
      if (!take(part)) out.unknown.push_back(part);
  }
  return out;
}

}  // namespace

std::optional<Gender> typed_gender(const std::string& cell) { return typed(genders(), cell); }
std::optional<Status> typed_status(const std::string& cell) { return typed(statuses(), cell); }
std::optional<Category> typed_category(const std::string& cell) { return typed(categories(), cell); }
std::optional<Role> typed_role(const std::string& cell) { return typed(roles(), cell); }

Words<Category> typed_categories(const std::string& cell) { return several(categories(), cell); }

Words<Role> typed_roles(const std::string& cell) {
  auto out = several(roles(), cell);
  std::ranges::sort(out.known);
  return out;
}

Standing standing(const std::vector<Category>& all) {
  const auto has = [&](Category category) { return std::ranges::find(all, category) != all.end(); };
  const auto is_mark = [](Category category) {
    return category == Category::hardship || category == Category::floating || category == Category::reserve;
  };
  auto first = std::ranges::find_if_not(all, is_mark);
  Standing out{first == all.end() ? all.front() : *first, {}};
  const bool of_a_member = out.category == Category::hardship || out.category == Category::floating;
  if (of_a_member) out.category = Category::member;
  for (const auto& word : Vocabulary<Category>::words)
    if (has(word.value) && word.value != out.category) out.marks.push_back(word.value);
  return out;
}

}  // namespace edu::people
