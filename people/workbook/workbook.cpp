#include "people/workbook/workbook.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace edu::workbook {
namespace {

constexpr std::size_t kLookedAt = 4096;  // bytes at the front

bool begins_with_markup(std::string_view front, std::string_view tag) {
  const auto text = ascii_lower(front);
  return text.find(tag) != text.npos;
}

json::object row_object(const Row& row) {
  json::object out;
  out["row"] = row.number;
  out["cells"] = json::array(row.cells.begin(), row.cells.end());
  return out;
}

json::object refusal_object(const Refusal& refusal) {
  json::object out, args;
  for (const auto& [name, value] : refusal.args) args[name] = value;
  out["refused"] = refusal.code;
  out["args"] = args;
  return out;
}

Result<Workbook> garbage() { return refuse("people.workbook_garbage"); }

Refusal refusal_in(const json::object& line) {
  Refusal refusal{get_string(line, "refused"), {}, {}};
  if (const auto* args = line.if_contains("args"); args && args->is_object())
    for (const auto& arg : args->get_object())
      if (arg.value().is_string())
        refusal.args[std::string(arg.key())] = std::string(arg.value().get_string());
  return refusal;
}

// False: it is none.
bool take_row(const json::object& line, Workbook& workbook) {
  const auto number = get_int(line, "row");
  const auto& cells = get_array(line, "cells");
  if (workbook.sheets.empty() || number < 1 || cells.size() > kMostColumns) return false;
  auto& rows = workbook.sheets.back().rows;
  if (rows.size() >= kMostRows) return false;
  Row row{static_cast<std::size_t>(number), {}};
  for (const auto& cell : cells) {
    if (!cell.is_string() || cell.get_string().size() > kLongestCellText) return false;
    row.cells.emplace_back(cell.get_string());
  }
  rows.push_back(std::move(row));
  return true;
}

}  // namespace

std::optional<std::string> kind_of(std::string_view bytes) {
  if (bytes.starts_with("PK\x03\x04")) return "zip";
  if (bytes.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) return "xls";
  auto front = bytes.substr(0, kLookedAt);
  if (front.starts_with("\xEF\xBB\xBF")) front.remove_prefix(3);
  front.remove_prefix(std::min(front.find_first_not_of(" \t\r\n"), front.size()));
  if (!front.starts_with('<')) return std::nullopt;
  if (front.find("urn:schemas-microsoft-com:office:spreadsheet") != front.npos &&
      front.find("Workbook") != front.npos && !begins_with_markup(front, "<html"))
    return "xml";
  for (const std::string_view tag : {"<html", "<table", "<!doctype html", "<head", "<meta"})
    if (begins_with_markup(front, tag)) return "html";
  return std::nullopt;
}

std::string to_lines(const Result<Workbook>& workbook) {
  std::string out;
  const auto line = [&](const json::object& object) { out += json::serialize(object) + "\n"; };
  if (!workbook) {
    line(refusal_object(workbook.error()));
  } else {
    json::object first;
    first["kind"] = workbook->kind;
    line(first);
    for (const auto& sheet : workbook->sheets) {
      json::object head;
      head["sheet"] = sheet.name;
      head["hidden"] = sheet.hidden ? 1 : 0;
      line(head);
      for (const auto& row : sheet.rows) line(row_object(row));
    }
  }
  return out + std::string(kLastLine) + "\n";
}

Result<Workbook> from_lines(std::string_view lines) {
  Workbook workbook;
  while (!lines.empty()) {
    const auto text = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(text.size() + 1, lines.size()));
    if (text == kLastLine) break;
    const auto parsed = parse_json(text);
    if (!parsed || !parsed->is_object()) return garbage();
    const auto& line = parsed->get_object();
    if (line.contains("refused")) {
      auto refusal = refusal_in(line);
      if (!refusal.code.starts_with("people.workbook_")) return garbage();
      return Unexpected(std::move(refusal));
    }
    if (line.contains("kind")) {
      workbook.kind = get_string(line, "kind");
    } else if (line.contains("sheet")) {
      if (workbook.sheets.size() >= kMostSheets) return garbage();
      workbook.sheets.push_back({one_line(get_string(line, "sheet"), 255), get_int(line, "hidden") != 0, {}});
    } else if (!take_row(line, workbook)) {
      return garbage();
    }
  }
  for (const std::string_view kind : {"xlsx", "xls", "ods", "xml", "html"})
    if (workbook.kind == kind) return workbook;
  return garbage();
}

}  // namespace edu::workbook
