// Any bytes as a manifest: it is refused with a text that a person can read, or it holds what its header
// promises.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "base/messages.h"
#include "base/sha256.h"
#include "base/text.h"
#include "base/time.h"
#include "receiver/trust/manifest.h"

using namespace edu;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_line(const std::string& line) {
  check(line.size() <= 3 * receiver::kLongestText && is_utf8(line) && one_line(line) == line);
}

void check_manifest(const receiver::Manifest& m) {
  for (const auto* line : {&m.title, &m.category, &m.lecturer, &m.language, &m.audience}) check_line(*line);
  check(m.keep_until.empty() || m.keep_until == receiver::kPermanent || parse_date(m.keep_until).has_value());
  check(m.sha256.empty() || digest_from_hex(m.sha256).has_value());
  check(m.parts.size() <= receiver::kMostParts && (m.parts.empty() || m.sha256.empty()));
}

void check_part(const receiver::Part& part) {
  check(!part.file.empty() && part.file.size() <= receiver::kLongestName && is_utf8(part.file));
  check(part.file.find_first_of(std::string_view("/\\\0\n", 4)) == std::string::npos);
  check(part.file != "." && part.file != "..");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto manifest = receiver::parse_manifest({data, size});
  if (!manifest) {
    check(has_text(Language::zh, "refusal." + manifest.error().code));
    check(!text(Language::en, manifest.error()).empty());
    return 0;
  }
  check_manifest(*manifest);
  for (std::size_t i = 0; i < manifest->parts.size(); ++i) {
    check_part(manifest->parts[i]);
    check(receiver::manifest_of_part(*manifest, i).parts.empty());
  }
  return 0;
}
