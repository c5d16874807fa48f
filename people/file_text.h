// The bytes of a file that a person saved, as text: which encoding it is, and the first line that does not
// fit it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace edu::people {

struct UnreadableLine {
  std::size_t line;      // of the file, from 1
  const char* encoding;  // of the rest of the file: "UTF-8", "UTF-16" or "GB18030"
};

struct FileText {
  std::string text;      // UTF-8, without a byte order mark
  const char* encoding;  // as above
};

// UTF-16 with a byte order mark, or where every second byte of some is zero; UTF-8 when it begins with a byte
// order mark; otherwise UTF-8 or GB18030, as the first line says that tells them apart. The whole file must
// be of that encoding: also a line of UTF-8 in a GB18030 file is unreadable, although its bytes would make
// (wrong) GB18030 characters.
tl::expected<FileText, UnreadableLine> decode(std::string_view bytes);

// Cuts the first line off `rest`, with its end: LF, CRLF or CR.
std::string_view take_line(std::string_view& rest);

}  // namespace edu::people
