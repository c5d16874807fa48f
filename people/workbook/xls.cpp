// XLS (BIFF5 to BIFF8 in a compound file), by freexl. The only source that includes <freexl.h>.
#include <vector>

#include <freexl.h>

#include "people/workbook/grid.h"
#include "people/workbook/readers.h"

namespace edu::workbook {
namespace {

class Handle {
 public:
  explicit Handle(const std::string& path) : result_(::freexl_open(path.c_str(), &handle_)) {}
  ~Handle() {
    if (handle_) ::freexl_close(handle_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  int result() const { return result_; }
  const void* get() const { return handle_; }
  unsigned info(unsigned short what) const {
    unsigned value = 0;
    return ::freexl_get_info(handle_, what, &value) == FREEXL_OK ? value : 0;
  }

 private:
  const void* handle_ = nullptr;
  int result_;
};

Unexpected bad(int code) { return refuse("people.workbook_bad", {{"what", "xls " + std::to_string(code)}}); }

// What Word and Excel since 2007 make of a file with a password: a compound file around a package.
bool is_locked_package(std::string_view bytes) {
  std::string name;
  for (const char c : std::string_view("EncryptedPackage")) name += {c, '\0'};
  return bytes.find(name) != bytes.npos;
}

// UTF-16, low byte first; empty for a text with characters beyond its first plane.
std::string utf16_of(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t at) {
      return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
    };
    const unsigned lead = byte(i);
    if (lead >= 0xF0) return {};
    const unsigned code = lead < 0x80 ? lead
                          : lead < 0xE0
                              ? (lead & 0x1F) << 6 | (byte(i + 1) & 0x3F)
                              : (lead & 0x0F) << 12 | (byte(i + 1) & 0x3F) << 6 | (byte(i + 2) & 0x3F);
    i += lead < 0x80 ? 1 : lead < 0xE0 ? 2 : 3;
    out += {static_cast<char>(code & 0xFF), static_cast<char>(code >> 8)};
  }
  return out;
}

// BOUNDSHEET (0x85): offset of the sheet, its state, its kind, its name in one byte or two a character.
// freexl does not tell the state.
bool is_hidden(std::string_view bytes, const std::string& name) {
  const auto wide = utf16_of(name);
  const auto length = static_cast<char>(wide.size() / 2);
  std::vector<std::string> stored{std::string{length, '\1'} + wide};
  if (wide.size() == 2 * name.size()) stored.push_back(std::string{length, '\0'} + name);
  if (wide.empty()) return false;
  for (const auto& one : stored)
    for (auto at = bytes.find(one); at != bytes.npos; at = bytes.find(one, at + 1))
      if (at >= 10 && bytes.substr(at - 10, 2) == std::string_view("\x85\0", 2))
        return (static_cast<unsigned char>(bytes[at - 2]) & 3) != 0;
  return false;
}

std::string text_of(const FreeXL_CellValue& value) {
  switch (value.type) {
    case FREEXL_CELL_INT:
      return std::to_string(value.value.int_value);
    case FREEXL_CELL_DOUBLE:
      return number_text(value.value.double_value, "");
    case FREEXL_CELL_TEXT:
    case FREEXL_CELL_SST_TEXT:
    case FREEXL_CELL_DATE:
    case FREEXL_CELL_DATETIME:
    case FREEXL_CELL_TIME:
      return value.value.text_value ? value.value.text_value : "";
    default:
      return {};
  }
}

std::vector<Row> rows_of(const Handle& book) {
  unsigned rows = 0;
  unsigned short columns = 0;
  Grid grid;
  if (::freexl_worksheet_dimensions(book.get(), &rows, &columns) != FREEXL_OK) return {};
  for (unsigned row = 0; row < rows && row < kMostRows; ++row)
    for (unsigned short column = 0; column < columns && column < kMostColumns; ++column) {
      FreeXL_CellValue value{};
      if (::freexl_get_cell_value(book.get(), row, column, &value) == FREEXL_OK)
        grid.put(row, column, text_of(value));
    }
  return grid.rows();
}

}  // namespace

Result<Workbook> read_xls(std::string_view bytes, const std::string& path) {
  if (is_locked_package(bytes)) return refuse("people.workbook_locked");
  const Handle book(path);
  if (!book.get() || book.result() != FREEXL_OK) return bad(book.result());
  if (book.info(FREEXL_BIFF_PASSWORD) == FREEXL_BIFF_OBFUSCATED) return refuse("people.workbook_locked");
  Workbook workbook{"xls", {}};
  const auto sheets = book.info(FREEXL_BIFF_SHEET_COUNT);
  for (unsigned short at = 0; at < sheets && at < kMostSheets; ++at) {
    const char* name = nullptr;
    if (::freexl_get_worksheet_name(book.get(), at, &name) != FREEXL_OK || !name) continue;
    if (::freexl_select_active_worksheet(book.get(), at) != FREEXL_OK) continue;
    workbook.sheets.push_back({name, is_hidden(bytes, name), rows_of(book)});
  }
  return workbook;
}

}  // namespace edu::workbook
