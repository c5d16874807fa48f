// The code by which somebody who is at the machine shows it: eight digits, in the log and from
// `edustation setup-code`. It makes the first account, and a new password where one is forgotten. Loop
// thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace edu::access {

std::string random_digits();  // eight

class SetupCode {
 public:
  static constexpr int kTries = 5;  // wrong ones; then there is another code

  explicit SetupCode(std::function<std::string()> make = random_digits);

  const std::string& code() const { return code_; }
  // Whether that is the code; a wrong one counts. Blanks and wide digits do not matter.
  bool is(std::string_view typed);
  void renew();  // it was used, or seen by too many

 private:
  std::function<std::string()> make_;
  std::string code_;
  int left_ = kTries;
};

}  // namespace edu::access
