// Text from outside: is it UTF-8, what is it in NFC, how wide does a terminal show it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace edu {

bool is_utf8(std::string_view bytes);
std::optional<std::string> nfc(std::string_view text);  // nullopt when it is not UTF-8
// GB18030 (and so GBK and GB2312) to UTF-8; nullopt when a byte sequence is not of that encoding.
std::optional<std::string> from_gb18030(std::string_view bytes);

// Bytes of unknown encoding as UTF-8: UTF-8 itself, GB18030 where every byte fits it, and otherwise UTF-8
// with each byte that fits neither as U+FFFD. Never fails.
std::string to_utf8(std::string_view bytes);

// One line that can stand in a cell or a log: control characters (newlines too) become blanks, runs of blanks
// one, none at the ends.
std::string one_line(std::string_view text);

// The same of bytes of unknown encoding, and at most `most` bytes of it. What came out once stays as it is.
std::string one_line(std::string_view bytes, std::size_t most);

// Columns of a terminal: 2 for a wide (Chinese) character.
std::size_t display_width(std::string_view text);

// The first characters of `text` that fit `bytes` bytes, never half a character.
std::string_view truncate_utf8(std::string_view text, std::size_t bytes);

// For file name endings and the like; other than ASCII letters stay as they are.
std::string ascii_lower(std::string_view text);

}  // namespace edu
