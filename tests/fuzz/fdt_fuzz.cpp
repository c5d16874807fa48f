// Any bytes as an FDT: refused, or files that writing and reading gives back, with names that are safe. The
// same bytes as coded content: never more comes out than the bound.
#include <cstdlib>

#include "base/messages.h"
#include "flute/content.h"
#include "flute/fdt.h"

using namespace edu;

namespace {

constexpr std::uint64_t kMost = 1 << 20;

void check(bool holds) {
  if (!holds) std::abort();
}

void check_text(const Refusal& refusal) {
  check(has_text(Language::zh, "refusal." + refusal.code) &&
        has_text(Language::en, "refusal." + refusal.code));
}

void check_fdt(const flute::ReadFdt& read) {
  check(read.fdt.files.size() <= flute::kMostFiles && read.skipped.size() <= 20);
  for (const auto& refusal : read.skipped) check_text(refusal);
  for (const auto& file : read.fdt.files) {
    check(!file.toi.is_fdt() && !file.location.empty());
    if (const auto name = flute::safe_name(file.location))
      check(name->find_first_of(std::string_view("/\\\0", 3)) == name->npos && *name != ".." &&
            name->size() <= 255);
  }
  const auto again = flute::read_fdt(flute::write_fdt(read.fdt, 2));
  check(again && again->fdt.files.size() == read.fdt.files.size() &&
        again->fdt.complete == read.fdt.complete);
}

void check_content(std::span<const std::uint8_t> bytes) {
  using flute::ContentEncoding;
  for (const auto encoding : {ContentEncoding::none, ContentEncoding::zlib, ContentEncoding::gzip}) {
    std::uint64_t out = 0;
    flute::Inflater inflater(encoding, kMost, [&](auto piece) {
      out += piece.size();
      return Result<void>{};
    });
    const auto half = bytes.size() / 2;
    auto outcome = inflater.write(bytes.first(half));
    if (outcome) outcome = inflater.write(bytes.subspan(half));
    if (outcome) outcome = inflater.finish();
    if (!outcome) check_text(outcome.error());
    check(out <= kMost);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = flute::read_fdt(std::string(reinterpret_cast<const char*>(data), size));
  if (read)
    check_fdt(*read);
  else
    check_text(read.error());
  check_content({data, size});
  return 0;
}
