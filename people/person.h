// What a person on the roster is. Everywhere outside the roster a person is `id` alone, a random name, so
// that a person can be erased from the roster while the journal stays whole.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/messages.h"
#include "base/time.h"

namespace edu::people {

enum class Gender { unstated, male, female };
// 党员 干部 预备党员 入党积极分子 群众 入党申请人 困难党员 流动党员 后备干部. A person may be several of
// them.
enum class Category {
  member,
  cadre,
  probationary,
  applicant,
  villager,
  petitioner,
  hardship,
  floating,
  reserve
};
enum class Status { on_roll, mobile, ill, moved_out };  // 在册 流动 因病 迁出
enum class Role { station_operator, tutor };            // 操作员 辅导员

// One word of a vocabulary: its key in tables, settings and JSON; people.<vocabulary>.<key> is its text.
template <class E>
struct Word {
  E value;
  std::string_view key;
};

template <class E>
struct Vocabulary;
template <>
struct Vocabulary<Gender> {
  static constexpr std::string_view name = "gender";
  static constexpr std::array<Word<Gender>, 3> words{
      {{Gender::unstated, "unstated"}, {Gender::male, "male"}, {Gender::female, "female"}}};
};
template <>
struct Vocabulary<Category> {
  static constexpr std::string_view name = "category";
  static constexpr std::array<Word<Category>, 9> words{{{Category::member, "member"},
                                                        {Category::cadre, "cadre"},
                                                        {Category::probationary, "probationary"},
                                                        {Category::applicant, "applicant"},
                                                        {Category::villager, "villager"},
                                                        {Category::petitioner, "petitioner"},
                                                        {Category::hardship, "hardship"},
                                                        {Category::floating, "floating"},
                                                        {Category::reserve, "reserve"}}};
};
template <>
struct Vocabulary<Status> {
  static constexpr std::string_view name = "status";
  static constexpr std::array<Word<Status>, 4> words{{{Status::on_roll, "on_roll"},
                                                      {Status::mobile, "mobile"},
                                                      {Status::ill, "ill"},
                                                      {Status::moved_out, "moved_out"}}};
};
template <>
struct Vocabulary<Role> {
  static constexpr std::string_view name = "role";
  static constexpr std::array<Word<Role>, 2> words{
      {{Role::station_operator, "operator"}, {Role::tutor, "tutor"}}};
};

// "member", "on_roll", "operator" …: what tables, settings and JSON hold.
template <class E>
std::string_view key(E value) {
  for (const auto& word : Vocabulary<E>::words)
    if (word.value == value) return word.key;
  return {};
}

template <class E>
std::optional<E> from_key(std::string_view text) {
  for (const auto& word : Vocabulary<E>::words)
    if (word.key == text) return word.value;
  return std::nullopt;
}

// The word as a person reads it: 党员, member. An unstated gender is an empty text.
std::string label(Language language, Gender gender);
std::string label(Language language, Category category);
std::string label(Language language, Status status);
std::string label(Language language, Role role);

struct Person {
  std::string id;      // random_id(): 32 hexadecimal digits
  std::string number;  // the member number, unique on the roster
  std::string name;
  Gender gender = Gender::unstated;
  std::string birth;  // "YYYY-MM", or empty
  Category category = Category::member;
  std::vector<Category> marks;  // what the person is besides; each once, in the order of Category
  std::string group;            // 支部/小组; may be empty
  std::string phone;
  Status status = Status::on_roll;        // on the day that was asked for
  std::optional<LocalDate> status_since;  // nullopt: as long as the roster knows the person
  std::vector<Role> roles;                // each once, in the order of Role

  bool operator==(const Person&) const = default;
};

// 党员、困难党员: the first category, then the marks.
std::string categories_text(Language language, const Person& person);

}  // namespace edu::people
