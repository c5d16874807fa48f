// What edustation-disc says of a DVD-Video, and the lines in which it says it. Pure: the daemon reads these
// lines believing nothing, for whoever made the disc may have made the process say them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace edu::receiver {

inline constexpr std::size_t kMostTitles = 99;              // as DVD-Video has it
inline constexpr std::size_t kLongestDiscLine = 64 * 1024;  // bytes; 99 titles take 8 KiB
inline constexpr std::int64_t kLongestTitleMs = 24 * 3600'000;

struct DiscTitle {
  std::int64_t number = 0;       // as the disc counts, from 1
  std::int64_t duration_ms = 0;  // of its program chains
  std::int64_t bytes = 0;        // that it takes as a file
  bool operator==(const DiscTitle&) const = default;
};

struct DiscContents {
  std::string name;               // of the volume, UTF-8; empty: it has none
  std::vector<DiscTitle> titles;  // without those counted below
  std::int64_t brief = 0;         // shorter than the bound: menu loops
  std::int64_t repeated = 0;      // of the same cells as one before
  std::int64_t damaged = 0;       // whose numbers cannot be right
  bool operator==(const DiscContents&) const = default;
};

struct DiscProgress {
  std::int64_t done = 0;  // bytes of the title that are written
  bool last = false;      // all of it is there, and on the disk
};

// One line each, without its newline.
std::string to_line(const DiscContents& contents);
std::string to_line(const DiscProgress& progress);
std::string to_line(const Refusal& refusal);  // by edustation-disc: receiver.disc_…, receiver.unreadable

// Refusals: those of edustation-disc; receiver.disc_garbage for whatever is not of this form.
Result<DiscContents> parse_contents(std::string_view line);
Result<DiscProgress> parse_progress(std::string_view line);

}  // namespace edu::receiver
