// What the daemon orders of edustation-record, and the lines in which that answers. Pure: the daemon reads
// the lines believing nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace edu::live {

inline constexpr std::size_t kLongestLine = 4096;  // bytes, of an order and of an answer

// One run of recording. It goes to the process by its standard input, for an address may hold a password and
// arguments are seen by every user of the machine.
struct RecordOrder {
  std::string url;
  int service = 0;                 // a programme's number in a multiplex; 0: the first with pictures or sound
  std::filesystem::path folder;    // segments are made in it, after those that are there
  std::int64_t seconds = 0;        // how long, 1 to 172,800
  std::int64_t largest = 0;        // bytes of all segments of this run
  std::int64_t since_ms = 0;       // UTC: from when on the channel should have come
  std::int64_t lost_after_ms = 0;  // without a packet for this long it is opened again; 0: by the address
  bool operator==(const RecordOrder&) const = default;
};

// One file of all segments of a folder.
struct JoinOrder {
  std::filesystem::path folder, into;  // `into` must not exist
  bool operator==(const JoinOrder&) const = default;
};

// A time without signal, from the last packet before it to the first after it.
struct Gap {
  std::int64_t start_ms = 0;  // UTC
  std::int64_t length_ms = 0;
  bool operator==(const Gap&) const = default;
};

struct RecordLine {
  enum class Kind { progress, gap, ended };
  Kind kind = Kind::progress;
  bool signal = false;               // of progress: packets come
  std::int64_t bytes = 0;            // in all segments of this run
  std::int64_t segments = 0;         // of this run
  Gap gap;                           // of a gap that is over, or of the one that ran when it ended
  std::optional<Refusal> trouble{};  // of progress without signal: why, as far as it is known
  std::string why{};                 // of an end: time, stopped, finished (by the channel), full (`largest`)
  bool operator==(const RecordLine&) const = default;
};

struct JoinLine {
  bool last = false;  // false: a sign of life, `bytes` of it are written
  std::int64_t bytes = 0, duration_ms = 0;
  std::int64_t left_out = 0, left_out_ms = 0;  // segments of another form, and how long they are
  bool operator==(const JoinLine&) const = default;
};

// One line each, without its newline.
std::string to_line(const RecordOrder& order);
std::string to_line(const JoinOrder& order);
std::string to_line(const RecordLine& line);
std::string to_line(const JoinLine& line);
std::string to_line(const Refusal& refusal);  // live.<code>, with its argument `what`

// In edustation-record, of the daemon's line. nullopt: it is none.
std::optional<RecordOrder> parse_record_order(std::string_view line);
std::optional<JoinOrder> parse_join_order(std::string_view line);

// In the daemon. Refusals: those of edustation-record (live.address, live.not_written {what}, live.no_data);
// live.garbage for what is not of this form.
Result<RecordLine> parse_record_line(std::string_view line);
Result<JoinLine> parse_join_line(std::string_view line);

}  // namespace edu::live
