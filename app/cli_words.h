// What people type on the command line, in the form that its grammar knows: wide signs and dashes, lists with
// Chinese commas, values by their Chinese names. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace edu::app {

// A value of an option and the words that mean it, in any language.
struct Choice {
  std::string value;
  std::vector<std::string> words;
};
using Choices = std::vector<Choice>;

// The value that a word means; empty: none.
std::string meant(const Choices& choices, std::string_view typed);
// The values, and words that are near enough to be offered.
std::vector<std::string> words_of(const Choices& choices);

Choices programme_kinds();
Choices sign_in_means();
Choices books();
Choices rate_parts();     // --by
Choices table_formats();  // --format
Choices trust_levels();
Choices repeats();
Choices languages();
Choices twin_decisions();

// The arguments as they were meant: －－yes and ——yes are --yes; of options that take a list, Chinese commas
// are commas.
std::vector<std::string> as_meant(std::vector<std::string> arguments);

}  // namespace edu::app
