// The files of a carousel, found, ordered and described for the FDT.
#pragma once

#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "flute/fdt.h"
#include "sender/settings.h"

namespace edu::send {

struct Object {
  std::filesystem::path path;
  flute::File file;  // TOI, Content-Location, length, type, MD5, OTI
  Fd fd;             // stays open: a file that is replaced while it is sent is sent as it was
  std::int64_t modified_ns = 0;
};

// All files of the inputs (folders with what is below them; no hidden files, no links out of them), manifests
// and their signatures first, so that a receiver knows what comes before it comes, each group by name. TOIs
// count from 1. Refusals send.no_input {path}, send.nothing, send.unreadable {path, what}, send.too_many
// {most}.
Result<std::vector<Object>> find_objects(const Settings& settings);

// Content-MD5 of each, by reading it once. Refusal send.unreadable.
Result<void> add_md5(std::vector<Object>& objects);

// Has the file been written to since it was found? Its symbols would not fit each other.
bool has_changed(const Object& object);

// Fills `out` from `offset`, with zeros behind the end. Throws std::system_error.
void read_at(const Object& object, std::uint64_t offset, std::span<std::uint8_t> out);

// A relative path as Content-Location: its segments percent-encoded (RFC 3986 2.1), as UTF-8 where the file
// system has GB18030.
std::string location_of(const std::filesystem::path& relative);

}  // namespace edu::send
