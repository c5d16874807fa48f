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
    std::ranges::sort(scan_.unfinished);
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
  if (is_unfinished(name)) {
    scan_.unfinished.push_back(path);
    return;
  }
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
  constexpr std::array<std::string_view, 7> left{"lost+found",        "thumbs.db",   "ehthumbs.db",
                                                 "ehthumbs_vista.db", "desktop.ini", "autorun.inf",
                                                 "folder.htt"};
  if (name.starts_with('.') || name.starts_with("~$")) return true;
  return std::ranges::find(left, ascii_lower(name)) != left.end();
}

bool is_unfinished(std::string_view name) {
  constexpr std::array<std::string_view, 17> endings{
      "part",  "partial",     "filepart", "tmp",   "temp", "crdownload", "xltd", "td",  "opdownload",
      "aria2", "unconfirmed", "uctmp",    "dctmp", "ytdl", "met",        "tdl",  "ntpd"};
  const auto lower = ascii_lower(name);
  std::string_view rest = lower;
  if (rest.ends_with(".cfg")) rest.remove_suffix(4);  // film.mp4.xltd.cfg beside it
  const auto dot = rest.rfind('.');
  if (dot == rest.npos) return false;
  const auto ending = rest.substr(dot + 1);
  if (rest.size() == lower.size() || ending == "xltd" || ending == "td" ||
      ending.find("download") != ending.npos)
    return std::ranges::find(endings, ending) != endings.end() || ending.find("download") != ending.npos ||
           ending.starts_with('!') || (ending.ends_with('!') && ending.size() <= 4);
  return false;
}

std::string_view finished_name(std::string_view name) {
  if (ascii_lower(name).ends_with(".cfg")) name.remove_suffix(4);
  name = name.substr(0, name.rfind('.'));
  const auto lower = ascii_lower(name);
  if (lower.ends_with(".baiduyun.p")) name.remove_suffix(11);
  if (lower.ends_with(".bt")) name.remove_suffix(3);
  return name;
}

FolderScan scan_folder(const fs::path& root) { return Walk(root).take(); }

}  // namespace edu::receiver
