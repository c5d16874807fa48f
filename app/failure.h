// What an exception says.
#pragma once

#include <exception>
#include <string>

namespace edu::app {

inline std::string words_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace edu::app
