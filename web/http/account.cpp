#include "web/http/account.h"

#include <vector>

#include <pwd.h>

#include "base/text.h"

namespace edu::web {
namespace {

constexpr std::size_t kEntry = 16384;     // bytes of one line of the accounts
constexpr std::size_t kLongestName = 64;  // bytes

}  // namespace

std::string account_name(uid_t uid) {
  std::vector<char> space(kEntry);
  passwd entry{};
  passwd* found = nullptr;
  std::string name;
  if (::getpwuid_r(uid, &entry, space.data(), space.size(), &found) == 0 && found)
    name = one_line(entry.pw_name, kLongestName);
  return name.empty() ? "uid " + std::to_string(uid) : name;
}

}  // namespace edu::web
