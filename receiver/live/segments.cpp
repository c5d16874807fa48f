#include "receiver/live/segments.h"

#include <algorithm>
#include <cstdlib>

#include <sys/stat.h>

namespace edu::live {
namespace {

// Size 0: there is none.
struct stat look(const std::filesystem::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) info.st_size = 0;
  return info;
}

}  // namespace

std::vector<std::filesystem::path> segments_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> segments;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.path().extension() == ".mkv" && std::atoll(entry.path().stem().c_str()) > 0)
      segments.push_back(entry.path());
  std::ranges::sort(segments);
  return segments;
}

std::optional<std::int64_t> last_written_ms(const std::filesystem::path& folder) {
  std::optional<std::int64_t> newest;
  for (const auto& segment : segments_in(folder)) {
    const auto info = look(segment);
    if (info.st_size == 0) continue;
    const auto at = static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1000 + info.st_mtim.tv_nsec / 1'000'000;
    newest = std::max(newest.value_or(at), at);
  }
  return newest;
}

std::uint64_t bytes_in(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  for (const auto& segment : segments_in(folder)) bytes += static_cast<std::uint64_t>(look(segment).st_size);
  return bytes;
}

}  // namespace edu::live
