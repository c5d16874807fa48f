// The File Delivery Table: which files a session carries, and how. XML in, values out; and back for the
// sender.
//
// Sources: RFC 6726 3.4.2 (namespace urn:ietf:params:xml:ns:fdt), RFC 3926 3.4.2
// (http://www.example.com/flute, and senders that write none). Text is UTF-8 or GB18030, whatever the XML
// declaration says, else what that says. Hostile until read: pugixml knows no entities
// but XML's five and no DTD, bounds are below.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "flute/alc.h"
#include "flute/fec/oti.h"

namespace edu::flute {

inline constexpr std::size_t kFdtLimit = 16 << 20;  // bytes, after inflation: some 50,000 files
inline constexpr std::size_t kMostFiles = 100'000;

struct File {
  Toi toi;
  std::string location;                          // Content-Location as sent; see safe_name
  std::optional<std::uint64_t> content_length;   // bytes, before any content encoding
  std::optional<std::uint64_t> transfer_length;  // bytes, as they are sent; none: see sent_length
  std::string content_type;
  ContentEncoding content_encoding = ContentEncoding::none;
  std::optional<std::array<std::uint8_t, 16>> md5;  // Content-MD5; some senders digest what they send
  std::optional<fec::Oti> oti;  // of the entry, or of the instance as the default; not checked. Its length is
                                // the transfer length.
  bool code_given = true;       // false: no FEC-OTI-FEC-Encoding-ID; the packets' codepoint says it
  bool operator==(const File&) const = default;
};

// How long the object is on the wire: a compressed one without a transfer length only by its own EXT_FTI.
std::optional<std::uint64_t> sent_length(const File& file);

struct Fdt {
  std::optional<std::int64_t> expires;  // Unix time in seconds, from NTP's; none: the attribute is missing
  bool complete = false;                // no instance will add a file
  std::vector<File> files;
  bool operator==(const Fdt&) const = default;
};

// Refusals fdt.not_xml {at}, fdt.no_instance {element}, fdt.too_large {most}, fdt.too_many_files {most},
// fdt.bad_attribute {file, attribute, value, right}. An entry that is wrong alone is left out and named in
// `skipped` (fdt.bad_attribute; fdt.toi_twice {file, toi}); the others are read.
struct ReadFdt {
  Fdt fdt;
  std::vector<Refusal> skipped;  // at most 20
};
Result<ReadFdt> read_fdt(std::string xml);

// How much memory read_fdt takes of a text, its answer with it: known from the text alone, of which the
// pieces come one after the other. No less than what is really taken.
class FdtMemory {
 public:
  void add(std::span<const std::uint8_t> piece);
  std::uint64_t bytes() const;
  std::size_t text() const { return text_; }  // bytes of all pieces

 private:
  std::size_t text_ = 0, wide_ = 0, tags_ = 0, quotes_ = 0;
};

// In the namespace of that version. Each file has all of its FEC OTI: there are receivers that read it from
// one place alone. A transfer length that equals the content length is not written.
std::string write_fdt(const Fdt& fdt, std::uint8_t flute_version);

// The name that a Content-Location gives a file: the last segment of its path, behind '/' or '\\',
// percent-decoded, as NFC UTF-8 (out of GB18030 where it is none), made harmless: without control characters
// and bidirectional overrides, dots and blanks at its end, ':' as '_', a device's name behind '_', and 255
// bytes at most with its ending. None: nothing is left.
std::optional<std::string> safe_name(std::string_view content_location);
// The whole of a Content-Location as a person reads it: decoded, one line.
std::string shown_location(std::string_view content_location);

}  // namespace edu::flute
