#include "receiver/multicast/ready.h"

#include <system_error>

namespace edu::multicast {
namespace {

constexpr const char* kLocation = "location";
constexpr std::size_t kMostLocation = 4096;  // bytes

}  // namespace

fs::path path_of(const fs::path& ready, const ReadyFile& file) {
  return ready / file.session / file.folder / to_hex(file.key) / to_hex(file.digest) / file.name;
}

std::optional<ReadyFile> read_path(const fs::path& ready, const fs::path& file) {
  const auto path = file.lexically_relative(ready);
  const std::vector<std::string> steps(path.begin(), path.end());
  if (steps.size() != 5 || steps[0] == "..") return std::nullopt;
  const auto key = digest_from_hex(steps[2]), digest = digest_from_hex(steps[3]);
  if (!key || !digest) return std::nullopt;
  ReadyFile out{steps[0], steps[1], *key, *digest, steps[4]};
  return path_of(ready, out) == file ? std::optional(std::move(out)) : std::nullopt;
}

fs::path object_folder(const fs::path& file) { return file.parent_path().parent_path(); }

void write_location(Files& files, const fs::path& file, const std::string& location) {
  const auto place = object_folder(file) / kLocation;
  files.remove(place);
  const auto fd = files.create(place);
  files.write(fd, {reinterpret_cast<const std::uint8_t*>(location.data()), location.size()}, place);
}

std::string location_of(const fs::path& file) {
  try {
    return read_file(object_folder(file) / kLocation, kMostLocation);
  } catch (const std::system_error&) {
    return {};
  }
}

std::vector<ReadyFile> files_in(const fs::path& ready) {
  std::vector<ReadyFile> out;
  for (const auto& entry : fs::recursive_directory_iterator(ready)) {  // throws: MulticastSource::open
    if (!entry.is_regular_file()) continue;
    if (auto file = read_path(ready, entry.path())) out.push_back(*std::move(file));
  }
  return out;
}

}  // namespace edu::multicast
