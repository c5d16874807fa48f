// The manifests and signatures that one multicast session sent, and what they say of its other files.
// A value; functions that read or link files block: on a worker, with a copy.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <base/files.h>
#include <receiver/manifest_file.h>
#include <receiver/trust.h>

namespace edu::receiver {

bool is_companion_name(const std::string& file_name);
// The files that a manifest of this name is about, with the digests (hex) that it states; empty: it states
// none.
std::map<std::string, std::string> files_of(const std::string& manifest_name, const Manifest& manifest);

class Companions {
 public:
  // `announced`: so many manifests and signatures of the session are not here yet.
  void expect(std::size_t announced) { left_ = announced; }
  // A manifest or a signature that has come. False: there are too many.
  bool add(const std::string& name, const fs::path& path);
  void read(const std::string& name, Manifest manifest);  // one that was added, and is good

  // Everything that could describe this file is here.
  bool complete_for(const std::string& file) const;
  std::string digest_of(const std::string& file) const;  // hex; empty: no manifest says

  // The manifest that is about this media file, and its signature, as second names beside it; how they
  // describe it. Nothing: none does. Blocks.
  std::optional<Description> describe(Files& files, const fs::path& media) const;
  // Where good manifests say that the file of this digest is on the web. `believed`: also those that no key
  // of `trust` signed. Blocks.
  std::vector<std::string> addresses(const std::string& file, const std::string& sha256, const Trust& trust,
                                     bool believed) const;

 private:
  bool is_signed(const std::string& manifest, const Trust& trust) const;

  std::map<std::string, fs::path> paths_;
  std::map<std::string, Manifest> manifests_;
  std::size_t left_ = 0;
};

}  // namespace edu::receiver
