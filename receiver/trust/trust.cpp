#include "receiver/trust/trust.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace edu::receiver {

Policy policy_of(std::string_view name) {
  if (name == "off") return Policy::off;
  return name == "preferred" ? Policy::preferred : Policy::required;
}

const char* name_of(Policy policy) {
  switch (policy) {
    case Policy::off:
      return "off";
    case Policy::preferred:
      return "preferred";
    case Policy::required:
      break;
  }
  return "required";
}

Trust::Trust(const std::vector<config::TrustKey>& keys) {
  for (const auto& [name, text] : keys) {
    const auto key = parse_public_key(text);
    if (!key)
      throw std::runtime_error(fmt::format("trust.key \"{}\": {} is no minisign public key", name, text));
    if (std::ranges::any_of(keys_, [&](const Known& known) { return known.key.id == key->id; }))
      throw std::runtime_error(fmt::format("trust.key \"{}\": this key is there already", name));
    keys_.push_back({name, *key});
  }
}

Result<Signer> Trust::signer_of(std::span<const std::uint8_t> bytes, std::string_view text) const {
  const auto signature = parse_signature(text);
  if (!signature) return refuse("receiver.trust_signature_format");
  const auto id = key_text(signature->id);
  const auto known =
      std::ranges::find_if(keys_, [&](const Known& one) { return one.key.id == signature->id; });
  if (known == keys_.end()) return refuse("receiver.trust_unknown_key", {{"key", id}});
  if (!verifies(known->key, *signature, bytes))
    return refuse("receiver.trust_signature_wrong", {{"name", known->name}, {"key", id}});
  return Signer{known->name, id};
}

Result<std::optional<Signer>> Trust::judge(Policy policy, std::span<const std::uint8_t> bytes,
                                           std::string_view signature) const {
  if (policy == Policy::off) return std::optional<Signer>();
  if (signature.empty()) {
    if (policy == Policy::required) return refuse("receiver.trust_unsigned");
    return std::optional<Signer>();
  }
  auto signer = signer_of(bytes, signature);
  if (signer) return std::optional<Signer>(*std::move(signer));
  if (policy == Policy::preferred && signer.error().code == "receiver.trust_unknown_key")
    return std::optional<Signer>();
  return Unexpected(signer.error());
}

}  // namespace edu::receiver
