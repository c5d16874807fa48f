#include <algorithm>
#include <system_error>

#include <base/json.h>
#include <base/text.h>
#include <receiver/manifest_file.h>

namespace edu::receiver {
namespace {

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// The manifest's text with that part marked. Its members that we do not know stay in it.
std::string marked_received(const std::string& bytes, std::size_t part) {
  auto content = parse_json(manifest_text(bytes_of(bytes)).value()).value();
  content.as_object().at("parts").as_array().at(part).as_object()["received"] = true;
  return json::serialize(content);
}

std::string name_as_text(const fs::path& path) {
  const auto name = to_utf8(path.filename().string());
  return nfc(name).value_or(name);
}

}  // namespace

bool is_manifest_name(std::string_view file_name) {
  return ascii_lower(file_name).ends_with(kManifestEnding);
}

fs::path sidecar_of(const fs::path& media) { return fs::path(media).concat(kManifestEnding); }

ManifestFile read_manifest(const fs::path& path) {
  try {
    auto bytes = read_file(path, kManifestLimit);
    auto content = parse_manifest(bytes_of(bytes));
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
  const auto now = read_manifest(description.manifest);
  if (description.part.empty()) {
    if (now.bytes == description.bytes) files.remove(description.manifest);
    return;
  }
  if (!now.content) return;
  auto parts = now.content->parts;
  const auto part = std::ranges::find(parts, description.part, &Part::file);
  if (part == parts.end()) return;
  part->received = true;
  if (std::ranges::all_of(parts, &Part::received)) return files.remove(description.manifest);
  publish(files, description.manifest,
          marked_received(now.bytes, static_cast<std::size_t>(part - parts.begin())));
}

}  // namespace edu::receiver
