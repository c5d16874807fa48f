#include "base/md5.h"

#include <stdexcept>

#include <openssl/evp.h>

namespace edu {

void Md5::Free::operator()(evp_md_ctx_st* context) const noexcept { EVP_MD_CTX_free(context); }

Md5::Md5() : context_(EVP_MD_CTX_new()) {
  if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_md5(), nullptr) != 1)
    throw std::runtime_error("libcrypto has no MD5");
}

Md5& Md5::update(std::span<const std::uint8_t> bytes) {
  if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1)
    throw std::runtime_error("MD5 update failed");
  return *this;
}

Md5Digest Md5::finish() {
  Md5Digest digest{};
  if (EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1) throw std::runtime_error("MD5 failed");
  return digest;
}

}  // namespace edu
