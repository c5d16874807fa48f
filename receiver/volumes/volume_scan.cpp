#include "receiver/volumes/volume_scan.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "receiver/folder/folder_scan.h"
#include "receiver/trust/file_signature.h"
#include "receiver/volumes/content_kind.h"

namespace edu::receiver {
namespace {

constexpr std::size_t kMostEntries = 50'000;  // looked at on one volume
constexpr off_t kDescriptor = 32768;          // where ISO 9660 has its first descriptor
constexpr std::array<std::string_view, 40> kMedia{
    ".mp4", ".m4v",  ".m4a",  ".mov",  ".3gp",  ".mkv", ".mka",  ".webm", ".mpg",  ".mpeg",
    ".vob", ".ts",   ".mts",  ".m2ts", ".trp",  ".avi", ".wmv",  ".wma",  ".asf",  ".flv",
    ".f4v", ".rm",   ".rmvb", ".mp3",  ".aac",  ".wav", ".ogg",  ".ogv",  ".flac", ".amr",
    ".awb", ".opus", ".h264", ".264",  ".h265", ".265", ".hevc", ".m2v",  ".m1v",  ".mpv"};
constexpr std::array<std::string_view, 3> kSystem{"$recycle.bin", "system volume information", "recycler"};

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(fs::symlink_status(path, error));
}

// The entry that is called so, whatever its letters' case.
std::optional<fs::path> entry_called(const fs::path& folder, std::string_view lower) {
  std::error_code error;
  std::size_t seen = 0;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (ascii_lower(at->path().filename().string()) == lower) return at->path();
    if (++seen > kMostEntries) break;
  }
  return std::nullopt;
}

// nullopt: this process may not read it.
std::optional<std::string> head_of(const fs::path& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (!fd && errno == EACCES) return std::nullopt;
  std::string head(512, '\0');
  const auto got = fd ? ::read(fd.get(), head.data(), head.size()) : 0;
  head.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return head;
}

bool holds_video_table(const fs::path& folder) {
  const auto table = entry_called(folder, "video_ts.ifo");
  std::error_code unknown;
  return table && fs::is_regular_file(fs::symlink_status(*table, unknown));
}

class Walk {
 public:
  Walk(const fs::path& root, const config::Volumes& settings) : settings_(settings) {
    const auto seen = signature_of(root);
    device_ = seen ? seen->device : 0;
    visit(root, 0);
  }
  VolumeScan take() &&;

 private:
  void visit(const fs::path& folder, unsigned depth);
  void look_at(const fs::path& path, unsigned depth);
  void look_at_file(const fs::path& path, const std::string& lower);
  std::optional<Description> description_of(const fs::path& media) const;
  bool full() const { return scan_.files.size() + scan_.discs.size() >= settings_.most_files; }

  config::Volumes settings_;
  std::uint64_t device_ = 0;
  VolumeScan scan_;
  std::map<fs::path, std::vector<ManifestFile>> manifests_;  // by folder
  std::set<fs::path> fetched_;                               // by a program that keeps its notes beside them
  std::size_t seen_ = 0;
};

void Walk::visit(const fs::path& folder, unsigned depth) {
  if (is_video_folder(folder)) {
    scan_.discs.push_back(folder);
    if (holds_video_table(folder)) return;  // it is VIDEO_TS itself
  }
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error && depth == 0) throw std::system_error(error, "read " + folder.string());
  std::vector<fs::path> found;
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (++seen_ > kMostEntries) break;
    found.push_back(entries->path());
  }
  if (error == std::errc::permission_denied)
    ++scan_.passed["unreadable"];
  else if (error)
    spdlog::warn("receiver: cannot read {}: {}", folder.string(), error.message());
  scan_.complete = scan_.complete && seen_ <= kMostEntries;
  // Manifests first, and all by name, so that what the bounds allow is the same at each look.
  std::ranges::sort(found);
  const auto is_manifest = [](const fs::path& path) { return is_manifest_name(path.filename().string()); };
  std::stable_partition(found.begin(), found.end(), is_manifest);
  for (const auto& path : found)
    if (const auto name = path.filename().native(); is_unfinished(name))
      fetched_.insert(path.parent_path() / finished_name(name));
  for (const auto& path : found) look_at(path, depth);
}

void Walk::look_at(const fs::path& path, unsigned depth) {
  const auto name = path.filename().string();
  const auto lower = ascii_lower(name);
  if (is_unfinished(name)) {
    ++scan_.passed["unfinished"];
    return;
  }
  if (is_ignored(name) || std::ranges::find(kSystem, lower) != kSystem.end()) return;
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || info.st_dev != device_) return;
  if (S_ISDIR(info.st_mode)) {
    if (lower == "video_ts" && holds_video_table(path)) return;  // seen from above
    if (depth >= settings_.depth)
      scan_.complete = false;
    else
      visit(path, depth + 1);
  } else if (S_ISREG(info.st_mode) && is_manifest_name(name)) {
    auto& of_folder = manifests_[path.parent_path()];
    if (of_folder.size() < settings_.most_files) of_folder.push_back(read_manifest(path));
  } else if (S_ISREG(info.st_mode)) {
    look_at_file(path, lower);
  }
}

void Walk::look_at_file(const fs::path& path, const std::string& lower) {
  const bool image = lower.ends_with(".iso") && is_disc_image(path);
  auto description = image ? std::nullopt : description_of(path);
  const bool is_media = image || description || is_called_media(lower);
  if (fetched_.contains(path)) return;  // its program's notes lie beside it, and are counted
  if (!is_media) {
    const auto head = head_of(path);
    const auto kind = head ? other_content(*head) : "unreadable";
    if (!kind.empty())
      ++scan_.passed[std::string(kind)];
    else if (scan_.unsure.size() < kMostEntries)
      scan_.unsure.push_back(path);
    return;
  }
  if (open_for_writing(path)) {
    ++scan_.passed["written"];
    return;
  }
  if (full())
    scan_.complete = false;
  else if (image)
    scan_.discs.push_back(path);
  else
    scan_.files.push_back({path, std::move(description)});
}

std::optional<Description> Walk::description_of(const fs::path& media) const {
  const auto of_folder = manifests_.find(media.parent_path());
  if (of_folder == manifests_.end()) return std::nullopt;
  const auto sidecar = sidecar_of(media);
  for (const auto& manifest : of_folder->second)
    if (manifest.path == sidecar)
      if (auto description = describe(manifest, media)) return description;
  for (const auto& manifest : of_folder->second)
    if (manifest.content && !manifest.content->parts.empty())
      if (auto description = describe(manifest, media)) return description;
  return std::nullopt;
}

VolumeScan Walk::take() && {
  std::ranges::sort(scan_.files, {}, &VolumeFile::path);
  std::ranges::sort(scan_.unsure);
  std::ranges::sort(scan_.discs);
  return std::move(scan_);
}

}  // namespace

VolumeScan scan_volume(const fs::path& root, const config::Volumes& settings) {
  return Walk(root, settings).take();
}

bool is_called_media(std::string_view file_name) {
  const auto lower = ascii_lower(file_name);
  return std::ranges::any_of(kMedia, [&](std::string_view ending) { return lower.ends_with(ending); });
}

bool is_disc_image(const fs::path& path) {
  struct stat info {};
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd || ::fstat(fd.get(), &info) != 0 || !(S_ISREG(info.st_mode) || S_ISBLK(info.st_mode))) return false;
  std::array<char, 6> head{};
  return ::pread(fd.get(), head.data(), head.size(), kDescriptor) == static_cast<ssize_t>(head.size()) &&
         std::string_view(head.data() + 1, 5) == "CD001";
}

bool is_video_folder(const fs::path& folder) {
  if (!is_folder(folder)) return false;
  const auto below = entry_called(folder, "video_ts");
  return (below && is_folder(*below) && holds_video_table(*below)) || holds_video_table(folder);
}

fs::path video_folder_of(const fs::path& folder) {
  if (holds_video_table(folder)) return folder;
  return entry_called(folder, "video_ts").value_or(folder);
}

bool is_video_folder_for_all(const fs::path& folder) {
  const auto all_may = [](const fs::path& path, unsigned type, unsigned bits) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0 && (info.st_mode & S_IFMT) == type &&
           (info.st_mode & bits) == bits;
  };
  if (!all_may(folder, S_IFDIR, S_IROTH | S_IXOTH) || !holds_video_table(folder)) return false;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (!all_may(at->path(), S_IFREG, S_IROTH)) return false;
  return !error;
}

}  // namespace edu::receiver
