#include "base/table.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace edu {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

void pad(std::string& out, std::string_view cell, std::size_t width) {
  out += cell;
  const auto shown = display_width(cell);
  if (shown < width) out.append(width - shown, ' ');
}

bool looks_like_formula(std::string_view cell) {
  return !cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos;
}

std::string csv_quoted(std::string_view cell) {
  if (cell.find_first_of("\",\r\n") == std::string_view::npos) return std::string(cell);
  std::string out = "\"";
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string csv_words(const std::string& words) {
  return csv_quoted(looks_like_formula(words) ? "'" + words : words);
}

std::string csv_cell(const Cell& cell) {
  const auto* words = std::get_if<Text>(&cell);
  return words ? csv_words(*words) : csv_quoted(csv_text(cell));
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string aligned(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (i != 0) line += "  ";
    pad(line, cells[i], widths[i]);
  }
  return trimmed(line);
}

std::optional<Year> year_of(const Cell& cell) {
  const auto of = [](LocalDate day) { return std::chrono::year_month_day(day).year(); };
  if (const auto* day = std::get_if<LocalDate>(&cell)) return of(*day);
  if (const auto* instant = std::get_if<Instant>(&cell)) return of(instant->day());
  if (const auto* interval = std::get_if<Interval>(&cell)) return of(interval->from.day());
  return std::nullopt;
}

std::optional<Year> year_of(const Row& row) {
  for (const auto& cell : row)
    if (const auto year = year_of(cell)) return year;
  return std::nullopt;
}

json::object row_json(const Table& table, const Row& row) {
  json::object out, values;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto& key = table.columns[i].key;
    out[key] = shown(table, row[i]);
    if (!std::holds_alternative<Text>(row[i])) values[key] = value_of(row[i]);
  }
  if (!values.empty()) out["values"] = std::move(values);
  return out;
}

}  // namespace

Table headed(Language language, std::string_view prefix, const std::vector<const char*>& keys) {
  Table table;
  table.language = language;
  const auto beside = fmt::format("{}column", prefix.substr(0, prefix.rfind('.') + 1));
  for (const auto* key : keys) {
    const auto own = fmt::format("{}.{}", prefix, key);
    table.columns.push_back(
        {key, text(language, has_text(language, own) ? own : fmt::format("{}.{}", beside, key))});
  }
  return table;
}

std::optional<Year> common_year(const Table& table) {
  std::optional<Year> common;
  for (const auto& row : table.rows) {
    const auto year = year_of(row);
    if (!year) continue;
    if (common && *common != *year) return std::nullopt;
    common = year;
  }
  return common;
}

void name_year(Table& table) {
  table.year = common_year(table);
  if (!table.year) return;
  table.title = text(table.language, "cell.title_of_year",
                     {{"title", table.title}, {"year", std::to_string(static_cast<int>(*table.year))}});
}

std::string shown(const Table& table, const Cell& cell) { return shown(cell, table.language, table.year); }

std::string to_terminal(const Table& table) {
  std::vector<std::string> headings;
  std::vector<std::size_t> widths;
  for (const auto& column : table.columns) {
    headings.push_back(column.heading);
    widths.push_back(display_width(column.heading));
  }
  std::vector<std::vector<std::string>> lines;
  for (const auto& row : table.rows) {
    auto& line = lines.emplace_back();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      line.push_back(one_line(shown(table, row[i])));
      widths[i] = std::max(widths[i], display_width(line.back()));
    }
  }
  std::string out = table.title.empty() ? "" : table.title + "\n";
  out += aligned(headings, widths);
  for (const auto& line : lines) out += aligned(line, widths);
  return out;
}

std::string to_csv(const Table& table) {
  std::string out(kByteOrderMark);
  const auto end_cell = [&](bool last) { out += last ? "\r\n" : ","; };
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    out += csv_words(table.columns[i].heading);
    end_cell(i + 1 == table.columns.size());
  }
  for (const auto& row : table.rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += csv_cell(row[i]);
      end_cell(i + 1 == row.size());
    }
  return out;
}

json::object to_json(const Table& table) {
  json::array columns, rows;
  for (const auto& column : table.columns) {
    json::object item;
    item["key"] = column.key;
    item["heading"] = column.heading;
    columns.push_back(std::move(item));
  }
  for (const auto& row : table.rows) rows.push_back(row_json(table, row));
  json::object out;
  out["title"] = table.title;
  out["columns"] = std::move(columns);
  out["rows"] = std::move(rows);
  return out;
}

}  // namespace edu
