#include "people/access/setup_code.h"

#include <string>

#include "base/random.h"
#include "base/typed.h"

namespace edu::access {
namespace {

constexpr std::size_t kDigits = 8, kLongestTyped = 64;

// Every digit is looked at, whichever is wrong.
bool same(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) return false;
  unsigned char differs = 0;
  for (std::size_t i = 0; i < one.size(); ++i) differs |= static_cast<unsigned char>(one[i] ^ other[i]);
  return differs == 0;
}

}  // namespace

std::string random_digits() {
  const auto number = std::stoull(random_id(8), nullptr, 16) % 100'000'000;
  auto digits = std::to_string(number);
  return std::string(kDigits - digits.size(), '0') + digits;
}

SetupCode::SetupCode(std::function<std::string()> make) : make_(std::move(make)) { renew(); }

void SetupCode::renew() {
  code_ = make_();
  left_ = kTries;
}

bool SetupCode::is(std::string_view typed) {
  const bool right = same(folded_number(typed.substr(0, kLongestTyped)), code_);
  if (!right && --left_ == 0) renew();
  return right;
}

}  // namespace edu::access
