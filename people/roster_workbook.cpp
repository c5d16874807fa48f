#include "people/roster_workbook.h"

#include <algorithm>

#include "people/roster_headings.h"

namespace edu::people {
namespace {

std::vector<FileRow> rows_of(const workbook::Sheet& sheet) {
  std::vector<FileRow> rows;
  for (const auto& row : sheet.rows) rows.push_back({row.number, row.cells, row.cells.size(), false});
  return rows;
}

bool has_headings(const workbook::Sheet& sheet) {
  std::size_t looked_at = 0;
  for (const auto& row : sheet.rows) {
    if (reads_as_headings({row.number, row.cells, row.cells.size(), false})) return true;
    if (++looked_at == kMostTitleRows) break;
  }
  return false;
}

}  // namespace

std::variant<RosterFile, LineErrors> parse_workbook(const workbook::Workbook& book) {
  const auto& sheets = book.sheets;
  auto chosen =
      std::ranges::find_if(sheets, [](const auto& sheet) { return !sheet.hidden && has_headings(sheet); });
  if (chosen == sheets.end()) chosen = std::ranges::find_if(sheets, [](const auto& s) { return !s.hidden; });
  if (chosen == sheets.end()) return one_error(0, "empty_file");
  Understood understood;
  understood.kind = book.kind;
  understood.sheet = chosen->name;
  for (const auto& sheet : sheets)
    if (&sheet != &*chosen && !sheet.rows.empty()) understood.other_sheets.push_back(sheet.name);
  return read_roster(rows_of(*chosen), std::move(understood));
}

}  // namespace edu::people
