#include "library/courseware.h"

#include <charconv>

#include "base/cell_text.h"
#include "base/text.h"

namespace edu::library {

std::string courseware_label(std::int64_t no) { return shown(CoursewareNo{no}); }

std::optional<std::int64_t> courseware_no(std::string_view label) {
  const auto lower = ascii_lower(label);
  std::string_view digits = lower;
  if (digits.starts_with("kj")) digits.remove_prefix(2);
  std::int64_t no = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), no);
  if (error != std::errc() || end != digits.data() + digits.size() || no < 1) return std::nullopt;
  return no;
}

}  // namespace edu::library
