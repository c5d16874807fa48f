// Signatures in minisign's format (https://jedisct1.github.io/minisign/#signature-format), checked with
// libsodium: Ed25519 over the bytes ("Ed") or over their BLAKE2b-512 ("ED"), and a second signature over the
// first one and the trusted comment.
//
// Pure parsers of outside bytes: no I/O, never throw, whatever the bytes are. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace edu::receiver {

inline constexpr std::size_t kSignatureLimit =
    4096;  // bytes of a .minisig file; minisign's own have some 300

using KeyId = std::array<std::uint8_t, 8>;

struct PublicKey {
  KeyId id{};
  std::array<std::uint8_t, 32> key{};
};

struct Signature {
  bool prehashed = false;  // "ED"
  KeyId id{};              // of the key that it claims to be made with
  std::array<std::uint8_t, 64> signature{};
  std::string trusted_comment;  // as it stands there; any bytes but line ends
  std::array<std::uint8_t, 64> global_signature{};
};

// "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3", as `minisign -G` prints it; a whole .pub file
// too.
std::optional<PublicKey> parse_public_key(std::string_view text);
// The four lines of a .minisig file, ended by LF or CRLF; blank lines may follow.
std::optional<Signature> parse_signature(std::string_view text);

// Both signatures fit the key, the bytes and the comment.
bool verifies(const PublicKey& key, const Signature& signature, std::span<const std::uint8_t> bytes);

// As minisign prints it: 16 hexadecimal digits.
std::string key_text(const KeyId& id);

}  // namespace edu::receiver
