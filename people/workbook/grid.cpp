#include "people/workbook/grid.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"

namespace edu::workbook {
namespace {

constexpr double kMostKept = 1e15;      // of a number all digits of which a spreadsheet keeps
constexpr double kLastDay = 2'958'465;  // 9999-12-31
constexpr std::size_t kMostZeros = 30;  // of a number format

// "0.00": how many digits come after the point; -1: another format.
int decimals_of(const std::string& format) {
  const bool plain = format.starts_with("0.") && format.find_first_not_of('0', 2) == format.npos;
  return plain && format.size() > 2 && format.size() < kMostZeros ? static_cast<int>(format.size()) - 2 : -1;
}

}  // namespace

void Grid::put(std::size_t row, std::size_t column, std::string text) {
  if (row >= (1u << 20) || column >= kMostColumns || text.empty()) return;
  if (cells_.size() >= kMostRows && !cells_.contains(row)) return;
  text = to_utf8(text);
  cells_[row][column] = std::string(truncate_utf8(text, kLongestCellText));
}

void Grid::fill_down(std::size_t row, std::size_t column, std::size_t last_row) {
  const auto found = cells_.find(row);
  if (found == cells_.end() || !found->second.contains(column)) return;
  const auto text = found->second.at(column);
  for (auto& [number, cells] : cells_)
    if (number > row && number <= last_row && !cells.contains(column)) cells[column] = text;
}

std::vector<Row> Grid::rows() const {
  std::vector<Row> rows;
  for (const auto& [number, cells] : cells_) {
    Row row{number + 1, {}};
    row.cells.resize(cells.empty() ? 0 : cells.rbegin()->first + 1);
    for (const auto& [column, text] : cells) row.cells[column] = text;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string number_text(double value, const std::string& format) {
  if (!std::isfinite(value)) return {};
  if (std::abs(value) >= kMostKept) return fmt::format("{:.14E}", value);
  const bool whole = value == std::floor(value);
  const bool zeros =
      format.size() > 1 && format.size() <= kMostZeros && format.find_first_not_of('0') == format.npos;
  if (whole && zeros && value >= 0)
    return fmt::format("{:0>{}}", static_cast<std::int64_t>(value), format.size());
  if (const int decimals = decimals_of(format); decimals >= 0) return fmt::format("{:.{}f}", value, decimals);
  if (whole) return fmt::format("{}", static_cast<std::int64_t>(value));
  return fmt::format("{:.15g}", value);
}

std::string date_text(double days, bool since_1904) {
  if (!std::isfinite(days) || days < 0 || days > kLastDay) return {};
  using namespace std::chrono;
  const LocalDate zero =
      since_1904 ? LocalDate(year(1904) / January / 1) : LocalDate(year(1899) / December / 30);
  const auto whole = std::floor(days);
  const auto day = zero + std::chrono::days(static_cast<int>(whole));
  const auto in_day = static_cast<int>(std::lround((days - whole) * 86400));
  if (in_day == 0 || in_day == 86400) return to_string(day + std::chrono::days(in_day / 86400));
  return fmt::format("{} {:02}:{:02}:{:02}", to_string(day), in_day / 3600, in_day / 60 % 60, in_day % 60);
}

bool is_date_format(const std::string& format) {
  if (format == "General") return false;
  bool year = false, month = false, day = false, quoted = false;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    if (c == '"') quoted = !quoted;
    if (quoted || c == '"') continue;
    if (c == '\\') {
      ++i;
    } else if (c == '[') {
      i = std::min(format.find(']', i), format.size());
    } else {
      year = year || c == 'y' || c == 'Y' || c == 'e';
      month = month || c == 'm' || c == 'M';
      day = day || c == 'd' || c == 'D';
    }
  }
  return year || (month && day);
}

}  // namespace edu::workbook
