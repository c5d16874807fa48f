// MD5 (RFC 1321) by OpenSSL's libcrypto. It finds accidents, not attackers: trust comes from the manifest's
// SHA-256 and its signature.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

struct evp_md_ctx_st;

namespace edu {

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

}  // namespace edu
