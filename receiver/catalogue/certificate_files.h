// The files of certificates that settings name. libcurl would open such a file again for each transfer, and
// wait for ever where it is no file: here each is read once as long as it is the same. On the HTTP client's
// thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "base/fd.h"

namespace edu::catalogue {

class CertificateFiles {
 public:
  using Bytes = std::shared_ptr<const std::string>;
  // Of a regular file of at most 4 MiB; or the system's word for what is wrong. Blocks.
  tl::expected<Bytes, std::string> read(const std::filesystem::path& path);

 private:
  struct Held {
    std::string version;  // device, number, size and time of change
    Bytes bytes;
  };
  std::map<std::filesystem::path, Held> held_;
};

}  // namespace edu::catalogue
