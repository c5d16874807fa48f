// The parts of a ZIP file in memory. zip_parts.cpp alone includes <zip.h>.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace edu::workbook {

inline constexpr std::size_t kLargestPart = 64 << 20;  // bytes, unpacked

class ZipParts {
 public:
  explicit ZipParts(std::string_view bytes);  // which outlive it
  ~ZipParts();
  ZipParts(const ZipParts&) = delete;
  ZipParts& operator=(const ZipParts&) = delete;

  bool good() const;
  // "xl/workbook.xml", in any case; none: there is no such part, or it is damaged or larger than
  // kLargestPart.
  std::optional<std::string> part(const std::string& name) const;
  // A part is encrypted: the whole is protected by a password.
  bool locked() const;

 private:
  struct Archive;
  std::unique_ptr<Archive> archive_;
};

}  // namespace edu::workbook
