#include "base/md5.h"

#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/sha256.h"

namespace edu {
namespace {

std::vector<std::uint8_t> bytes(std::string_view text) { return {text.begin(), text.end()}; }

TEST(Md5, GivesTheDigestsOfRfc1321) {
  EXPECT_EQ(to_hex(Md5().finish()), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(to_hex(Md5().update(bytes("a")).update(bytes("bc")).finish()),
            "900150983cd24fb0d6963f7d28e17f72");
}

}  // namespace
}  // namespace edu
