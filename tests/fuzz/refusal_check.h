// For fuzzers of what programs answer: a check that ends the process, and one of refusals.
#pragma once

#include <cstdlib>

#include "base/messages.h"
#include "base/result.h"

namespace edu {

inline void check(bool holds) {
  if (!holds) std::abort();
}

// Who is refused is told why.
template <class Value>
void check_refusal(const Result<Value>& result) {
  if (!result) check(has_text(Language::zh, "refusal." + result.error().code));
}

}  // namespace edu
