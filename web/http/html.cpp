#include "web/http/html.h"

#include <algorithm>

#include "base/text.h"

namespace edu::web {
namespace {

std::vector<std::size_t> places_of(const Table& table, const std::vector<std::string>& keys) {
  std::vector<std::size_t> places;
  for (const auto& key : keys) {
    const auto found = std::ranges::find(table.columns, key, &Column::key);
    if (found != table.columns.end())
      places.push_back(static_cast<std::size_t>(found - table.columns.begin()));
  }
  return places;
}

// A figure, a time or a size stays on one line; words may wrap, and a title gets the most room for them.
std::string td(const Table& table, std::size_t place, const Cell& cell) {
  const bool words = std::holds_alternative<Text>(cell);
  const bool title = table.columns[place].key == "title";
  const auto* begin = !words ? "<td class=\"figure\">" : title ? "<td class=\"title\">" : "<td>";
  return begin + escape(shown(table, cell)) + "</td>";
}

}  // namespace

std::string escape(std::string_view text) {
  const auto clean = to_utf8(text);
  std::string out;
  out.reserve(clean.size());
  for (const char c : clean) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string html_table(const Table& table, const std::vector<std::string>& keys, std::size_t most,
                       Pick pick) {
  const auto places = places_of(table, keys);
  std::string out = "<table><thead><tr>";
  for (const auto place : places)
    out += "<th scope=\"col\">" + escape(table.columns[place].heading) + "</th>";
  out += "</tr></thead><tbody>\n";
  const auto count = std::min(most, table.rows.size());
  const auto first = pick == Pick::first ? 0 : table.rows.size() - count;
  for (std::size_t i = first; i < first + count; ++i) {
    out += "<tr>";
    for (const auto place : places) out += td(table, place, table.rows[i][place]);
    out += "</tr>\n";
  }
  return out + "</tbody></table>\n";
}

}  // namespace edu::web
