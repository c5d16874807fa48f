#include <algorithm>
#include <system_error>

#include <receiver/companions.h>

namespace edu::receiver {
namespace {

constexpr std::size_t kMost = 5000;  // of one session

std::string manifest_name_of(const std::string& media) { return media + std::string(kManifestEnding); }

std::string signature_name_of(const std::string& manifest) {
  return manifest + std::string(kSignatureEnding);
}

std::vector<std::string> urls_of(const Manifest& manifest, const std::string& file) {
  if (manifest.parts.empty()) return manifest.urls;
  const auto part = std::ranges::find(manifest.parts, file, &Part::file);
  return part == manifest.parts.end() ? std::vector<std::string>{} : part->urls;
}

}  // namespace

bool is_companion_name(const std::string& file_name) {
  return is_manifest_name(file_name) || file_name.ends_with(kSignatureEnding);
}

std::map<std::string, std::string> files_of(const std::string& manifest_name, const Manifest& manifest) {
  std::map<std::string, std::string> out;
  for (const auto& part : manifest.parts) out[part.file] = part.sha256;
  if (manifest.parts.empty())
    out[manifest_name.substr(0, manifest_name.size() - kManifestEnding.size())] = manifest.sha256;
  return out;
}

bool Companions::add(const std::string& name, const fs::path& path) {
  if (paths_.size() >= kMost) return false;
  paths_[name] = path;
  return true;
}

void Companions::read(const std::string& name, Manifest manifest) { manifests_[name] = std::move(manifest); }

bool Companions::complete_for(const std::string& file) const {
  const auto is_about = [&](const auto& one) { return files_of(one.first, one.second).contains(file); };
  return left_ == 0 || paths_.contains(manifest_name_of(file)) || std::ranges::any_of(manifests_, is_about);
}

std::string Companions::digest_of(const std::string& file) const {
  for (const auto& [name, manifest] : manifests_)
    if (const auto files = files_of(name, manifest); files.contains(file) && !files.at(file).empty())
      return files.at(file);
  return {};
}

std::optional<Description> Companions::describe(Files& files, const fs::path& media) const {
  const auto folder = media.parent_path();
  const auto file = media.filename().string();
  const auto beside = [&](const std::string& name) {
    const auto from = paths_.find(name);
    if (from == paths_.end() || fs::exists(fs::symlink_status(folder / name))) return;
    files.link(from->second, folder / name);
  };
  const auto with_signature = [&](const std::string& name) {
    beside(name);
    beside(signature_name_of(name));
  };
  with_signature(manifest_name_of(file));
  for (const auto& [name, manifest] : manifests_)
    if (files_of(name, manifest).contains(file)) with_signature(name);
  for (const auto& entry : fs::directory_iterator(folder))
    if (is_manifest_name(entry.path().filename().string()))
      if (auto found = receiver::describe(read_manifest(entry.path()), media)) return found;
  return std::nullopt;
}

std::vector<std::string> Companions::addresses(const std::string& file, const std::string& sha256,
                                               const Trust& trust, bool believed) const {
  std::vector<std::string> out;
  for (const auto& [name, manifest] : manifests_) {
    const auto files = files_of(name, manifest);
    const auto found = files.find(file);
    if (found == files.end() || (!found->second.empty() && found->second != sha256)) continue;
    const auto urls = urls_of(manifest, file);
    if (urls.empty() || !(believed || is_signed(name, trust))) continue;
    out.insert(out.end(), urls.begin(), urls.end());
  }
  return out;
}

bool Companions::is_signed(const std::string& manifest, const Trust& trust) const {
  const auto signature = paths_.find(signature_name_of(manifest));
  if (signature == paths_.end()) return false;
  try {
    const auto bytes = read_file(paths_.at(manifest), kManifestLimit);
    const std::span<const std::uint8_t> of(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    return trust.signer_of(of, read_file(signature->second, kSignatureLimit)).has_value();
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace edu::receiver
