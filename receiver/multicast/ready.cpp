#include "receiver/multicast/ready.h"

namespace edu::multicast {

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

std::vector<ReadyFile> files_in(const fs::path& ready) {
  std::vector<ReadyFile> out;
  for (const auto& entry : fs::recursive_directory_iterator(ready)) {
    if (!entry.is_regular_file()) continue;
    if (auto file = read_path(ready, entry.path())) out.push_back(*std::move(file));
  }
  return out;
}

}  // namespace edu::multicast
