// A value of a settings file as it stands there, for complaints.
#pragma once

#include <sstream>
#include <string>

#include <toml++/toml.h>

namespace edu::config {

inline std::string as_written(const toml::node& node) {
  std::ostringstream out;
  node.visit([&](const auto& value) { out << value; });
  return out.str();
}

}  // namespace edu::config
