// The station's first page: what an operator wants to know at a glance. Plain HTML, read without JavaScript
// too.
#pragma once

#include <string>

#include "web/api/snapshot.h"

namespace edu::web {

std::string first_page(const Snapshot& snapshot, const Rooms& rooms, Language language);

}  // namespace edu::web
