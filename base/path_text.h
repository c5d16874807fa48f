// Paths for people.
#pragma once

#include <filesystem>
#include <string>

namespace edu {

// A path, or an address, as one line of UTF-8. Each of its parts is read by itself, as GB18030 where it is no
// UTF-8: a stick may mix both.
std::string path_text(const std::filesystem::path& path);

}  // namespace edu
