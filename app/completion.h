// What may stand next on the command line, for the shells: tools/completions has the few lines by which bash,
// zsh and fish ask `edustation complete`. It is computed from the grammar, so that it is never out of date.
#pragma once

#include <string>
#include <vector>

#include "app/cli_grammar.h"

namespace edu::app {

struct Candidate {
  std::string word;
  std::string what;  // in a few words, in the language of the grammar
};

struct Completion {
  std::vector<Candidate> candidates;  // that begin with what is typed already
  bool files = false;                 // a file or folder may stand there too
};

// `words`: all after the program's name, the last of them being typed and perhaps empty.
Completion complete(const Grammar& grammar, const std::vector<std::string>& words);

// The answer as shells read it: a line "word<tab>what" each; a line ":files" when files may stand there.
std::string lines_of(const Completion& completion);

}  // namespace edu::app
