// Manifests as files: read, matched with the media that they describe, and given up when that is received.
// Blocking: on a worker.
#pragma once

#include <optional>
#include <string>

#include "base/files.h"
#include "base/result.h"
#include "receiver/trust/manifest.h"
#include "receiver/trust/trust.h"

namespace edu::receiver {

inline constexpr std::string_view kManifestEnding = ".manifest.json";
inline constexpr std::string_view kSignatureEnding = ".minisig";  // after that, beside the manifest

struct ManifestFile {
  fs::path path;
  std::string bytes;         // as they were read; empty when they could not be
  Result<Manifest> content;  // why it is no manifest: receiver.manifest_…
};

bool is_manifest_name(std::string_view file_name);
bool is_signature_name(std::string_view file_name);  // of a manifest's signature
fs::path signature_beside(const fs::path& manifest);
// The signature beside it; empty: there is none. One that cannot be read, or is too large, comes as bytes
// that are no signature. Throws nothing.
std::string read_signature(const fs::path& manifest);
fs::path sidecar_of(const fs::path& media);
// Refuses what is no regular file or over kManifestLimit without reading it whole. A signed manifest is never
// rewritten: which of its parts are received lies beside it (`.<name>.received`, a JSON list of files).
ManifestFile read_manifest(const fs::path& path);

// What one manifest says about one file.
struct Description {
  fs::path manifest;         // the manifest's path; empty: it came without a file of its own
  std::string bytes;         // and content
  std::string part;          // the file's name among its parts; empty: the manifest is about this file alone
  Result<Manifest> content;  // as it holds for this file; a refusal is the file's too
  std::string signature = {};  // of `bytes`; empty: the one beside the manifest's file, if there is one
  std::optional<Signer> signer = {};  // who vouches for `content`, where the source has checked that already
};

// The description of `media` by that manifest: as its sidecar, or as one of its parts (by name; a name on the
// disk may be GB18030) that is not received yet. Nothing when the manifest is about something else.
std::optional<Description> describe(const ManifestFile& manifest, const fs::path& media);

// The file of this description is dealt with: removes the manifest, or marks the part as received while other
// parts are to come. A manifest that somebody has changed since is left alone. Throws std::system_error.
void give_up(Files& files, const Description& description);

}  // namespace edu::receiver
