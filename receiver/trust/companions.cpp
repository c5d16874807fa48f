#include "receiver/trust/companions.h"

#include <algorithm>
#include <system_error>

namespace edu::receiver {
namespace {

std::string manifest_name_of(const std::string& media) { return media + std::string(kManifestEnding); }

std::string signature_name_of(const std::string& manifest) {
  return manifest + std::string(kSignatureEnding);
}

std::vector<std::string> urls_of(const Manifest& manifest, const std::string& file) {
  if (manifest.parts.empty()) return manifest.urls;
  const auto part = std::ranges::find(manifest.parts, file, &Part::file);
  return part == manifest.parts.end() ? std::vector<std::string>{} : part->urls;
}

bool is_trusted(const Statement& statement, const Trust& trust) {
  if (statement.signature.empty()) return false;
  try {
    const auto bytes = read_file(statement.path, kManifestLimit);
    const std::span<const std::uint8_t> of(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    return trust.signer_of(of, read_file(statement.signature, kSignatureLimit)).has_value();
  } catch (const std::system_error&) {
    return false;
  }
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

std::optional<Description> describe(Files& files, const Statements& statements, const fs::path& media) {
  const auto folder = media.parent_path();
  const auto beside = [&](const fs::path& from, const std::string& name) {
    if (from.empty()) return;
    const bool there = fs::exists(fs::symlink_status(folder / name));  // throws: as describe()
    if (!there) files.link(from, folder / name);
  };
  for (const auto& one : statements) {
    beside(one.path, one.manifest);
    beside(one.signature, signature_name_of(one.manifest));
  }
  for (const auto& entry : fs::directory_iterator(folder))  // throws: as describe()
    if (is_manifest_name(entry.path().filename().string()))
      if (auto found = describe(read_manifest(entry.path()), media)) return found;
  return std::nullopt;
}

std::vector<std::string> addresses(const Statements& statements, const std::string& sha256,
                                   const Trust& trust, bool believed) {
  std::vector<std::string> out;
  for (const auto& one : statements) {
    const bool of_another = !one.sha256.empty() && one.sha256 != sha256;
    if (of_another || one.urls.empty() || !(believed || is_trusted(one, trust))) continue;
    out.insert(out.end(), one.urls.begin(), one.urls.end());
  }
  return out;
}

const Companions::Folder* Companions::find(const Place& place) const {
  const auto found = folders_.find(place);
  return found == folders_.end() ? nullptr : &found->second;
}

void Companions::expect(const Place& place, std::size_t announced) {
  const auto found = folders_.find(place);
  if (found != folders_.end()) {
    found->second.left = announced;
    if (announced == 0 && found->second.all.empty()) folders_.erase(found);
  } else if (announced > 0) {
    if (folders_.size() >= limits_.count)  // of folders of which nothing came
      std::erase_if(folders_, [](const auto& one) { return one.second.all.empty(); });
    folders_[place].left = announced;
  }
}

std::vector<fs::path> Companions::add(const Place& place, const std::string& name, const fs::path& path,
                                      std::uint64_t bytes) {
  std::vector<fs::path> gone;
  const auto leave = [&](std::optional<fs::path> file) {
    if (file && *file != path) gone.push_back(*std::move(file));
  };
  leave(forget(place, name));
  while (!order_.empty() && (order_.size() >= limits_.count || bytes_ + bytes > limits_.bytes)) {
    const auto [oldest, called] = order_.begin()->second;
    leave(forget(oldest, called));
  }
  folders_[place].all[name] = One{path, bytes, next_, {}};
  order_.emplace(next_++, std::pair(place, name));
  bytes_ += bytes;
  return gone;
}

void Companions::read(const Place& place, const std::string& name, const Manifest& manifest) {
  const auto found = folders_.find(place);
  if (found == folders_.end() || !found->second.all.contains(name)) return;  // it had to make room
  for (const auto& [file, sha256] : files_of(name, manifest)) {
    found->second.all.at(name).about[file] = {name, {}, {}, sha256, urls_of(manifest, file)};
    found->second.manifests[file].insert(name);
  }
}

// One that bears the file's name counts even if it could not be read: then the file's reception says so.
std::set<std::string> Companions::manifests_about(const Folder& folder, const std::string& file) const {
  std::set<std::string> names;
  if (const auto found = folder.manifests.find(file); found != folder.manifests.end()) names = found->second;
  if (folder.all.contains(manifest_name_of(file))) names.insert(manifest_name_of(file));
  return names;
}

bool Companions::complete_for(const Place& place, const std::string& file) const {
  const auto* folder = find(place);
  return !folder || folder->left == 0 || is_signed(place, file);
}

bool Companions::is_signed(const Place& place, const std::string& file) const {
  return std::ranges::any_of(about(place, file), [](const auto& one) { return !one.signature.empty(); });
}

std::string Companions::digest_of(const Place& place, const std::string& file) const {
  for (const auto& one : about(place, file))
    if (!one.sha256.empty()) return one.sha256;
  return {};
}

Statements Companions::about(const Place& place, const std::string& file) const {
  Statements out;
  const auto* folder = find(place);
  if (!folder) return out;
  for (const auto& name : manifests_about(*folder, file)) {
    const auto& one = folder->all.at(name);
    const auto said = one.about.find(file);
    auto statement = said == one.about.end() ? Statement{name, {}, {}, {}, {}} : said->second;
    statement.path = one.path;
    const auto signature = folder->all.find(signature_name_of(name));
    if (signature != folder->all.end()) statement.signature = signature->second.path;
    out.push_back(std::move(statement));
  }
  return out;
}

std::vector<fs::path> Companions::forget_about(const Place& place, const std::string& file) {
  std::vector<fs::path> gone;
  const auto found = folders_.find(place);
  if (found == folders_.end()) return gone;
  const auto names = manifests_about(found->second, file);
  found->second.manifests.erase(file);
  for (const auto& name : names) found->second.all.at(name).about.erase(file);
  for (const auto& name : names) {
    const auto* folder = find(place);
    if (!folder || !folder->all.at(name).about.empty()) continue;  // other files need it
    for (const auto& one : {name, signature_name_of(name)})
      if (auto path = forget(place, one)) gone.push_back(*std::move(path));
  }
  return gone;
}

std::optional<fs::path> Companions::forget(const Place& place, const std::string& name) {
  const auto found = folders_.find(place);
  if (found == folders_.end()) return std::nullopt;
  auto& folder = found->second;
  const auto one = folder.all.find(name);
  if (one == folder.all.end()) return std::nullopt;
  for (const auto& [file, statement] : one->second.about) {
    const auto names = folder.manifests.find(file);
    if (names == folder.manifests.end()) continue;
    names->second.erase(name);
    if (names->second.empty()) folder.manifests.erase(names);
  }
  auto path = std::move(one->second.path);
  order_.erase(one->second.number);
  bytes_ -= one->second.bytes;
  folder.all.erase(one);
  if (folder.all.empty() && folder.left == 0) folders_.erase(found);
  return path;
}

}  // namespace edu::receiver
