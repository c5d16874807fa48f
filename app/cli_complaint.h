// What was wrong with a command line, in the reader's language, with the nearest command or option named.
#pragma once

#include <string>

#include "app/cli_grammar.h"

namespace edu::app {

// After grammar.app.parse threw `error`.
std::string complaint(const Grammar& grammar, const CLI::ParseError& error, Language language);
// "edustation library show": of the deepest command that was named.
std::string command_line(const CLI::App* command);

}  // namespace edu::app
