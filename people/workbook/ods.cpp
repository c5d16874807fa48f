#include "people/workbook/ods.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "people/workbook/grid.h"
#include "people/workbook/readers.h"
#include "people/workbook/xml_names.h"

namespace edu::workbook {
namespace {

std::size_t repeats(const pugi::xml_node& node, std::string_view name) {
  const auto text = attribute(node, name);
  std::size_t value = 1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return std::max<std::size_t>(value, 1);
}

void append_text(const pugi::xml_node& node, std::string& out) {
  for (const auto& inner : node.children()) {
    if (inner.type() == pugi::node_pcdata || inner.type() == pugi::node_cdata)
      out += inner.value();
    else if (is(inner, "s") || is(inner, "tab") || is(inner, "line-break"))
      out += ' ';
    else if (!is(inner, "annotation"))
      append_text(inner, out);
  }
}

std::string value_of(const pugi::xml_node& cell) {
  if (auto date = attribute(cell, "date-value"); !date.empty()) return date;
  std::string out;
  for (const auto& paragraph : cell.children()) {
    if (!is(paragraph, "p")) continue;
    if (!out.empty()) out += '\n';
    append_text(paragraph, out);
  }
  return out;
}

void read_row(const pugi::xml_node& row, std::size_t number, Grid& grid) {
  std::size_t column = 0;
  for (const auto& cell : row.children()) {
    const bool covered = is(cell, "covered-table-cell");
    if (!covered && !is(cell, "table-cell")) continue;
    const auto times = repeats(cell, "number-columns-repeated");
    const auto text = covered ? std::string() : value_of(cell);
    for (std::size_t i = 0; i < times && column + i < kMostColumns && !text.empty(); ++i)
      grid.put(number, column + i, text);
    column += times;
  }
}

// Rows may lie in groups and in headings that are repeated on every page.
void read_rows(const pugi::xml_node& parent, std::size_t& number, Grid& grid,
               std::vector<std::pair<std::size_t, pugi::xml_node>>& rows) {
  for (const auto& node : parent.children()) {
    if (is(node, "table-row-group") || is(node, "table-header-rows") || is(node, "table-rows"))
      read_rows(node, number, grid, rows);
    if (!is(node, "table-row")) continue;
    read_row(node, number, grid);
    rows.emplace_back(number, node);
    number += repeats(node, "number-rows-repeated");
  }
}

void fill_merged(const std::vector<std::pair<std::size_t, pugi::xml_node>>& rows, Grid& grid) {
  for (const auto& [number, row] : rows) {
    std::size_t column = 0;
    for (const auto& cell : row.children()) {
      const auto down = repeats(cell, "number-rows-spanned");
      if (down > 1) grid.fill_down(number, column, number + down - 1);
      column += repeats(cell, "number-columns-repeated");
    }
  }
}

std::set<std::string> hidden_styles(const pugi::xml_node& root) {
  std::set<std::string> names;
  for (const auto& style : child(root, "automatic-styles").children())
    if (attribute(child(style, "table-properties"), "display") == "false")
      names.insert(attribute(style, "name"));
  return names;
}

}  // namespace

Result<Workbook> read_ods(std::string_view content) {
  pugi::xml_document document;
  constexpr auto flags = pugi::parse_default | pugi::parse_ws_pcdata_single;
  if (!document.load_buffer(content.data(), content.size(), flags))
    return refuse("people.workbook_bad", {{"what", "content.xml"}});
  const auto root = document.document_element();
  const auto hidden = hidden_styles(root);
  Workbook workbook{"ods", {}};
  for (const auto& table : child(child(root, "body"), "spreadsheet").children()) {
    if (!is(table, "table") || workbook.sheets.size() >= kMostSheets) continue;
    Grid grid;
    std::size_t number = 0;
    std::vector<std::pair<std::size_t, pugi::xml_node>> rows;
    read_rows(table, number, grid, rows);
    fill_merged(rows, grid);
    workbook.sheets.push_back(
        {attribute(table, "name"), hidden.contains(attribute(table, "style-name")), grid.rows()});
  }
  return workbook;
}

// XML Spreadsheet 2003: Workbook, Worksheet, Table, Row, Cell, Data.
Result<Workbook> read_xml(std::string_view bytes) {
  pugi::xml_document document;
  if (!document.load_buffer(bytes.data(), bytes.size()))
    return refuse("people.workbook_bad", {{"what", "XML"}});
  Workbook workbook{"xml", {}};
  for (const auto& sheet : document.document_element().children()) {
    if (!is(sheet, "Worksheet") || workbook.sheets.size() >= kMostSheets) continue;
    const std::string visible = child(child(sheet, "WorksheetOptions"), "Visible").text().get();
    Grid grid;
    std::size_t number = 0;
    std::vector<std::array<std::size_t, 3>> merged;
    for (const auto& row : child(sheet, "Table").children()) {
      if (!is(row, "Row")) continue;
      if (!attribute(row, "Index").empty()) number = repeats(row, "Index") - 1;
      std::size_t column = 0;
      for (const auto& cell : row.children()) {
        if (!is(cell, "Cell")) continue;
        if (!attribute(cell, "Index").empty()) column = repeats(cell, "Index") - 1;
        std::string text;
        append_text(child(cell, "Data"), text);
        grid.put(number, column, text);
        const auto down = attribute(cell, "MergeDown").empty() ? 0 : repeats(cell, "MergeDown");
        if (down > 0) merged.push_back({number, column, number + down});
        column += 1 + (attribute(cell, "MergeAcross").empty() ? 0 : repeats(cell, "MergeAcross"));
      }
      ++number;
    }
    for (const auto& [row, column, last] : merged) grid.fill_down(row, column, last);
    workbook.sheets.push_back({attribute(sheet, "Name"), !visible.empty(), grid.rows()});
  }
  return workbook;
}

}  // namespace edu::workbook
