#include "people/roster_csv.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/table.h"
#include "base/text.h"
#include "people/csv_rows.h"
#include "people/file_text.h"
#include "people/roster_headings.h"

namespace edu::people {
namespace {

constexpr std::size_t kShownHeading = 60;  // bytes of a wrong heading in a message: enough to find it by

class Errors {
 public:
  void add(std::size_t line, std::string code, Args args = {}) {
    if (list_.size() < kMostErrors)
      list_.push_back({line, Refusal{"people." + code, std::move(args), Refusal::Kind::invalid}});
    else
      ++more_;
  }
  bool none() const { return list_.empty(); }
  std::vector<LineError> take() {
    if (more_ > 0) list_.push_back({0, Refusal{"people.more_errors", {{"count", std::to_string(more_)}}}});
    return std::move(list_);
  }

 private:
  std::vector<LineError> list_;
  std::size_t more_ = 0;
};

// The words of a vocabulary as they may be typed: the texts of both catalogues, the keys, usual other words.
template <class E>
std::map<std::string, E> typed_words(std::initializer_list<std::pair<const char*, E>> others = {}) {
  std::map<std::string, E> words;
  for (const auto& word : Vocabulary<E>::words) {
    words.emplace(word.key, word.value);
    for (const auto language : {Language::zh, Language::en})
      words.emplace(label(language, word.value), word.value);
  }
  words.insert(others.begin(), others.end());
  return words;
}

template <class E>
std::optional<E> typed(const std::map<std::string, E>& words, const std::string& cell) {
  const auto found = words.find(ascii_lower(cell));
  if (found == words.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> split_list(std::string cell) {
  for (const std::string_view mark : {"、", "，", "；", ";", "/"})
    for (auto at = cell.find(mark); at != std::string::npos; at = cell.find(mark))
      cell.replace(at, mark.size(), ",");
  std::vector<std::string> items;
  while (!cell.empty()) {
    const auto end = std::min(cell.find(','), cell.size());
    if (auto item = one_line(cell.substr(0, end)); !item.empty()) items.push_back(std::move(item));
    cell.erase(0, end + 1);
  }
  return items;
}

bool is_blank(const CsvRow& row) {
  return row.fields <= kMostCells &&
         std::all_of(row.cells.begin(), row.cells.end(), [](const std::string& cell) {
           return cell.size() <= kLongestRawCell && clean_cell(cell).empty();
         });
}

struct Column {
  Field field;
  std::string heading;  // as it stands in the file: messages call the column by it
};

class RosterParser {
 public:
  bool take(const CsvRow& row) {
    if (row.broken) {
      errors_.add(row.line, "broken_quotes");
      return !columns_.empty();
    }
    if (is_blank(row)) return true;
    if (columns_.empty()) return take_headings(row);
    if (++rows_ > kMostRosterRows) {
      errors_.add(row.line, "too_many_rows", {{"limit", std::to_string(kMostRosterRows)}});
      return false;
    }
    take_person(row);
    return true;
  }

  std::variant<RosterFile, std::vector<LineError>> finish() {
    if (errors_.none() && rows_ == 0) errors_.add(0, columns_.empty() ? "empty_file" : "no_people");
    if (errors_.none()) return std::move(file_);
    return errors_.take();
  }

 private:
  // Headings that do not fit make every row unreadable: then only they are reported.
  bool take_headings(const CsvRow& row) {
    if (row.fields > kMostCells)
      errors_.add(row.line, "too_many_columns", {{"limit", std::to_string(kMostCells)}});
    std::size_t at = 0;
    for (const auto& cell : row.cells) {
      ++at;
      const auto shown = clean_cell(truncate_utf8(cell, kShownHeading));
      const auto field = field_of(cell);
      if (!field)
        errors_.add(row.line, "unknown_column", {{"at", std::to_string(at)}, {"column", shown}});
      else if (has(*field))
        errors_.add(row.line, "double_column", {{"column", shown}});
      else
        columns_.push_back({*field, shown});
    }
    for (const auto& [field, code] :
         {std::pair(Field::number, "no_number_column"), std::pair(Field::name, "no_name_column"),
          std::pair(Field::category, "no_category_column")})
      if (!has(field)) errors_.add(row.line, code);
    return errors_.none();
  }

  bool has(Field field) const {
    return std::any_of(columns_.begin(), columns_.end(), [&](const Column& c) { return c.field == field; });
  }

  void take_person(const CsvRow& row) {
    line_ = row.line;
    if (!fits_columns(row)) return;
    RosterEntry entry;
    for (std::size_t i = 0; i < columns_.size(); ++i) read_cell(columns_[i], row.cells[i], entry);
    if (entry.status_since && !entry.status) error("since_without_status");
    if (!entry.number.empty()) {
      const auto [first, is_new] = lines_of_numbers_.emplace(entry.number, line_);
      if (!is_new)
        error("duplicate_number", {{"number", entry.number}, {"line", std::to_string(first->second)}});
    }
    if (errors_.none()) file_.entries.push_back(std::move(entry));
  }

  // Empty cells beyond the last column do no harm: spreadsheet programs write them.
  bool fits_columns(const CsvRow& row) {
    const bool more =
        row.fields > kMostCells ||
        std::any_of(
            row.cells.begin() + static_cast<std::ptrdiff_t>(std::min(columns_.size(), row.cells.size())),
            row.cells.end(), [](const std::string& cell) { return !cell.empty(); });
    if (row.fields >= columns_.size() && !more) return true;
    error("field_count",
          {{"found", std::to_string(row.fields)}, {"expected", std::to_string(columns_.size())}});
    return false;
  }

  void read_cell(const Column& column, const std::string& raw, RosterEntry& entry) {
    if (column.field == Field::no) return;
    const bool readable = raw.size() <= kLongestRawCell;
    const auto cell = !readable                     ? std::string()
                      : column.field == Field::name ? clean_name(raw)
                                                    : clean_cell(raw);
    if (!readable || cell.size() > kLongestCell)
      return error("field_too_long", {{"column", column.heading}, {"limit", std::to_string(kLongestCell)}});
    const bool needed =
        column.field == Field::number || column.field == Field::name || column.field == Field::category;
    if (needed && cell.empty()) return error("missing_value", {{"column", column.heading}});
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
        entry.category = word(categories_, cell, "unknown_category").value_or(entry.category);
        break;
      case Field::gender:
        entry.gender = word(genders_, cell, "unknown_gender");
        break;
      case Field::status:
        if (!cell.empty()) entry.status = word(statuses_, cell, "unknown_status");
        break;
      case Field::roles:
        entry.roles = roles(cell);
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

  template <class E>
  std::optional<E> word(const std::map<std::string, E>& words, const std::string& cell, const char* code) {
    auto value = typed(words, cell);
    if (!value) error(code, {{"value", cell}});
    return value;
  }

  std::vector<Role> roles(const std::string& cell) {
    std::vector<Role> found;
    for (const auto& item : split_list(cell))
      if (const auto role = word(roles_, item, "unknown_role")) found.push_back(*role);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  std::string birth(const Column& column, const std::string& cell) {
    if (cell.empty()) return cell;
    const auto date = parse_loose_date(cell);
    if (date) return to_string(date->first_day()).substr(0, 7);
    error("bad_date", {{"column", column.heading}, {"value", cell}});
    return {};
  }

  void set_since(const Column& column, const std::string& cell, RosterEntry& entry) {
    if (const auto date = parse_loose_date(cell))
      entry.status_since = date->first_day();
    else
      error("bad_date", {{"column", column.heading}, {"value", cell}});
  }

  void error(std::string code, Args args = {}) { errors_.add(line_, std::move(code), std::move(args)); }

  const std::map<std::string, Gender> genders_ =
      typed_words<Gender>({{"m", Gender::male}, {"f", Gender::female}});
  const std::map<std::string, Category> categories_ =
      typed_words<Category>({{"正式党员", Category::member},
                             {"积极分子", Category::applicant},
                             {"申请人", Category::applicant},
                             {"入党申请人", Category::applicant}});
  const std::map<std::string, Status> statuses_ = typed_words<Status>();
  const std::map<std::string, Role> roles_ =
      typed_words<Role>({{"操作管理人员", Role::station_operator}, {"学习辅导人员", Role::tutor}});
  std::vector<Column> columns_;
  std::unordered_map<std::string, std::size_t> lines_of_numbers_;
  RosterFile file_;
  Errors errors_;
  std::size_t rows_ = 0;
  std::size_t line_ = 0;
};

std::vector<LineError> one_error(std::size_t line, std::string code, Args args) {
  Errors errors;
  errors.add(line, std::move(code), std::move(args));
  return errors.take();
}

}  // namespace

std::variant<RosterFile, std::vector<LineError>> parse_roster(std::string_view bytes) {
  if (bytes.size() > kLargestRosterFile)
    return one_error(0, "file_too_large", {{"limit", std::to_string(kLargestRosterFile >> 20)}});
  const auto decoded = decode(bytes);
  if (!decoded)
    return one_error(decoded.error().line, "unreadable_line", {{"encoding", decoded.error().encoding}});
  RosterParser parser;
  each_csv_row(*decoded, [&](const CsvRow& row) { return parser.take(row); });
  return parser.finish();
}

std::string line_text(Language language, const LineError& error) {
  const auto what = text(language, error.refusal);
  if (error.line == 0) return what;
  return text(language, "people.line", {{"line", std::to_string(error.line)}, {"what", what}});
}

std::string export_csv(const std::vector<Person>& people, Language language) {
  return to_csv(roster_table(people, language));
}

}  // namespace edu::people
