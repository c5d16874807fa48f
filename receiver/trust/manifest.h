// The manifest that may lie beside a file of media and says what it is: `<file name>.manifest.json` for that
// one file, or any `<name>.manifest.json` that lists the files of its folder under "parts".
//
//   {"title": "…", "category": "…", "lecturer": "…", "language": "zh", "audience": "…",
//    "keep_until": "2036-12-31" or "permanent", "sha256": "…64 hex digits…",
//    "series": "…", "serial": 12, "expires": "2027-03-31",
//    "url": "https://…", "mirrors": ["https://…"],
//    "parts": [{"file": "1.mp4", "title": "…", "sha256": "…", "url": "…", "mirrors": […], "received": true}]}
//
// Every member may be missing, but not `file` in a part. Members that we do not know are ignored, so that a
// later version's manifest still works here. A pure parser: no I/O, never throws, whatever the bytes are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace edu::receiver {

inline constexpr std::size_t kManifestLimit = 256 << 10;  // bytes
inline constexpr std::size_t kLongestText = 500;          // bytes of UTF-8, of each text member
inline constexpr std::size_t kMostParts = 1000;
inline constexpr std::size_t kLongestAddress = 2000;  // bytes of a URL
inline constexpr std::size_t kMostMirrors = 8;
inline constexpr std::size_t kLongestName = 255;  // bytes, as file systems have it
inline constexpr const char* kPermanent = "permanent";

struct Part {
  std::string file;               // a bare name in the manifest's folder
  std::string title;              // empty: the manifest's with the part's number
  std::string sha256;             // lower-case hex, or empty
  std::vector<std::string> urls;  // where its very bytes are on the web; http(s), may be empty
  bool received = false;  // written by the station into a manifest of which other parts are still to come
};

struct Manifest {
  std::string title, category, lecturer, language, audience;  // one line each, NFC, may be empty
  std::string keep_until;         // a date, kPermanent, or empty: the station's rule
  std::string sha256;             // lower-case hex, or empty
  std::string series;             // what `serial` counts in; empty: neither is there
  std::int64_t serial = 0;        // from 1 on; of a signed manifest, an older one than was taken is refused
  std::string expires;            // the last day on which it may be taken, or empty
  std::vector<std::string> urls;  // where the file's very bytes are on the web: `url` and then `mirrors`
  std::vector<Part> parts;        // empty: it is about the one file beside it
};

// The bytes are UTF-8 with or without a byte order mark, or GB18030. Refusals receiver.manifest_…, each
// naming the member ("parts[2].file") and what would be right.
Result<Manifest> parse_manifest(std::span<const std::uint8_t> bytes);
// The bytes as UTF-8 without a mark: the JSON that parse_manifest reads.
Result<std::string> manifest_text(std::span<const std::uint8_t> bytes);

// What the manifest says about one of its parts: the common members with the part's own title and digest.
Manifest manifest_of_part(const Manifest& manifest, std::size_t part);

}  // namespace edu::receiver
