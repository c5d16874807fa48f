// The question before something goes that does not come back.
#pragma once

#include <string>

#include "app/desk.h"

namespace edu::app {

// True with --yes, or when the person at the terminal answers yes (是). Without a terminal nobody can be
// asked: then it says that --yes is needed. `refusal` is said when the answer is no.
bool confirmed(Desk& desk, const std::string& question, const std::string& refusal);

}  // namespace edu::app
