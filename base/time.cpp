#include "base/time.h"

#include <fmt/format.h>

namespace edu {
namespace {

bool digits(std::string_view text, std::size_t at, std::size_t count, int& value) {
  value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  return true;
}

}  // namespace

std::string to_string(LocalDate day) {
  const std::chrono::year_month_day ymd(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                     static_cast<unsigned>(ymd.day()));
}

std::string to_string(LocalTime local) {
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::hh_mm_ss time(local - day);
  return fmt::format("{}T{:02}:{:02}:{:02}", to_string(LocalDate(day)), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

std::optional<LocalDate> parse_date(std::string_view text) {
  int y = 0, m = 0, d = 0;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  if (!digits(text, 0, 4, y) || !digits(text, 5, 2, m) || !digits(text, 8, 2, d) || y < 1900)
    return std::nullopt;
  const std::chrono::year_month_day ymd{std::chrono::year(y), std::chrono::month(static_cast<unsigned>(m)),
                                        std::chrono::day(static_cast<unsigned>(d))};
  if (!ymd.ok()) return std::nullopt;
  return LocalDate(ymd);
}

std::optional<LocalTime> parse_local_time(std::string_view text) {
  if (text.size() != 16 && text.size() != 19) return std::nullopt;
  const auto day = parse_date(text.substr(0, 10));
  if (!day || (text[10] != 'T' && text[10] != ' ') || text[13] != ':') return std::nullopt;
  int h = 0, m = 0, s = 0;
  if (!digits(text, 11, 2, h) || !digits(text, 14, 2, m)) return std::nullopt;
  if (text.size() == 19 && (text[16] != ':' || !digits(text, 17, 2, s))) return std::nullopt;
  if (h > 23 || m > 59 || s > 59) return std::nullopt;
  return LocalTime(day->time_since_epoch()) + std::chrono::hours(h) + std::chrono::minutes(m) + seconds(s);
}

std::string clock_duration(milliseconds duration) {
  const auto total = std::chrono::floor<seconds>(duration).count();
  return fmt::format("{:02}:{:02}:{:02}", total / 3600, total / 60 % 60, total % 60);
}

}  // namespace edu
