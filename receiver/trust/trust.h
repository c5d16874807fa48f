// Who may send courseware: the station's trusted keys, and how much a source must show. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "receiver/trust/minisign.h"

namespace edu::receiver {

// off: signatures are not looked at. preferred: what is unsigned, or signed by somebody unknown, is taken as
// unsigned; a signature of a known key must hold. required: only what a trusted key signed is taken.
enum class Policy { off, preferred, required };
Policy policy_of(std::string_view name);  // "off", "preferred"; whatever else: required
const char* name_of(Policy policy);

struct Signer {
  std::string name;    // of the trusted key, as the settings name it
  std::string key_id;  // 16 hexadecimal digits, as minisign prints it
  bool operator==(const Signer&) const = default;
};

class Trust {
 public:
  Trust() = default;
  // Throws std::runtime_error that names a key of another form, or one that is there twice.
  explicit Trust(const std::vector<config::TrustKey>& keys);

  // Who signed these bytes. Refusals receiver.trust_signature_format, .trust_unknown_key {key},
  // .trust_signature_wrong {name, key}.
  Result<Signer> signer_of(std::span<const std::uint8_t> bytes, std::string_view signature) const;

  // The same under a policy; an empty `signature`: there is none. Nothing: taken as unsigned. Refusals as
  // above, and receiver.trust_unsigned.
  Result<std::optional<Signer>> judge(Policy policy, std::span<const std::uint8_t> bytes,
                                      std::string_view signature) const;

 private:
  struct Known {
    std::string name;
    PublicKey key;
  };
  std::vector<Known> keys_;
};

}  // namespace edu::receiver
