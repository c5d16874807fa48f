#include "people/workbook/zip_parts.h"

#include <zip.h>

namespace edu::workbook {
namespace {

struct Discard {
  void operator()(zip_t* zip) const noexcept { ::zip_discard(zip); }
};
struct CloseFile {
  void operator()(zip_file_t* file) const noexcept { ::zip_fclose(file); }
};

}  // namespace

struct ZipParts::Archive {
  std::unique_ptr<zip_t, Discard> zip;
};

ZipParts::ZipParts(std::string_view bytes) : archive_(std::make_unique<Archive>()) {
  zip_source_t* source = ::zip_source_buffer_create(bytes.data(), bytes.size(), 0, nullptr);
  if (!source) return;
  archive_->zip.reset(::zip_open_from_source(source, ZIP_RDONLY, nullptr));
  if (!archive_->zip) ::zip_source_free(source);
}

ZipParts::~ZipParts() = default;

bool ZipParts::good() const { return archive_->zip != nullptr; }

std::optional<std::string> ZipParts::part(const std::string& name) const {
  if (!good()) return std::nullopt;
  const auto index = ::zip_name_locate(archive_->zip.get(), name.c_str(), ZIP_FL_NOCASE);
  if (index < 0) return std::nullopt;
  const std::unique_ptr<zip_file_t, CloseFile> file(
      ::zip_fopen_index(archive_->zip.get(), static_cast<zip_uint64_t>(index), 0));
  if (!file) return std::nullopt;
  std::string out;
  char piece[16384];
  for (;;) {
    const auto size = ::zip_fread(file.get(), piece, sizeof piece);
    if (size < 0 || out.size() + static_cast<std::size_t>(size) > kLargestPart) return std::nullopt;
    if (size == 0) return out;
    out.append(piece, static_cast<std::size_t>(size));
  }
}

bool ZipParts::locked() const {
  zip_stat_t facts;
  if (!good() || ::zip_stat_index(archive_->zip.get(), 0, 0, &facts) != 0) return false;
  return (facts.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && facts.encryption_method != ZIP_EM_NONE;
}

}  // namespace edu::workbook
