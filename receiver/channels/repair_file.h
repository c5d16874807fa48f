// How one station helps another to what it missed: a list of gaps goes over, a repair file comes back
// (docs/formats.md). Both are hostile until they are read. Pure: no I/O.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace edu::receiver {

inline constexpr std::size_t kMostRuns = 20'000;
inline constexpr std::uint64_t kRepairBytes = 4 << 20;  // of one repair file; what is left is asked for again

struct ByteRun {
  std::uint64_t first = 0, last = 0;
  std::uint64_t size() const { return last - first + 1; }
  bool operator==(const ByteRun&) const = default;
};

// What is asked for.
struct GapList {
  std::string key;     // hex: of the object, for those who asked
  std::string name;    // as it was announced
  std::string sha256;  // hex or empty …
  std::string md5;     // hex or empty; one of the two says which file it is
  std::uint64_t length = 0;
  std::vector<ByteRun> runs;
};
json::object to_json(const GapList& gaps);
// Refusals receiver.gaps_bad {member}.
Result<GapList> read_gaps(std::string_view text);

// One line of JSON, then the bytes of its runs.
struct Repair {
  std::string key;
  std::vector<ByteRun> runs;
  std::span<const std::uint8_t> bytes;  // into what was read
};
std::string repair_header(const GapList& gaps, const std::vector<ByteRun>& runs, std::string_view bytes);
// Refusal receiver.repair_bad {what}.
Result<Repair> read_repair(std::string_view bytes);

// The first runs that fit kRepairBytes; the last of them cut at a whole symbol where it has to be.
std::vector<ByteRun> first_runs(const GapList& gaps);

}  // namespace edu::receiver
