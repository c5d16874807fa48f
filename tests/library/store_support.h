// What the tests of the object store share.
#pragma once

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/sha256.h"
#include "library/object_store.h"
#include "tests/support/faulty_files.h"
#include "tests/support/file_content.h"
#include "tests/support/temp_folder.h"

namespace edu::library {

inline const Reserve kNoReserve{0, 0};

using test::content_of;
using test::hex_of;

// Receives `text` as the intake does: staged in two chunks, then published with a poster.
inline Result<std::string> put(ObjectStore& store, const std::string& text) {
  auto staged = store.stage(text.size());
  if (!staged) return Unexpected(staged.error());
  const auto half = text.size() / 2;
  for (const auto& part : {text.substr(0, half), text.substr(half)})
    if (auto written = staged->write(bytes_of(part)); !written) return Unexpected(written.error());
  const auto sha256 = to_hex(staged->finish());
  if (auto poster = store.publish_poster(sha256, "jpeg of " + text); !poster)
    return Unexpected(poster.error());
  if (auto published = store.publish(*std::move(staged)); !published) return Unexpected(published.error());
  return sha256;
}

inline std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (!entry.is_directory()) found.push_back(entry.path().filename().string());
  std::ranges::sort(found);
  return found;
}

}  // namespace edu::library
