#include "flute/md5.h"

#include <stdexcept>

#include <openssl/evp.h>

namespace edu::flute {

void Md5::Free::operator()(evp_md_ctx_st* context) const noexcept { EVP_MD_CTX_free(context); }

Md5::Md5() : context_(EVP_MD_CTX_new()) {
  if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_md5(), nullptr) != 1)
    throw std::runtime_error("libcrypto offers no MD5");
}

Md5& Md5::update(std::span<const std::uint8_t> bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
  return *this;
}

Md5Digest Md5::finish() {
  Md5Digest digest{};
  EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
  return digest;
}

std::string to_base64(std::span<const std::uint8_t> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // one more: EVP_EncodeBlock writes a NUL
  const auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                    static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text, std::size_t most) {
  if (text.empty() || text.size() % 4 != 0 || text.size() / 4 * 3 > most + 2) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  if (text.find('=') < text.size() - padding) return std::nullopt;
  std::vector<std::uint8_t> bytes(text.size() / 4 * 3);
  // EVP_DecodeBlock takes blanks at both ends for nothing; here they are none of base64's characters.
  if (text.find_first_of(" \t\r\n\v\f-") != text.npos) return std::nullopt;
  const auto size = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  if (bytes.size() > most) return std::nullopt;
  return bytes;
}

}  // namespace edu::flute
