// What stands in a table: values, not text. A rate is two counts, an instant knows its offset, a size is
// bytes. How they read is base/cell_text.h's part.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"

namespace edu {

using Text = std::string;  // words, in the table's language; may be empty

struct None {  // there is no value
  bool operator==(const None&) const = default;
};

struct Count {
  std::int64_t value = 0;
  bool operator==(const Count&) const = default;
};

struct Percent {
  std::int64_t value = 0;
  bool operator==(const Percent&) const = default;
};

// Present of expected.
struct Rate {
  std::int64_t present = 0, expected = 0;
  // In integers: present*100 >= expected*percent. Nobody expected reaches nothing.
  bool reaches(std::int64_t percent) const { return expected > 0 && present * 100 >= expected * percent; }
  bool operator==(const Rate&) const = default;
};

struct Duration {
  milliseconds length{};
  bool operator==(const Duration&) const = default;
};

struct Deviation {  // later than planned; negative: earlier
  milliseconds by{};
  bool operator==(const Deviation&) const = default;
};

struct Bytes {
  std::uint64_t count = 0;
  bool operator==(const Bytes&) const = default;
};

struct CoursewareNo {
  std::int64_t no = 0;
  bool operator==(const CoursewareNo&) const = default;
};

struct RecordNo {  // of the journal
  std::int64_t seq = 0;
  bool operator==(const RecordNo&) const = default;
};

// An instant with the offset of its place, made by Zone::instant: whoever writes it needs no zone.
struct Instant {
  WallTime at{};
  seconds offset{};            // of local time from UTC, at that instant
  bool to_the_second = false;  // how people read it; else to the minute

  LocalTime local() const { return LocalTime(std::chrono::floor<seconds>(at).time_since_epoch() + offset); }
  LocalDate day() const { return std::chrono::floor<std::chrono::days>(local()); }
  bool operator==(const Instant&) const = default;
};

struct Interval {
  Instant from;
  std::optional<Instant> to;    // none: it is not over
  std::optional<LocalDate> on;  // the day that stands beside it and need not be read again
  bool operator==(const Interval&) const = default;
};

using Cell =
    std::variant<None, Text, Count, Percent, Rate, Duration, Deviation, Bytes, CoursewareNo, RecordNo,
                 LocalDate, Instant, Interval, std::vector<RecordNo>, std::vector<Interval>>;

}  // namespace edu
