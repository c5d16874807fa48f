#include "calendar/day_window.h"

namespace edu {
namespace {

constexpr int kDay = 24 * 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "HH:MM" up to 24:00, in minutes.
std::optional<int> minute_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const auto i : {0, 1, 3, 4})
    if (!is_digit(text[static_cast<std::size_t>(i)])) return std::nullopt;
  const int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
  if (minute > 59 || hour * 60 + minute > kDay) return std::nullopt;
  return hour * 60 + minute;
}

}  // namespace

std::optional<DayWindow> DayWindow::parse(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const auto from = minute_of(text.substr(0, dash)), to = minute_of(text.substr(dash + 1));
  if (!from || !to) return std::nullopt;
  return DayWindow(minutes(*from % kDay), minutes(*to % kDay));
}

bool DayWindow::contains(LocalTime local) const {
  const auto since_midnight = local - std::chrono::floor<std::chrono::days>(local);
  if (whole()) return true;
  if (from_ < to_) return since_midnight >= from_ && since_midnight < to_;
  return since_midnight >= from_ || since_midnight < to_;
}

LocalTime DayWindow::next_open(LocalTime local) const {
  if (contains(local)) return local;
  const auto today = std::chrono::floor<std::chrono::days>(local) + from_;
  return today > local ? today : today + std::chrono::days(1);
}

}  // namespace edu
