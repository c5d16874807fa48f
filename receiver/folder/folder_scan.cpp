#include "receiver/folder/folder_scan.h"

#include <algorithm>
#include <array>
#include <system_error>

#include <sys/stat.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "receiver/trust/manifest_file.h"

namespace edu::receiver {
namespace {

// One entry that cannot be looked at must not keep the others from being received.
std::optional<FileSignature> look_or_warn(const fs::path& path) {
  try {
    return signature_of(path);
  } catch (const std::system_error& error) {
    spdlog::warn("receiver: {}", error.what());
    return std::nullopt;
  }
}

class Walk {
 public:
  explicit Walk(const fs::path& root) { visit(root, 0); }

  FolderScan take() && {
    std::ranges::sort(scan_.media, {}, &Found::path);
    std::ranges::sort(scan_.manifests, {}, &Found::path);
    return std::move(scan_);
  }

 private:
  void visit(const fs::path& folder, int depth);
  void look_at(const fs::path& path, int depth);

  FolderScan scan_;
  std::size_t seen_ = 0;
};

void Walk::visit(const fs::path& folder, int depth) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error && depth == 0) throw std::system_error(error, "read " + folder.string());
  if (error) return spdlog::warn("receiver: cannot read {}: {}", folder.string(), error.message());
  scan_.folders.push_back(folder);
  for (; entries != fs::directory_iterator(); entries.increment(error)) {
    if (++seen_ > kMostFound) {
      scan_.complete = false;
      return;
    }
    look_at(entries->path(), depth);
    if (error) throw std::system_error(error, "read " + folder.string());
  }
}

void Walk::look_at(const fs::path& path, int depth) {
  const auto name = path.filename().string();
  if (is_ignored(name) || is_signature_name(name)) return;  // a signature goes with its manifest
  const auto signature = look_or_warn(path);
  if (!signature) return;  // gone meanwhile, or it will be looked at the next time
  if (!S_ISDIR(signature->mode)) {
    (is_manifest_name(name) ? scan_.manifests : scan_.media).push_back({path, *signature});
  } else if (depth < kDeepest) {
    visit(path, depth + 1);
  } else {
    scan_.complete = false;
  }
}

}  // namespace

bool is_ignored(std::string_view name) {
  constexpr std::array<std::string_view, 3> kUnfinished{".part", ".tmp", ".crdownload"};
  if (name.starts_with('.') || name == "lost+found") return true;
  const auto lower = ascii_lower(name);
  return std::ranges::any_of(kUnfinished, [&](std::string_view ending) { return lower.ends_with(ending); });
}

FolderScan scan_folder(const fs::path& root) { return Walk(root).take(); }

}  // namespace edu::receiver
