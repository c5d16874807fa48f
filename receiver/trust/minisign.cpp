// The only user of libsodium. Text of keys and signatures comes in, a yes or no leaves.
#include "receiver/trust/minisign.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <sodium.h>

#include "base/base64.h"

namespace edu::receiver {
namespace {

constexpr std::string_view kUntrusted = "untrusted comment: ";
constexpr std::string_view kTrusted = "trusted comment: ";
constexpr std::size_t kAlgorithm = 2, kKeyBytes = 2 + 8 + 32, kSignatureBytes = 2 + 8 + 64;

static_assert(crypto_sign_PUBLICKEYBYTES == 32 && crypto_sign_BYTES == 64);

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// minisign itself reads no further than it has to; editors and mail leave blank lines at the end.
bool blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

// Exactly `size` bytes, or none.
std::optional<std::vector<std::uint8_t>> bytes_of(std::string_view text, std::size_t size) {
  auto bytes = from_base64(text, size);
  if (bytes && bytes->size() != size) return std::nullopt;
  return bytes;
}

template <std::size_t N>
std::array<std::uint8_t, N> piece(const std::vector<std::uint8_t>& bytes, std::size_t from) {
  std::array<std::uint8_t, N> out;
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(from), N, out.begin());
  return out;
}

void start_sodium() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
}

bool signed_by(const PublicKey& key, const std::array<std::uint8_t, 64>& signature,
               std::span<const std::uint8_t> bytes) {
  return crypto_sign_verify_detached(signature.data(), bytes.data(), bytes.size(), key.key.data()) == 0;
}

}  // namespace

std::optional<PublicKey> parse_public_key(std::string_view text) {
  if (text.starts_with(kUntrusted)) take_line(text);
  const auto line = take_line(text);
  const auto bytes = bytes_of(line, kKeyBytes);
  if (!bytes || !blank(text) || (*bytes)[0] != 'E' || (*bytes)[1] != 'd') return std::nullopt;
  return PublicKey{piece<8>(*bytes, kAlgorithm), piece<32>(*bytes, kAlgorithm + 8)};
}

std::optional<Signature> parse_signature(std::string_view text) {
  if (text.size() > kSignatureLimit || !take_line(text).starts_with(kUntrusted)) return std::nullopt;
  const auto bytes = bytes_of(take_line(text), kSignatureBytes);
  const auto comment = take_line(text);
  const auto global = bytes_of(take_line(text), crypto_sign_BYTES);
  if (!bytes || !global || !comment.starts_with(kTrusted) || !blank(text)) return std::nullopt;
  if ((*bytes)[0] != 'E' || ((*bytes)[1] != 'd' && (*bytes)[1] != 'D')) return std::nullopt;
  Signature signature;
  signature.prehashed = (*bytes)[1] == 'D';
  signature.id = piece<8>(*bytes, kAlgorithm);
  signature.signature = piece<64>(*bytes, kAlgorithm + 8);
  signature.trusted_comment = comment.substr(kTrusted.size());
  signature.global_signature = piece<64>(*global, 0);
  return signature;
}

bool verifies(const PublicKey& key, const Signature& signature, std::span<const std::uint8_t> bytes) {
  start_sodium();
  if (key.id != signature.id) return false;
  std::array<std::uint8_t, crypto_generichash_BYTES_MAX> hash;
  if (signature.prehashed) {
    crypto_generichash(hash.data(), hash.size(), bytes.data(), bytes.size(), nullptr, 0);
    bytes = hash;
  }
  if (!signed_by(key, signature.signature, bytes)) return false;
  std::vector<std::uint8_t> whole(signature.signature.begin(), signature.signature.end());
  whole.insert(whole.end(), signature.trusted_comment.begin(), signature.trusted_comment.end());
  return signed_by(key, signature.global_signature, whole);
}

// minisign prints the eight bytes as a little-endian number.
std::string key_text(const KeyId& id) {
  std::string text;
  for (auto byte = id.rbegin(); byte != id.rend(); ++byte) text += fmt::format("{:02X}", *byte);
  return text;
}

}  // namespace edu::receiver
