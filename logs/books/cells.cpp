#include "logs/books/cells.h"

#include <fmt/format.h>

#include "library/courseware.h"

namespace edu::logs {

std::vector<Column> columns(Language language, std::string_view book,
                            std::initializer_list<const char*> keys) {
  return columns(language, book, std::span(keys.begin(), keys.size()));
}

std::vector<Column> columns(Language language, std::string_view book, std::span<const char* const> keys) {
  std::vector<Column> out;
  for (const auto* key : keys) {
    const auto own = fmt::format("book.{}.{}", book, key);
    out.push_back({key, text(language, has_text(language, own) ? own : fmt::format("book.column.{}", key))});
  }
  return out;
}

std::string date_cell(const Zone& zone, std::int64_t ms) { return to_string(zone.date_of(from_ms(ms))); }

std::string interval_cell(const Zone& zone, std::int64_t from_ms_, std::int64_t to_ms_) {
  const auto time_with_offset = [&](std::int64_t ms) { return zone.iso8601(from_ms(ms)).substr(11); };
  if (to_ms_ == 0) return time_with_offset(from_ms_) + "/…";
  return time_with_offset(from_ms_) + "/" + time_with_offset(to_ms_);
}

std::string duration_cell(std::int64_t ms) {
  return ms == 0 ? std::string(kNone) : clock_duration(std::chrono::round<seconds>(milliseconds(ms)));
}

std::string size_cell(std::int64_t bytes) {
  if (bytes == 0) return std::string(kNone);
  if (bytes < 1'000'000) return fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string events_cell(std::initializer_list<std::int64_t> seqs) {
  std::string out;
  for (const auto seq : seqs)
    if (seq != 0) out += fmt::format("{}#{}", out.empty() ? "" : " ", seq);
  return out;
}

std::string courseware_cell(std::int64_t no) {
  return no == 0 ? std::string(kNone) : library::courseware_label(no);
}

}  // namespace edu::logs
