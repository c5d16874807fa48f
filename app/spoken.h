// In which language the command line speaks when nobody asked for one: the station's own ([station]
// language).
#pragma once

#include <string>

#include "app/console.h"
#include "base/messages.h"

namespace edu::app {

// Asks the station; where none answers, LC_ALL, LC_MESSAGES and LANG say it, else it is Chinese.
Language spoken_at(const std::string& station, const Console& console) noexcept;

}  // namespace edu::app
