#include "base/table.h"

#include <algorithm>
#include <array>

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

void append_csv_cell(std::string& out, std::string_view cell) {
  const bool harmless = !looks_like_formula(cell);
  const bool quoted = cell.find_first_of("\",\r\n") != std::string_view::npos;
  if (quoted) out += '"';
  if (!harmless) out += '\'';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  if (quoted) out += '"';
}

template <class Cells, class Get>
void append_csv_row(std::string& out, const Cells& cells, Get get) {
  bool first = true;
  for (const auto& cell : cells) {
    if (!first) out += ',';
    first = false;
    append_csv_cell(out, get(cell));
  }
  out += "\r\n";
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

std::string to_terminal(const Table& table) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    auto width = display_width(table.columns[i].heading);
    for (const auto& row : table.rows) width = std::max(width, display_width(one_line(row[i])));
    widths.push_back(width);
  }
  std::string out = table.title.empty() ? "" : table.title + "\n";
  std::string line;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (i != 0) line += "  ";
    pad(line, table.columns[i].heading, widths[i]);
  }
  out += trimmed(line);
  for (const auto& row : table.rows) {
    line.clear();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (i != 0) line += "  ";
      pad(line, one_line(row[i]), widths[i]);
    }
    out += trimmed(line);
  }
  return out;
}

std::string to_csv(const Table& table) {
  std::string out(kByteOrderMark);
  append_csv_row(out, table.columns, [](const Column& c) -> std::string_view { return c.heading; });
  for (const auto& row : table.rows)
    append_csv_row(out, row, [](const std::string& cell) -> std::string_view { return cell; });
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
  for (const auto& row : table.rows) {
    json::object item;
    for (std::size_t i = 0; i < row.size(); ++i) item[table.columns[i].key] = row[i];
    rows.push_back(std::move(item));
  }
  json::object out;
  out["title"] = table.title;
  out["columns"] = std::move(columns);
  out["rows"] = std::move(rows);
  return out;
}

}  // namespace edu
