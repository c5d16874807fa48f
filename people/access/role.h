// The roles of an account: what somebody may do at the station. docs/operating.md says what each is for.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "people/person.h"

namespace edu::access {

enum class Role { station_operator, tutor, learner, supervisor, auditor };  // 操作员 辅导员 学员 主管 审计员

using Roles = std::vector<Role>;  // each once, in the order of Role

// What is typed for roles: keys ("tutor") or words of either language (辅导员). Refusals access.role_missing,
// access.role_unknown {role}.
Result<Roles> typed_roles(const std::vector<std::string>& typed);

std::vector<std::string> keys_of(const Roles& roles);  // "operator", …
Roles stored_roles(std::string_view keys);             // of a column: keys with a blank between them
std::string stored(const Roles& roles);
std::string label(Language language, Role role);
std::string labels(Language language, const Roles& roles);  // 操作员、辅导员

}  // namespace edu::access

namespace edu::people {

template <>
struct Vocabulary<access::Role> {
  static constexpr std::string_view name = "account_role";
  static constexpr std::array<Word<access::Role>, 5> words{{{access::Role::station_operator, "operator"},
                                                            {access::Role::tutor, "tutor"},
                                                            {access::Role::learner, "learner"},
                                                            {access::Role::supervisor, "supervisor"},
                                                            {access::Role::auditor, "auditor"}}};
};

}  // namespace edu::people
