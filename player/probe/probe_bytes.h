// The bytes of one untrusted file, wherever they lie in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "player/probe/probe_signatures.h"

namespace edu::player {

// Reads a file that was opened before the sandbox closed. A fault of the disk is not the file's end: it is
// remembered, and whoever asks for a verdict asks for it first.
class FileBytes {
 public:
  // `fd` outlives the object. `size`: the file's, in bytes.
  FileBytes(int fd, std::int64_t size) : fd_(fd), size_(size) {}

  std::int64_t size() const { return size_; }
  // Up to `most` bytes from `offset` on; fewer at the end of the file. Valid until the next call.
  Bytes at(std::int64_t offset, std::size_t most);
  // The same as text, a copy.
  std::string text_at(std::int64_t offset, std::size_t most);
  // Numbers of 1 to 8 bytes; 0 where the file has ended.
  std::uint64_t big(std::int64_t offset, std::size_t length);
  std::uint64_t little(std::int64_t offset, std::size_t length);
  int error() const { return error_; }  // errno of the first read that failed; 0: none did

 private:
  int fd_;
  std::int64_t size_;
  std::vector<std::uint8_t> window_;
  std::int64_t from_ = 0;
  int error_ = 0;
};

}  // namespace edu::player
