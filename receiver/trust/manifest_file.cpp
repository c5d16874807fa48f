#include "receiver/trust/manifest_file.h"

#include <algorithm>
#include <set>
#include <system_error>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"

namespace edu::receiver {
namespace {

// The manifest's text with that part marked. Its members that we do not know stay in it.
std::string marked_received(const std::string& bytes, std::size_t part) {
  auto content = parse_json(manifest_text(bytes_of(bytes)).value()).value();
  content.as_object().at("parts").as_array().at(part).as_object()["received"] = true;
  return json::serialize(content);
}

fs::path marks_of(const fs::path& manifest) {
  return manifest.parent_path() / ("." + manifest.filename().string() + ".received");
}

// What we wrote ourselves; whatever else it holds is nothing.
std::set<std::string> received_parts(const fs::path& manifest) {
  std::set<std::string> files;
  std::error_code error;
  if (!fs::exists(fs::symlink_status(marks_of(manifest), error))) return files;
  const auto list = parse_json(read_file(marks_of(manifest), kManifestLimit));
  if (!list || !list->is_array()) return files;
  for (const auto& file : list->get_array())
    if (file.is_string()) files.emplace(file.get_string());
  return files;
}

void mark(Manifest& manifest, const std::set<std::string>& received) {
  for (auto& part : manifest.parts) part.received = part.received || received.contains(part.file);
}

bool is_signed(const fs::path& manifest) {
  std::error_code error;
  return fs::exists(fs::symlink_status(signature_beside(manifest), error));
}

void remove_all(Files& files, const fs::path& manifest) {
  files.remove(manifest);
  files.remove(signature_beside(manifest));
  files.remove(marks_of(manifest));
}

void write_marks(Files& files, const fs::path& manifest, const std::vector<Part>& parts) {
  json::array received;
  for (const auto& part : parts)
    if (part.received) received.emplace_back(part.file);
  publish(files, marks_of(manifest), json::serialize(received));
}

std::string name_as_text(const fs::path& path) {
  const auto name = to_utf8(path.filename().string());
  return nfc(name).value_or(name);
}

}  // namespace

bool is_manifest_name(std::string_view file_name) {
  return ascii_lower(file_name).ends_with(kManifestEnding);
}

bool is_signature_name(std::string_view file_name) {
  if (!ascii_lower(file_name).ends_with(kSignatureEnding)) return false;
  file_name.remove_suffix(kSignatureEnding.size());
  return is_manifest_name(file_name);
}

fs::path signature_beside(const fs::path& manifest) { return fs::path(manifest).concat(kSignatureEnding); }

std::string read_signature(const fs::path& manifest) {
  if (manifest.empty()) return "";
  try {
    return read_file(signature_beside(manifest), kSignatureLimit);
  } catch (const std::system_error& error) {
    return error.code() == std::errc::no_such_file_or_directory ? "" : "unreadable";
  }
}

fs::path sidecar_of(const fs::path& media) { return fs::path(media).concat(kManifestEnding); }

ManifestFile read_manifest(const fs::path& path) {
  try {
    auto bytes = read_file(path, kManifestLimit);
    auto content = parse_manifest(bytes_of(bytes));
    if (content) mark(*content, received_parts(path));
    return {path, std::move(bytes), std::move(content)};
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::file_too_large)
      return {path, "", refuse("receiver.manifest_too_large", {{"most", "256 KiB"}})};
    return {path, "", refuse("receiver.manifest_unreadable", {{"what", error.code().message()}})};
  }
}

std::optional<Description> describe(const ManifestFile& manifest, const fs::path& media) {
  const bool sidecar = manifest.path == sidecar_of(media);
  if (!manifest.content) {
    if (!sidecar) return std::nullopt;
    return Description{manifest.path, manifest.bytes, "", Unexpected(manifest.content.error())};
  }
  const auto& parts = manifest.content->parts;
  if (parts.empty() && sidecar) return Description{manifest.path, manifest.bytes, "", *manifest.content};
  const auto name = name_as_text(media);
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (!parts[i].received && nfc(parts[i].file) == name)
      return Description{manifest.path, manifest.bytes, parts[i].file,
                         manifest_of_part(*manifest.content, i)};
  return std::nullopt;
}

void give_up(Files& files, const Description& description) {
  if (description.manifest.empty()) return;  // it came without a file of its own
  const auto now = read_manifest(description.manifest);
  if (description.part.empty()) {
    if (now.bytes == description.bytes) remove_all(files, description.manifest);
    return;
  }
  if (!now.content) return;
  auto parts = now.content->parts;
  const auto part = std::ranges::find(parts, description.part, &Part::file);
  if (part == parts.end()) return;
  part->received = true;
  if (std::ranges::all_of(parts, &Part::received)) return remove_all(files, description.manifest);
  if (is_signed(description.manifest)) return write_marks(files, description.manifest, parts);
  publish(files, description.manifest,
          marked_received(now.bytes, static_cast<std::size_t>(part - parts.begin())));
}

}  // namespace edu::receiver
