// Random names from the kernel: of boots, of people.
#pragma once

#include <string>

namespace edu {

// `bytes` random bytes as lower-case hexadecimal digits.
std::string random_id(std::size_t bytes = 16);

}  // namespace edu
