#include "people/csv_rows.h"

#include <new>
#include <optional>

#include <csv.h>

#include "people/file_text.h"

namespace edu::people {
namespace {

// libcsv knows no lines, so it is fed line by line: a row then ends with a line, or goes on with the next.
class Rows {
 public:
  Rows(char separator, const std::function<bool(const FileRow&)>& take) : separator_(separator), take_(take) {
    parser_.emplace(separator_);
  }

  // False: no more.
  bool feed(std::string_view whole_line) {
    ++line_;
    const auto line = without_equals(whole_line);
    if (!open_) row_.line = line_;
    if (csv_parse(&parser_->state, line.data(), line.size(), on_cell, on_row, this) != line.size())
      return broken();
    open_ = !ended_ && (open_ || line.find_first_not_of(" \t\r\n") != std::string_view::npos);
    return ended_ ? hand_over() : true;
  }

  void finish() {
    if (csv_fini(&parser_->state, on_cell, on_row, this) != 0)
      broken();
    else if (ended_)
      hand_over();
  }

 private:
  struct Parser {
    explicit Parser(char separator) {
      if (csv_init(&state, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
      csv_set_delim(&state, static_cast<unsigned char>(separator));
    }
    ~Parser() { csv_free(&state); }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;
    csv_parser state;
  };

  static void on_cell(void* bytes, std::size_t size, void* self) noexcept {
    auto& row = static_cast<Rows*>(self)->row_;
    if (++row.fields <= kMostCells) row.cells.emplace_back(static_cast<const char*>(bytes), size);
  }
  static void on_row(int, void* self) noexcept { static_cast<Rows*>(self)->ended_ = true; }

  // Without the = before a cell's opening quotation mark: ="092" is how programs keep a leading zero.
  std::string without_equals(std::string_view line) {
    std::string out;
    bool begins = !quoted_;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      if (begins && c == '=' && i + 1 < line.size() && line[i + 1] == '"') continue;
      if (c == '"') quoted_ = !quoted_;
      if (c != ' ') begins = !quoted_ && (c == separator_ || c == '\n' || c == '\r');
      out += c;
    }
    return out;
  }

  bool broken() {
    if (csv_error(&parser_->state) == CSV_ENOMEM) throw std::bad_alloc();
    parser_.emplace(separator_);
    quoted_ = false;
    row_.broken = true;
    return hand_over();
  }

  bool hand_over() {
    const bool more = take_(row_);
    row_ = FileRow{};
    open_ = ended_ = false;
    return more;
  }

  char separator_;
  const std::function<bool(const FileRow&)>& take_;
  std::optional<Parser> parser_;
  FileRow row_;
  std::size_t line_ = 0;
  bool quoted_ = false;  // a quoted cell goes on from the line before
  bool open_ = false;    // the row goes on from the line before
  bool ended_ = false;   // libcsv has reported the end of the row
};

}  // namespace

void each_csv_row(std::string_view text, char separator, const std::function<bool(const FileRow&)>& take) {
  Rows rows(separator, take);
  while (!text.empty())
    if (!rows.feed(take_line(text))) return;
  rows.finish();
}

}  // namespace edu::people
