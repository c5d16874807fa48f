#include "receiver/catalogue/document.h"

#include <gtest/gtest.h>

namespace edu::catalogue {
namespace {

Result<Decoded> read(const std::string& bytes, std::size_t most = 1 << 20) {
  return read_document({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, most,
                       "a.example");
}

// "feed" as gzip makes it.
const std::string kPacked(
    "\x1F\x8B\x08\x00\x00\x00\x00\x00\x02\xFF\x4B\x4B\x4D\x4D\x01\x00\xAB\x44\x40\x23\x04\x00\x00\x00", 24);

TEST(Document, IsUnpackedWhenAServerPacksWhatNobodyAskedFor) {
  EXPECT_EQ(read(kPacked)->text, "feed");
  EXPECT_EQ(read(kPacked, 3).error().code, "catalogue.too_large");
  EXPECT_FALSE(read(kPacked.substr(0, 15)));
}

TEST(Document, WithMoreThanIsAllowedIsRefused) {
  EXPECT_EQ(read(std::string(11, ' '), 10).error().code, "catalogue.too_large");
}

TEST(Document, BeginsAsMediaOrNot) {
  for (const auto& media :
       {std::string("\0\0\0\x18"
                    "ftypmp42",
                    12),
        std::string("ID3\x03"), std::string("\xFF\xFB\x90\0", 4), std::string("RIFF....AVI LIST"),
        std::string("G") + std::string(187, 'x') + "G", std::string("OggS")})
    EXPECT_TRUE(begins_as_media(media)) << media;
  for (const auto& other :
       {"%PDF-1.4", "PK\x03\x04", "\x89PNG", "<html>", "", "RIFF....WEBPVP8 ", "{\"error\": 403}"})
    EXPECT_FALSE(begins_as_media(other)) << other;
}

}  // namespace
}  // namespace edu::catalogue
