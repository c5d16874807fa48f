// A part of the station that does not work, while the others go on.
#pragma once

#include <string>

namespace edu::web {

struct LeftOut {
  std::string part;  // of the text web.part.<part>
  std::string why;   // in the system's words
};

}  // namespace edu::web
