#include "people/roster_reader.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/text.h"
#include "base/typed.h"
#include "people/cells.h"
#include "people/id_numbers.h"
#include "people/roster_headings.h"
#include "people/roster_words.h"

namespace edu::people {
namespace {

constexpr std::size_t kShownText = 60;  // bytes of a heading or a title in a message: enough to find it by

class Errors {
 public:
  void add(std::size_t line, std::string code, Args args = {}) {
    if (list_.size() < kMostErrors)
      list_.push_back({line, Refusal{"people." + code, std::move(args), Refusal::Kind::invalid}});
    else
      ++more_;
  }
  bool none() const { return list_.empty(); }
  LineErrors take() {
    if (more_ > 0)
      list_.push_back({0, Refusal{"people.more_errors", {{"count", std::to_string(more_)}}, {}}});
    return std::move(list_);
  }

 private:
  LineErrors list_;
  std::size_t more_ = 0;
};

std::string shown(std::string_view cell) { return clean_cell(truncate_utf8(cell, kShownText)); }

// The form in which words are compared; what is too long for a cell is no word.
std::string word_form(const std::string& cell) {
  return cell.size() <= kLongestRawCell ? name_key(clean_name(cell)) : cell;
}

bool is_blank(const FileRow& row) {
  return row.fields <= kMostCells && std::ranges::all_of(row.cells, [](const std::string& cell) {
           return cell.size() <= kLongestRawCell && clean_cell(cell).empty();
         });
}

std::string first_text(const FileRow& row) {
  for (const auto& cell : row.cells)
    if (auto text = shown(cell); !text.empty()) return text;
  return {};
}

template <class List>
bool begins_with_one_of(const std::string& text, const List& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.starts_with(word); });
}

class RosterReader {
 public:
  explicit RosterReader(Understood understood) { file_.understood = std::move(understood); }

  std::variant<RosterFile, LineErrors> read(const std::vector<FileRow>& rows) {
    const auto headings = find_headings(rows);
    if (headings == rows.end()) return finish();
    for (auto row = rows.begin(); row != headings; ++row)
      if (!is_blank(*row)) pass_over(*row);
    headings_ = *headings;
    take_headings(*headings);
    for (auto row = headings + 1; row != rows.end() && !columns_.empty(); ++row)
      if (!take(*row)) break;
    return finish();
  }

 private:
  using Rows = std::vector<FileRow>::const_iterator;

  std::variant<RosterFile, LineErrors> finish() {
    if (errors_.none() && rows_ == 0) errors_.add(0, columns_.empty() ? "empty_file" : "no_people");
    if (errors_.none()) return std::move(file_);
    return errors_.take();
  }

  // The first row that reads as headings, else the one that names the most fields: then its lacks are told.
  Rows find_headings(const std::vector<FileRow>& rows) {
    auto best = rows.end();
    std::size_t most = 0, looked_at = 0;
    for (auto row = rows.begin(); row != rows.end() && looked_at < kMostTitleRows; ++row) {
      if (row->broken) return errors_.add(row->line, "broken_quotes"), rows.end();
      if (is_blank(*row)) continue;
      if (reads_as_headings(*row)) return row;
      const auto named = headings_in(*row);
      if (best == rows.end() || named > most) best = row, most = named;
      ++looked_at;
    }
    return best;
  }

  void pass_over(const FileRow& row) { file_.understood.skipped.push_back({row.line, first_text(row)}); }

  // Headings that do not fit make every row unreadable: then only they are reported.
  void take_headings(const FileRow& row) {
    file_.understood.heading_line = row.line;
    for (std::size_t at = 0; at < row.cells.size(); ++at) {
      const auto heading = shown(row.cells[at]);
      const auto field = field_of(row.cells[at]);
      if (!field && !heading.empty()) file_.understood.unknown_columns.push_back(heading);
      if (!field) continue;
      if (has(*field)) errors_.add(row.line, "double_column", {{"column", heading}});
      columns_.push_back({*field, heading, at});
    }
    if (!has(Field::number) && has(Field::no)) number_by_line();
    for (const auto& column : columns_) file_.understood.columns.push_back(column.heading);
    for (const auto& [field, code] :
         {std::pair(Field::number, "no_number_column"), std::pair(Field::name, "no_name_column"),
          std::pair(Field::category, "no_category_column")})
      if (!has(field)) errors_.add(row.line, code);
    if (!errors_.none()) columns_.clear();
  }

  void number_by_line() {
    for (auto& column : columns_)
      if (column.field == Field::no) column.field = Field::number;
    file_.understood.number_is_line = true;
  }

  bool has(Field field) const {
    return std::ranges::any_of(columns_, [&](const Column& c) { return c.field == field; });
  }

  // False: no more.
  bool take(const FileRow& row) {
    if (row.broken) return errors_.add(row.line, "broken_quotes"), true;
    if (is_blank(row)) return true;
    if (is_no_person(row)) return pass_over(row), true;
    if (++rows_ > kMostRosterRows)
      return errors_.add(row.line, "too_many_rows", {{"limit", std::to_string(kMostRosterRows)}}), false;
    take_person(row);
    return true;
  }

  std::string cell(const FileRow& row, Field field) const {
    for (const auto& column : columns_)
      if (column.field == field && column.at < row.cells.size()) return word_form(row.cells[column.at]);
    return {};
  }

  // The headings again, as on every printed page; totals; who filled it in, and notes.
  bool is_no_person(const FileRow& row) const {
    static constexpr std::array<std::string_view, 9> kTotals{"合计",   "总计", "小计",  "共计",    "总数",
                                                             "总人数", "累计", "total", "subtotal"};
    static constexpr std::array<std::string_view, 14> kFooters{"制表",   "填表", "填报", "审核", "审批",
                                                               "负责人", "单位", "备注", "注:",  "说明",
                                                               "日期",   "共",   "note", "第"};
    if (row.cells == headings_.cells) return true;
    const auto number = cell(row, Field::number), name = cell(row, Field::name);
    const auto category = cell(row, Field::category);
    if (!typed_categories(category).known.empty()) return false;
    if (begins_with_one_of(number, kTotals) || begins_with_one_of(name, kTotals)) return true;
    const auto first = word_form(first_text(row));
    const auto says_nothing = [](const std::string& text) {
      return text.empty() || begins_with_one_of(text, kFooters);
    };
    const bool nobody = says_nothing(category) && says_nothing(name);
    return nobody && (begins_with_one_of(first, kTotals) || begins_with_one_of(first, kFooters));
  }

  void take_person(const FileRow& row) {
    line_ = row.line;
    if (!has_its_cells(row)) return;
    RosterEntry entry;
    for (const auto& column : columns_)
      read_cell(column, column.at < row.cells.size() ? row.cells[column.at] : std::string(), entry);
    if (entry.status_since && !entry.status) error("since_without_status");
    if (!entry.number.empty()) {
      const auto [first, added] = lines_of_numbers_.emplace(entry.number, line_);
      if (!added)
        error("duplicate_number", {{"number", entry.number}, {"line", std::to_string(first->second)}});
    }
    file_.entries.push_back(std::move(entry));
    file_.lines.push_back(line_);
  }

  // Programs leave out empty cells at the end of a row, or add some. A cell too many was divided at a
  // separator of its own; one that is needed and missing was too.
  bool has_its_cells(const FileRow& row) {
    const auto expected = headings_.fields;
    bool good = true;
    for (std::size_t at = expected; at < row.cells.size(); ++at)
      good = good && row.cells[at].size() <= kLongestRawCell && clean_cell(row.cells[at]).empty();
    for (const auto& column : columns_) good = good && (!is_needed(column.field) || column.at < row.fields);
    if (!good)
      error("field_count", {{"found", std::to_string(row.fields)}, {"expected", std::to_string(expected)}});
    return good;
  }

  static bool is_needed(Field field) {
    return field == Field::number || field == Field::name || field == Field::category;
  }

  static std::string cleaned(Field field, const std::string& raw) {
    if (field == Field::number || field == Field::phone) return clean_number(raw);
    return field == Field::name || field == Field::group ? clean_name(raw) : clean_cell(raw);
  }

  void read_cell(const Column& column, const std::string& raw, RosterEntry& entry) {
    if (column.field == Field::no) return;
    const bool readable = raw.size() <= kLongestRawCell;
    const auto cell = readable ? cleaned(column.field, raw) : std::string();
    if (!readable || cell.size() > kLongestCell)
      return error("field_too_long", {{"column", column.heading}, {"limit", std::to_string(kLongestCell)}});
    if (is_needed(column.field) && cell.empty()) return error("missing_value", {{"column", column.heading}});
    if (column.field == Field::number || column.field == Field::phone)
      if (const auto* code = digits_lost(cell))
        return error(code, {{"column", column.heading}, {"value", cell}});
    set(column, cell, entry);
  }

  void set(const Column& column, const std::string& cell, RosterEntry& entry) {
    switch (column.field) {
      case Field::number:
        entry.number = cell;
        break;
      case Field::name:
        entry.name = cell;
        break;
      case Field::category:
        set_categories(cell, entry);
        break;
      case Field::gender:
        if (!(entry.gender = typed_gender(cell))) error("unknown_gender", {{"value", cell}});
        break;
      case Field::status:
        if (!cell.empty() && !(entry.status = typed_status(cell))) error("unknown_status", {{"value", cell}});
        break;
      case Field::roles:
        set_roles(cell, entry);
        break;
      case Field::birth:
        entry.birth = birth(column, cell);
        break;
      case Field::status_since:
        if (!cell.empty()) set_since(column, cell, entry);
        break;
      case Field::group:
        entry.group = cell;
        break;
      case Field::phone:
        entry.phone = cell;
        break;
      case Field::no:
        break;
    }
  }

  void set_categories(const std::string& cell, RosterEntry& entry) {
    const auto words = typed_categories(cell);
    for (const auto& item : words.unknown) error("unknown_category", {{"value", item}});
    if (words.known.empty()) {
      if (words.unknown.empty()) error("unknown_category", {{"value", cell}});
      return;
    }
    auto [category, marks] = standing(words.known);
    entry.category = category;
    entry.marks = std::move(marks);
  }

  void set_roles(const std::string& cell, RosterEntry& entry) {
    auto words = typed_roles(cell);
    for (const auto& item : words.unknown) error("unknown_role", {{"value", item}});
    entry.roles = std::move(words.known);
  }

  std::string birth(const Column& column, const std::string& cell) {
    if (cell.empty()) return cell;
    const auto date = parse_loose_date(cell);
    if (date) return to_string(date->first_day()).substr(0, 7);
    bad_date(column, cell);
    return {};
  }

  void set_since(const Column& column, const std::string& cell, RosterEntry& entry) {
    if (const auto date = parse_loose_date(cell))
      entry.status_since = date->first_day();
    else
      bad_date(column, cell);
  }

  // 1990.1 has a reason of its own.
  void bad_date(const Column& column, const std::string& cell) {
    const bool cut = cell.size() == 6 && cell.ends_with(".1") && parse_loose_date(cell + "0").has_value();
    error(cut ? "cut_date" : "bad_date", {{"column", column.heading}, {"value", cell}});
  }

  void error(std::string code, Args args = {}) { errors_.add(line_, std::move(code), std::move(args)); }

  FileRow headings_;
  std::vector<Column> columns_;
  std::unordered_map<std::string, std::size_t> lines_of_numbers_;
  RosterFile file_;
  Errors errors_;
  std::size_t rows_ = 0;
  std::size_t line_ = 0;
};

}  // namespace

std::variant<RosterFile, LineErrors> read_roster(const std::vector<FileRow>& rows, Understood understood) {
  return RosterReader(std::move(understood)).read(rows);
}

LineErrors one_error(std::size_t line, std::string code, Args args) {
  return {{line, Refusal{"people." + std::move(code), std::move(args), Refusal::Kind::invalid}}};
}

std::string line_text(Language language, const LineError& error) {
  const auto what = text(language, error.refusal);
  if (error.line == 0) return what;
  return text(language, "people.line", {{"line", std::to_string(error.line)}, {"what", what}});
}

}  // namespace edu::people
