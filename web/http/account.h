// Names of the system's accounts.
#pragma once

#include <string>

#include <sys/types.h>

namespace edu::web {

// "li", as the system's accounts name it; "uid 1007" where they do not. Asks the system, which may read
// files.
std::string account_name(uid_t uid);

}  // namespace edu::web
