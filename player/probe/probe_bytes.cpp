#include "player/probe/probe_bytes.h"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

namespace edu::player {
namespace {

constexpr std::size_t kWindow = 16 * 1024;  // walks go forwards in small steps

}  // namespace

Bytes FileBytes::at(std::int64_t offset, std::size_t most) {
  if (offset < 0 || offset >= size_) return {};
  most = static_cast<std::size_t>(std::min<std::int64_t>(static_cast<std::int64_t>(most), size_ - offset));
  const auto held = static_cast<std::int64_t>(window_.size());
  if (offset < from_ || offset + static_cast<std::int64_t>(most) > from_ + held) {
    window_.resize(std::max(most, kWindow));
    from_ = offset;
    std::size_t got = 0;
    while (got < window_.size()) {
      const auto n =
          ::pread(fd_, window_.data() + got, window_.size() - got, offset + static_cast<std::int64_t>(got));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && error_ == 0) error_ = errno;
      if (n <= 0) break;
      got += static_cast<std::size_t>(n);
    }
    window_.resize(got);
  }
  const auto skip = static_cast<std::size_t>(offset - from_);
  if (skip >= window_.size()) return {};
  return Bytes(window_).subspan(skip, std::min(most, window_.size() - skip));
}

std::string FileBytes::text_at(std::int64_t offset, std::size_t most) {
  const auto bytes = at(offset, most);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint64_t FileBytes::big(std::int64_t offset, std::size_t length) {
  std::uint64_t value = 0;
  const auto bytes = at(offset, length);
  if (bytes.size() < length) return 0;
  for (const auto byte : bytes) value = value << 8 | byte;
  return value;
}

std::uint64_t FileBytes::little(std::int64_t offset, std::size_t length) {
  std::uint64_t value = 0;
  const auto bytes = at(offset, length);
  if (bytes.size() < length) return 0;
  for (std::size_t i = length; i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

}  // namespace edu::player
