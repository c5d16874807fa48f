#include "receiver/live/segments.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <sys/stat.h>

namespace edu::live {
namespace {

// Size 0: there is none. A disk that does not tell is another thing: for that a recording is not given up.
struct stat look(const std::filesystem::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) == 0) return info;
  if (errno != ENOENT) throw std::system_error(errno, std::generic_category(), "stat " + file.string());
  return {};
}

}  // namespace

std::vector<std::filesystem::path> segments_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> segments;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (at->path().extension() == ".mkv" && std::atoll(at->path().stem().c_str()) > 0)
      segments.push_back(at->path());
  if (error && error != std::errc::no_such_file_or_directory)
    throw std::system_error(error, "read " + folder.string());
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
