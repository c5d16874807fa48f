#include "people/id_numbers.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace edu::people {
namespace {

constexpr std::size_t kKept = 15;  // digits of a number that a spreadsheet program keeps

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// 4.40981E+17, 1.39E10
bool is_shortened(std::string_view number) {
  const auto e = number.find_first_of("eE");
  if (e == number.npos || e == 0 || !is_digit(number.front())) return false;
  auto power = number.substr(e + 1);
  if (power.starts_with('+')) power.remove_prefix(1);
  const auto mantissa = number.substr(0, e);
  const bool digits = std::ranges::all_of(mantissa, [](char c) { return is_digit(c) || c == '.'; });
  const bool with_point = mantissa.find('.') != mantissa.npos || number[e + 1] == '+';
  return digits && with_point && !power.empty() && power.size() <= 3 && std::ranges::all_of(power, is_digit);
}

bool has_right_check_digit(std::string_view number) {
  constexpr std::array<int, 17> kWeights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr std::string_view kChecks = "10X98765432";
  if (number.size() != kWeights.size() + 1) return false;
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) sum += (number[i] - '0') * kWeights[i];
  return number.back() == kChecks[static_cast<std::size_t>(sum % 11)];
}

}  // namespace

const char* digits_lost(std::string_view number) {
  if (is_shortened(number)) return "shortened_number";
  const bool long_number = number.size() > kKept && std::ranges::all_of(number, is_digit);
  if (!long_number || number.substr(kKept).find_first_not_of('0') != number.npos) return nullptr;
  return has_right_check_digit(number) ? nullptr : "lost_digits";
}

}  // namespace edu::people
