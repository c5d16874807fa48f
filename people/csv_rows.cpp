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
  explicit Rows(const std::function<bool(const CsvRow&)>& take) : take_(take) { parser_.emplace(); }

  // False: no more.
  bool feed(std::string_view line) {
    ++line_;
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
    Parser() {
      if (csv_init(&state, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
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

  bool broken() {
    if (csv_error(&parser_->state) == CSV_ENOMEM) throw std::bad_alloc();
    parser_.emplace();
    row_.broken = true;
    return hand_over();
  }

  bool hand_over() {
    const bool more = take_(row_);
    row_ = CsvRow{};
    open_ = ended_ = false;
    return more;
  }

  const std::function<bool(const CsvRow&)>& take_;
  std::optional<Parser> parser_;
  CsvRow row_;
  std::size_t line_ = 0;
  bool open_ = false;   // the row goes on from the line before
  bool ended_ = false;  // libcsv has reported the end of the row
};

}  // namespace

void each_csv_row(std::string_view text, const std::function<bool(const CsvRow&)>& take) {
  Rows rows(take);
  while (!text.empty())
    if (!rows.feed(take_line(text))) return;
  rows.finish();
}

}  // namespace edu::people
