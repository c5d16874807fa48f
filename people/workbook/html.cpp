// A web page that is called .xls: what many systems of offices give out as "Excel". Each outermost table is a
// sheet.
#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/text.h"
#include "people/workbook/grid.h"
#include "people/workbook/readers.h"

namespace edu::workbook {
namespace {

constexpr std::size_t kMostSpan = 1000;

struct Tag {
  std::string name;  // lower case, "/td" when it closes
  std::string_view attributes;
};

std::size_t number_after(std::string_view text, std::string_view name) {
  const auto lower = ascii_lower(text);
  auto at = lower.find(name);
  if (at == lower.npos) return 1;
  at = lower.find_first_of("0123456789", at + name.size());
  std::size_t value = 1;
  if (at != lower.npos) std::from_chars(lower.data() + at, lower.data() + lower.size(), value);
  return std::clamp<std::size_t>(value, 1, kMostSpan);
}

void append_character(std::string& out, unsigned code) {
  const auto put = [&](unsigned byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code == 0 || code > 0xFFFF || (code >= 0xD800 && code < 0xE000)) return put('?');
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else {
    put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

std::string without_entities(std::string_view text) {
  static const std::map<std::string_view, std::string_view> kNamed{
      {"amp", "&"},  {"lt", "<"},   {"gt", ">"},         {"quot", "\""},
      {"apos", "'"}, {"nbsp", " "}, {"middot", "\u00B7"}};
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text[at] == '&' ? text.substr(0, at + 12).find(';', at) : text.npos;
    const auto name = end == text.npos ? std::string_view() : text.substr(at + 1, end - at - 1);
    const auto known = kNamed.find(name);
    unsigned code = 0;
    if (known != kNamed.end()) {
      out += known->second;
    } else if (name.starts_with('#') && name.size() > 1) {
      const bool hex = name[1] == 'x' || name[1] == 'X';
      std::from_chars(name.data() + (hex ? 2 : 1), name.data() + name.size(), code, hex ? 16 : 10);
      append_character(out, code);
    } else {
      out += text[at++];
      continue;
    }
    at = end + 1;
  }
  return out;
}

class Page {
 public:
  Workbook read(std::string_view text) {
    while (!text.empty()) {
      const auto open = std::min(text.find('<'), text.size());
      if (in_cell_) cell_ += text.substr(0, open);
      text.remove_prefix(open);
      if (!text.empty()) text.remove_prefix(take(text));
    }
    end_table();
    return std::move(workbook_);
  }

 private:
  // How many bytes the tag has, or the comment, style or script that begins with it.
  std::size_t take(std::string_view text) {
    const auto until = [&](std::string_view mark) {
      const auto at = text.find(mark);
      return at == text.npos ? text.size() : at + mark.size();
    };
    if (text.starts_with("<!--")) return until("-->");
    const auto size = until(">");
    const auto inside = text.substr(1, size < 2 ? 0 : size - 2);
    const auto name_end = std::min(inside.find_first_of(" \t\r\n"), inside.size());
    const Tag tag{ascii_lower(inside.substr(0, name_end)), inside.substr(name_end)};
    if (tag.name == "style" || tag.name == "script") {
      const auto end = ascii_lower(text).find("</" + tag.name);
      return end == std::string::npos ? text.size() : end;
    }
    apply(tag);
    return size;
  }

  void apply(const Tag& tag) {
    if (tag.name == "table" && depth_++ == 0) return begin_table();
    if (tag.name == "/table" && depth_ > 0 && --depth_ == 0) return end_table();
    if (depth_ != 1) return;
    if (tag.name == "tr") {
      end_cell();
      if (row_begun_) ++row_;
      row_begun_ = true;
      column_ = 0;
    } else if (tag.name == "td" || tag.name == "th") {
      end_cell();
      in_cell_ = true;
      across_ = number_after(tag.attributes, "colspan");
      down_ = number_after(tag.attributes, "rowspan");
    } else if (tag.name == "/td" || tag.name == "/th" || tag.name == "/tr") {
      end_cell();
    } else if (in_cell_ && (tag.name == "br" || tag.name == "br/" || tag.name == "p" || tag.name == "/p")) {
      cell_ += '\n';
    }
  }

  void begin_table() {
    grid_ = Grid();
    taken_.clear();
    row_ = column_ = 0;
    row_begun_ = false;
  }

  // A cell that goes over several rows stands in each, and moves the others to the right.
  void end_cell() {
    if (!in_cell_) return;
    in_cell_ = false;
    while (taken_.contains({row_, column_})) ++column_;
    const auto text = without_entities(cell_);
    for (std::size_t i = 0; i < down_; ++i) grid_.put(row_ + i, column_, text);
    for (std::size_t i = 1; i < down_; ++i)
      for (std::size_t k = 0; k < across_ && column_ + k < kMostColumns; ++k)
        taken_.insert({row_ + i, column_ + k});
    column_ += across_;
    cell_.clear();
  }

  void end_table() {
    end_cell();
    auto rows = grid_.rows();
    if (!rows.empty() && workbook_.sheets.size() < kMostSheets)
      workbook_.sheets.push_back({std::to_string(workbook_.sheets.size() + 1), false, std::move(rows)});
    grid_ = Grid();
    depth_ = 0;
  }

  Workbook workbook_{"html", {}};
  Grid grid_;
  std::set<std::pair<std::size_t, std::size_t>> taken_;
  std::string cell_;
  bool in_cell_ = false, row_begun_ = false;
  std::size_t depth_ = 0, row_ = 0, column_ = 0, across_ = 1, down_ = 1;
};

}  // namespace

Result<Workbook> read_html(std::string_view bytes) {
  auto workbook = Page().read(to_utf8(bytes));
  if (workbook.sheets.empty()) return refuse("people.workbook_html");
  return workbook;
}

}  // namespace edu::workbook
