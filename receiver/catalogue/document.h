// A document of the web as text, whatever it was written in. Pure functions of outside bytes: no I/O, never
// throw, bounded by what they are told. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace edu::catalogue {

struct Decoded {
  std::string text;         // UTF-8
  bool chinese_gb = false;  // it was in GB 2312, GBK or GB 18030
};

// Unpacks gzip (some servers send it to who never asked), and reads UTF-8, UTF-16 and UTF-32 with or without
// a byte order mark, and otherwise the encoding that an XML declaration names, or GB 18030. A wrong
// declaration does no harm: bytes that are UTF-8 are read as such. `most`: bytes, before and after. Refusals
// catalogue.too_large {host, most}, catalogue.transfer {host, what}: broken gzip.
Result<Decoded> read_document(std::span<const std::uint8_t> bytes, std::size_t most, const std::string& host);

// Nothing: a character is not of that encoding, or the text not UTF-8.
std::optional<std::string> to_gb18030(std::string_view text);

// Is it a page for people, HTML? Its first kilobyte says so. For bytes of any kind.
bool is_page(std::string_view text);
// Do the first bytes of a file look like those of a film or a sound?
bool begins_as_media(std::string_view bytes);
// Of a page in UTF-8: does it want a password or a log-in?
bool wants_login(std::string_view page);

// What HTML says, as one line of text: without tags, entities replaced. For text that is none, too.
std::string plain_text(std::string_view html);

}  // namespace edu::catalogue
