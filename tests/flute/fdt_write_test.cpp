#include <gtest/gtest.h>

#include "flute/fdt.h"

namespace edu::flute {
namespace {

File file(std::uint64_t toi, std::string location, fec::Encoding encoding) {
  File out;
  out.toi = {0, toi};
  out.location = std::move(location);
  out.content_length = out.transfer_length = 1000 * toi;
  out.content_type = "video/mp4";
  out.md5.emplace().fill(static_cast<std::uint8_t>(toi));
  out.oti.emplace();
  out.oti->encoding = encoding;
  out.oti->length = *out.transfer_length;
  out.oti->symbol = 1400;
  switch (encoding) {
    case fec::Encoding::raptorq:
      out.oti->blocks = 200, out.oti->sub_blocks = 300, out.oti->alignment = 4;
      break;
    case fec::Encoding::reed_solomon_m:
      out.oti->group = 2;
      [[fallthrough]];
    default:
      out.oti->max_block = 128, out.oti->max_symbols = encoding == fec::Encoding::no_code ? 0 : 160;
  }
  return out;
}

void expect_back(const Fdt& fdt) {
  for (const auto version : {std::uint8_t{1}, std::uint8_t{2}}) {
    const auto back = read_fdt(write_fdt(fdt, version)).value();
    EXPECT_TRUE(back.skipped.empty());
    EXPECT_EQ(back.fdt.expires, fdt.expires);
    EXPECT_EQ(back.fdt.complete, fdt.complete);
    ASSERT_EQ(back.fdt.files.size(), fdt.files.size());
    for (std::size_t i = 0; i < fdt.files.size(); ++i) {
      auto sent = fdt.files[i];
      if (sent.transfer_length == sent.content_length) sent.transfer_length.reset();  // said once
      EXPECT_EQ(back.fdt.files[i], sent) << sent.location;
    }
  }
}

TEST(WriteFdt, IsReadAsItWas) {
  Fdt fdt;
  fdt.expires = 1'795'374'074;
  fdt.complete = true;
  fdt.files = {file(1, "果树 & <修剪>\"'.mp4", fec::Encoding::no_code),
               file(2, "b", fec::Encoding::reed_solomon), file(3, "c", fec::Encoding::raptorq),
               file(4, "d", fec::Encoding::small_block), file(5, "e", fec::Encoding::reed_solomon_m)};
  fdt.files[0].toi.high = 0xffff'ffff'ffff;
  fdt.files[1].content_encoding = ContentEncoding::gzip;
  fdt.files[1].content_length = 77;
  fdt.files[2].md5.reset();
  fdt.files[3].oti->instance = 9;
  expect_back(fdt);
  fdt.files[4].oti.reset();
  expect_back(fdt);
  fdt.files.clear();
  fdt.expires.reset();
  fdt.complete = false;
  expect_back(fdt);
}

TEST(WriteFdt, IsReadAfterTheEndOfNtpsEra) {
  Fdt fdt;
  fdt.expires = 2'085'978'500;
  expect_back(fdt);
}

// Of two receivers one reads it from the file or from the instance, and the other divides by the block
// length.
TEST(WriteFdt, SaysAllOfTheOtiWithEachFile) {
  Fdt fdt;
  fdt.files = {file(1, "a", fec::Encoding::no_code), file(2, "b", fec::Encoding::raptorq)};
  expect_back(fdt);
  const auto xml = write_fdt(fdt, 2);
  EXPECT_LT(xml.find("<File"), xml.find("FEC-OTI-"));
  std::size_t blocks = 0;
  for (auto at = xml.find("FEC-OTI-Maximum"); at != xml.npos; at = xml.find("FEC-OTI-Maximum", at + 1))
    ++blocks;
  EXPECT_EQ(blocks, 2u);
}

TEST(WriteFdt, WritesTheNamespaceOfItsVersion) {
  EXPECT_NE(write_fdt({}, 2).find("xmlns=\"urn:ietf:params:xml:ns:fdt\""), std::string::npos);
  EXPECT_NE(write_fdt({}, 1).find("xmlns=\"http://www.example.com/flute\""), std::string::npos);
}

}  // namespace
}  // namespace edu::flute
