#include "logs/books/cells.h"

namespace edu::logs {

Cell date_cell(const Zone& zone, std::int64_t ms) { return zone.date_of(from_ms(ms)); }

Interval interval(const Zone& zone, std::int64_t from_ms_, std::int64_t to_ms_, std::optional<LocalDate> on) {
  Interval out;
  out.from = zone.instant(from_ms(from_ms_));
  if (to_ms_ != 0) out.to = zone.instant(from_ms(to_ms_));
  out.on = on;
  return out;
}

Cell interval_cell(const Zone& zone, std::int64_t from_ms_, std::int64_t to_ms_) {
  return interval(zone, from_ms_, to_ms_, zone.date_of(from_ms(from_ms_)));
}

Cell dated_interval_cell(const Zone& zone, std::int64_t from_ms_, std::int64_t to_ms_) {
  return interval(zone, from_ms_, to_ms_, std::nullopt);
}

Cell duration_cell(std::int64_t ms) { return ms == 0 ? Cell(None()) : Cell(Duration{milliseconds(ms)}); }

Cell size_cell(std::int64_t bytes) {
  return bytes <= 0 ? Cell(None()) : Cell(Bytes{static_cast<std::uint64_t>(bytes)});
}

Cell courseware_cell(std::int64_t no) { return no == 0 ? Cell(None()) : Cell(CoursewareNo{no}); }

Cell events_cell(std::initializer_list<std::int64_t> seqs) {
  std::vector<RecordNo> out;
  for (const auto seq : seqs)
    if (seq != 0) out.push_back({seq});
  return out;
}

Cell words_cell(std::string words) { return words.empty() ? Cell(None()) : Cell(std::move(words)); }

}  // namespace edu::logs
