// What the command line stands on: where it reads and writes, who sits there. Tests put strings in its place.
#pragma once

#include <functional>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

namespace edu::app {

enum class Exit { done = 0, refused = 1, usage = 2, not_reachable = 3 };

struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool terminal = false;  // a person sits there: questions and progress make sense
  std::function<std::string(const std::string&)> environment;  // empty where it is not set
};

// The program `edustation` without the name of itself; app/cli.cpp.
Exit run_cli(std::vector<std::string> arguments, Console& console);

}  // namespace edu::app
