// What edustation-record says of a live channel while it records it, and the lines in which it says it. Pure:
// the daemon reads them believing nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <base/result.h>

namespace edu::receiver {

inline constexpr std::size_t kLongestRecordLine = 4096;  // bytes

// A time without signal, from the last packet before it to the first after it.
struct RecordGap {
  std::int64_t start_ms = 0;  // UTC
  std::int64_t length_ms = 0;
  bool operator==(const RecordGap&) const = default;
};

struct RecordLine {
  enum class Kind { progress, gap, ended };
  Kind kind = Kind::progress;
  bool signal = false;     // of progress: packets arrive
  std::int64_t bytes = 0;  // in all segments of this run
  std::int64_t segments = 0;
  RecordGap gap;  // of a gap that is over, or of the one that runs when it ended
  bool operator==(const RecordLine&) const = default;
};

struct JoinedRecording {
  std::int64_t bytes = 0, duration_ms = 0;
  bool operator==(const JoinedRecording&) const = default;
};

// One line each, without its newline.
std::string to_line(const RecordLine& line);
std::string to_line(const JoinedRecording& joined);

// Refusals: those of edustation-record (receiver.live_…); receiver.live_garbage for what is not of this form.
Result<RecordLine> parse_record_line(std::string_view line);
Result<JoinedRecording> parse_joined(std::string_view line);

// "udp://239.1.2.3:5000": a channel's address for records, without user, password and query.
std::string without_credentials(std::string_view url);

}  // namespace edu::receiver
