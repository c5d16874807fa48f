#include "people/access/role.h"

#include <algorithm>
#include <optional>

#include "base/typed.h"

namespace edu::access {
namespace {

constexpr std::size_t kLongestWord = 64;  // bytes of what is typed for one role

std::optional<Role> meant(std::string_view typed) {
  const auto word = name_key(typed.substr(0, kLongestWord));
  for (const auto& [role, key] : people::Vocabulary<Role>::words)
    if (word == key || word == name_key(label(Language::zh, role)) ||
        word == name_key(label(Language::en, role)))
      return role;
  return std::nullopt;
}

}  // namespace

Result<Roles> typed_roles(const std::vector<std::string>& typed) {
  Roles roles;
  for (const auto& one : typed) {
    for (const auto& word : typed_list(one)) {
      const auto role = meant(word);
      if (!role) return refuse("access.role_unknown", {{"role", word}});
      if (std::ranges::find(roles, *role) == roles.end()) roles.push_back(*role);
    }
  }
  if (roles.empty()) return refuse("access.role_missing");
  std::ranges::sort(roles);
  return roles;
}

std::vector<std::string> keys_of(const Roles& roles) {
  std::vector<std::string> out;
  for (const auto role : roles) out.emplace_back(people::key(role));
  return out;
}

Roles stored_roles(std::string_view keys) {
  Roles roles;
  while (!keys.empty()) {
    const auto one = keys.substr(0, keys.find(' '));
    if (const auto role = people::from_key<Role>(one)) roles.push_back(*role);
    keys.remove_prefix(std::min(keys.size(), one.size() + 1));
  }
  return roles;
}

std::string stored(const Roles& roles) {
  std::string out;
  for (const auto role : roles) out += (out.empty() ? "" : " ") + std::string(people::key(role));
  return out;
}

std::string label(Language language, Role role) {
  return text(language, "people.account_role." + std::string(people::key(role)));
}

std::string labels(Language language, const Roles& roles) {
  std::string out;
  for (const auto role : roles)
    out += (out.empty() ? "" : text(language, "people.list_separator")) + label(language, role);
  return out;
}

}  // namespace edu::access
