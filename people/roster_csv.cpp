#include "people/roster_csv.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/table.h"
#include "people/csv_rows.h"
#include "people/file_text.h"
#include "people/roster_headings.h"

namespace edu::people {
namespace {

// "sep=;", which spreadsheet programs put before a file whose separator is not theirs.
std::optional<char> take_separator_line(std::string_view& text) {
  auto rest = text;
  auto line = take_line(rest);
  line = line.substr(0, line.find_last_not_of(" \r\n\"") + 1);
  if (line.starts_with('"')) line.remove_prefix(1);
  constexpr std::string_view kMark = "sep=";
  const bool named = line.starts_with(kMark) || line.starts_with("SEP=");
  if (!named) return std::nullopt;
  const char separator = line.size() > kMark.size() ? line[kMark.size()] : ',';
  text = rest;
  return separator;
}

struct Separator {
  char sign = ',';
  std::size_t most = 0;  // fields that a row names by it
};

// The separator by which some row near the top names the most fields.
Separator separator_of(std::string_view text) {
  Separator best;
  for (const char separator : {',', ';', '\t', '|'}) {
    std::size_t rows = 0;
    each_csv_row(text, separator, [&](const FileRow& row) {
      if (const auto named = headings_in(row); named > best.most) best = {separator, named};
      return ++rows < kMostTitleRows;
    });
  }
  return best;
}

// A list that was typed by hand may be divided by Chinese commas.
std::string with_plain_separators(std::string_view text) {
  std::string out(text);
  for (const auto& [wide, plain] : {std::pair("，", ","), std::pair("；", ";")})
    for (auto at = out.find(wide); at != out.npos; at = out.find(wide, at)) out.replace(at, 3, plain);
  return out;
}

}  // namespace

std::variant<RosterFile, LineErrors> parse_roster(std::string_view bytes) {
  if (bytes.size() > kLargestRosterFile)
    return one_error(0, "file_too_large", {{"limit", std::to_string(kLargestRosterFile >> 20)}});
  const auto decoded = decode(bytes);
  if (!decoded)
    return one_error(decoded.error().line, "unreadable_line", {{"encoding", decoded.error().encoding}});
  std::string_view text = decoded->text;
  const auto named = take_separator_line(text);
  Understood understood;
  understood.kind = "csv";
  understood.encoding = decoded->encoding;
  std::string typed;
  auto separator = separator_of(text);
  if (!named && separator.most < 2) {
    typed = with_plain_separators(text);
    if (const auto wide = separator_of(typed); wide.most > separator.most) separator = wide, text = typed;
  }
  understood.separator = named.value_or(separator.sign);
  std::vector<FileRow> rows;
  each_csv_row(text, understood.separator, [&](const FileRow& row) {
    rows.push_back(row);
    if (named) ++rows.back().line;  // the line that names the separator
    return rows.size() < kMostRosterRows + 2 * kMostTitleRows;
  });
  return read_roster(rows, std::move(understood));
}

std::string export_csv(const std::vector<Person>& people, Language language) {
  return to_csv(roster_table(people, language));
}

std::string roster_template(Language language) {
  Person example;
  example.number = "001";
  example.name = text(language, "people.example.name");
  example.gender = Gender::male;
  example.birth = "1980-05";
  example.group = text(language, "people.example.group");
  example.phone = "13900001000";
  return export_csv({example}, language);
}

}  // namespace edu::people
