// Content-MD5 (RFC 1864) and the base64 (RFC 4648 4) that it and FEC-OTI-Scheme-Specific-Info are written in,
// by OpenSSL. MD5 finds accidents, not attackers: trust comes from the manifest's SHA-256 and its signature.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct evp_md_ctx_st;

namespace edu::flute {

using Md5Digest = std::array<std::uint8_t, 16>;

class Md5 {
 public:
  Md5();
  Md5& update(std::span<const std::uint8_t> bytes);
  Md5Digest finish();  // once; the object is spent

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

std::string to_base64(std::span<const std::uint8_t> bytes);
// None: a character that base64 has not, a length that is no multiple of 4, or more than `most` bytes.
std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text, std::size_t most);

}  // namespace edu::flute
