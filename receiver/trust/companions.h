// The manifests and signatures that come over a multicast channel, and what they say of the other files.
//
// Companions lies on the loop and is bounded: the oldest make room. What it knows of one file goes out as
// values, which workers take to the disk.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/files.h"
#include "receiver/trust/manifest_file.h"
#include "receiver/trust/trust.h"

namespace edu::receiver {

bool is_companion_name(const std::string& file_name);
// The files that a manifest of this name is about, with the digests (hex) that it states; empty: it states
// none.
std::map<std::string, std::string> files_of(const std::string& manifest_name, const Manifest& manifest);

// What one manifest says of one file.
struct Statement {
  std::string manifest;  // its name
  fs::path path;
  fs::path signature;  // empty: none has come
  std::string sha256;  // hex; empty: it states none
  std::vector<std::string> urls;
};
using Statements = std::vector<Statement>;

// The manifest that is about this media file, and its signature, as second names beside it; how they describe
// it. Nothing: none does. Blocks; throws std::system_error.
std::optional<Description> describe(Files& files, const Statements& statements, const fs::path& media);
// Where they say that the file of this digest is on the web. `believed`: also those that no key of `trust`
// signed. Blocks.
std::vector<std::string> addresses(const Statements& statements, const std::string& sha256,
                                   const Trust& trust, bool believed);

class Companions {
 public:
  struct Limits {
    std::size_t count = 20'000;       // as many as one session's files
    std::uint64_t bytes = 32u << 20;  // of all of them; so much they may take in memory too
  };
  // Where a name means one file: a sender's session and a folder of it.
  struct Place {
    std::string session, folder;
    auto operator<=>(const Place&) const = default;
  };
  Companions() = default;
  explicit Companions(Limits limits) : limits_(limits) {}

  // `announced`: so many manifests and signatures of that folder are not here yet.
  void expect(const Place& place, std::size_t announced);
  // A manifest or a signature that has come. Answers the files that are not needed any more: those that had
  // to make room, and an older one of the name.
  std::vector<fs::path> add(const Place& place, const std::string& name, const fs::path& path,
                            std::uint64_t bytes);
  void read(const Place& place, const std::string& name, const Manifest& manifest);  // one that is good

  // Everything that could describe this file is here: a manifest with its signature, or whatever was
  // announced.
  bool complete_for(const Place& place, const std::string& file) const;
  bool is_signed(const Place& place, const std::string& file) const;  // a manifest with a signature is here
  std::string digest_of(const Place& place, const std::string& file) const;  // hex; empty: nothing says
  Statements about(const Place& place, const std::string& file) const;

  // The file is dealt with: answers the files of what was about it alone, which is forgotten.
  std::vector<fs::path> forget_about(const Place& place, const std::string& file);

 private:
  struct One {
    fs::path path;
    std::uint64_t bytes = 0;
    std::uint64_t number = 0;                // in the order of their coming
    std::map<std::string, Statement> about;  // by the file; of a manifest that was read
  };
  struct Folder {
    std::size_t left = 0;
    std::map<std::string, One> all;                          // by name
    std::map<std::string, std::set<std::string>> manifests;  // the names of those about a file
  };
  const Folder* find(const Place& place) const;
  std::set<std::string> manifests_about(const Folder& folder, const std::string& file) const;
  std::optional<fs::path> forget(const Place& place, const std::string& name);

  Limits limits_;
  std::map<Place, Folder> folders_;
  std::map<std::uint64_t, std::pair<Place, std::string>> order_;  // by One::number
  std::uint64_t next_ = 0, bytes_ = 0;
};

}  // namespace edu::receiver
