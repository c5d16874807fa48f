// Bytes of other encodings than UTF-8, by glibc's iconv.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace edu {

// Names as `iconv --list` has them. Nothing: an encoding is not known, or the bytes are not of it to the
// last.
std::optional<std::string> converted(std::string_view bytes, const char* from, const char* to = "UTF-8");

// glibc reads the tables of an encoding from files at its first use. A program that gives up its right to
// open files calls this before; the tables stay for as long as it runs.
void keep_loaded(std::initializer_list<const char*> encodings);

}  // namespace edu
