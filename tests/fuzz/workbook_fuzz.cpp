// Any bytes as a workbook: it is refused with a text, or it is rows of texts that its lines give back, and a
// roster or errors of lines.
//
// What begins with 0x1E is the parts of a ZIP file, each 0x1E name 0x1F content: they are packed here, so
// that changes reach the parts and do not end at a checksum.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "base/fd.h"
#include "people/roster_workbook.h"
#include "people/workbook/readers.h"
#include "refusal_check.h"

using namespace edu;

namespace {

constexpr std::string_view kLocal = "PK\x03\x04", kCentral = "PK\x01\x02", kEnd = "PK\x05\x06";

std::string number(std::size_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

// Stored, as PKWARE's APPNOTE 4.3 has it.
class Zip {
 public:
  void add(std::string_view name, std::string_view content) {
    const auto* bytes = reinterpret_cast<const Bytef*>(content.data());
    const auto checksum = crc32(0, bytes, static_cast<uInt>(content.size()));
    const auto both = number(20, 2) + std::string(8, '\0') + number(checksum, 4) + number(content.size(), 4) +
                      number(content.size(), 4) + number(name.size(), 2) + number(0, 2);
    directory_ +=
        std::string(kCentral) + number(20, 2) + both + std::string(10, '\0') + number(out_.size(), 4);
    directory_ += name;
    out_ += std::string(kLocal) + both;
    out_ += name;
    out_ += content;
    ++parts_;
  }
  std::string made() const {
    return out_ + directory_ + std::string(kEnd) + number(0, 4) + number(parts_, 2) + number(parts_, 2) +
           number(directory_.size(), 4) + number(out_.size(), 4) + number(0, 2);
  }

 private:
  std::string out_, directory_;
  std::size_t parts_ = 0;
};

std::string packed(std::string_view parts) {
  Zip zip;
  while (!parts.empty()) {
    parts.remove_prefix(1);
    const auto part = parts.substr(0, parts.find('\x1e'));
    const auto name = part.substr(0, part.find('\x1f'));
    if (name.size() < part.size() && name.size() < 256) zip.add(name, part.substr(name.size() + 1));
    parts.remove_prefix(part.size());
  }
  return zip.made();
}

Result<workbook::Workbook> read_xls(std::string_view bytes) {
  const Fd file(::memfd_create("workbook", MFD_CLOEXEC));
  check(::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  return workbook::read_xls(bytes, "/proc/self/fd/" + std::to_string(file.get()));
}

Result<workbook::Workbook> read(const std::string& kind, std::string_view bytes) {
  if (kind == "xls") return read_xls(bytes);
  if (kind == "html") return workbook::read_html(bytes);
  return kind == "zip" ? workbook::read_zip(bytes) : workbook::read_xml(bytes);
}

void check_lines(const Result<workbook::Workbook>& book) {
  const auto lines = workbook::to_lines(book);
  const auto again = workbook::from_lines(lines);
  check(book || !again);
  check_refusal(again);  // a text that is no UTF-8 is garbage to the daemon
  if (again)
    check(workbook::to_lines(workbook::from_lines(workbook::to_lines(again))) == workbook::to_lines(again));
}

void check_roster(const workbook::Workbook& book) {
  const auto outcome = people::parse_workbook(book);
  if (const auto* errors = std::get_if<people::LineErrors>(&outcome))
    for (const auto& error : *errors) check(has_text(Language::zh, "refusal." + error.refusal.code));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.starts_with('\x1e')) bytes = packed(bytes);
  const auto kind = workbook::kind_of(bytes);
  if (!kind) return 0;
  const auto book = read(*kind, bytes);
  check_refusal(book);
  check_lines(book);
  if (book) check_roster(*book);
  return 0;
}
