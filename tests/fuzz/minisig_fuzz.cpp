// Any bytes as a signature or a key: parsed or not, and never found to hold for a key that did not make it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <tuple>

#include "receiver/trust/minisign.h"

using namespace edu;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::ignore = receiver::parse_public_key(text);
  const auto signature = receiver::parse_signature(text);
  if (!signature) return 0;
  if (size > receiver::kSignatureLimit || signature->trusted_comment.find('\n') != std::string::npos)
    std::abort();
  receiver::PublicKey key;  // nobody holds its secret
  key.id = signature->id;
  key.key.fill(9);
  if (receiver::verifies(key, *signature, {data, size})) std::abort();
  return 0;
}
