// Real signatures for tests, made by Debian's minisign with a key of the test's own.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "base/files.h"
#include "tests/support/temp_folder.h"

namespace edu::test {

class SigningKey {
 public:
  SigningKey() { run("minisign -G -f -W -p " + path("key.pub") + " -s " + path("key.sec")); }

  // The 56 characters of the public key.
  std::string public_key() const {
    const auto file = public_file();
    const auto line = file.substr(file.find('\n') + 1);
    return line.substr(0, line.find('\n'));
  }
  std::string public_file() const { return read(path("key.pub")); }
  // Of the comment "minisign public key 123456789ABCDEF", where minisign leaves out leading zeros.
  std::string id() const {
    const auto first = public_file().substr(0, public_file().find('\n'));
    const auto digits = first.substr(first.rfind(' ') + 1);
    return std::string(16 - digits.size(), '0') + digits;
  }

  enum class Kind { prehashed, legacy };
  std::string sign(const std::string& bytes, Kind kind = Kind::prehashed) const {
    std::ofstream(path("file"), std::ios::binary | std::ios::trunc) << bytes;
    run("minisign -S -W -s " + path("key.sec") + " -m " + path("file") + " -x " + path("file.minisig") +
        " -t 'made by a test'" + (kind == Kind::legacy ? " -l" : " -H"));
    return read(path("file.minisig"));
  }

 private:
  static std::string read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void run(const std::string& command) {
    if (std::system((command + " > /dev/null 2>&1 < /dev/null").c_str()) != 0)
      throw std::runtime_error("failed: " + command);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  TempFolder folder_;
};

}  // namespace edu::test
