#include <gtest/gtest.h>

#include "flute/fec/oti.h"

namespace edu::fec {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(Fti, OfNoCodeHasFourteenBytes) {
  const Bytes bytes{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0, 0, 0x05, 0x94, 0x00, 0x00, 0x01, 0x40};
  const Oti oti{.encoding = Encoding::no_code, .length = 0x010203040506, .symbol = 1428, .max_block = 320};
  EXPECT_EQ(read_fti(Encoding::no_code, bytes), oti);
  EXPECT_EQ(write_fti(oti), bytes);
}

TEST(Fti, OfReedSolomonHasTenBytes) {
  const Bytes bytes{0, 0, 0, 0x10, 0, 0, 0x05, 0x78, 223, 255};
  const Oti oti{.encoding = Encoding::reed_solomon,
                .length = 0x100000,
                .symbol = 1400,
                .max_block = 223,
                .max_symbols = 255};
  EXPECT_EQ(read_fti(Encoding::reed_solomon, bytes), oti);
  EXPECT_EQ(write_fti(oti), bytes);
}

TEST(Fti, OfReedSolomonWithAFieldStatesIt) {
  Bytes bytes{0, 0, 0, 0x10, 0, 0, 8, 3, 0x05, 0x78, 0, 200, 0, 250};
  const Oti oti{.encoding = Encoding::reed_solomon_m,
                .length = 0x100000,
                .symbol = 1400,
                .max_block = 200,
                .max_symbols = 250,
                .group = 3};
  EXPECT_EQ(read_fti(Encoding::reed_solomon_m, bytes), oti);
  EXPECT_EQ(write_fti(oti), bytes);
  bytes[6] = 16;  // GF(2^16)
  EXPECT_FALSE(read_fti(Encoding::reed_solomon_m, bytes));
}

TEST(Fti, OfSmallBlockNamesItsInstance) {
  const Bytes bytes{0, 0, 0, 0x10, 0, 0, 0x12, 0x34, 0x05, 0x78, 0, 200, 0, 250};
  const Oti oti{.encoding = Encoding::small_block,
                .instance = 0x1234,
                .length = 0x100000,
                .symbol = 1400,
                .max_block = 200,
                .max_symbols = 250};
  EXPECT_EQ(read_fti(Encoding::small_block, bytes), oti);
  EXPECT_EQ(write_fti(oti), bytes);
}

TEST(Fti, OfRaptorQIsReadWithAndWithoutPadding) {
  const Bytes bytes{0x01, 0x02, 0x03, 0x04, 0x05, 0, 0x05, 0x78, 12, 0x01, 0x02, 4, 0, 0};
  const Oti oti{.encoding = Encoding::raptorq,
                .length = 0x0102030405,
                .symbol = 1400,
                .blocks = 12,
                .sub_blocks = 0x0102,
                .alignment = 4};
  EXPECT_EQ(read_fti(Encoding::raptorq, bytes), oti);
  EXPECT_EQ(read_fti(Encoding::raptorq, Bytes(bytes.begin(), bytes.end() - 2)), oti);
  EXPECT_EQ(write_fti(oti), bytes);
}

TEST(Fti, OfAnotherSizeIsNone) {
  for (const auto encoding : {Encoding::no_code, Encoding::reed_solomon_m, Encoding::reed_solomon,
                              Encoding::raptorq, Encoding::small_block, Encoding{77}}) {
    const auto right = write_fti({.encoding = encoding, .symbol = 1}).size();
    for (std::size_t size = 0; size < 40; ++size) {
      const bool is_right = size != 0 && (size == right || (encoding == Encoding::raptorq && size == 12));
      Bytes content(size);
      if (encoding == Encoding::reed_solomon_m && size > 6) content[6] = 8;
      EXPECT_EQ(read_fti(encoding, content).has_value(), is_right) << size;
    }
  }
}

void expect_payload_id(Encoding encoding, const SymbolId& id, const Bytes& bytes) {
  ASSERT_EQ(payload_id_size(encoding), bytes.size());
  Bytes out(bytes.size());
  write_payload_id(encoding, id, out);
  EXPECT_EQ(out, bytes);
  auto longer = bytes;
  longer.push_back(0xff);  // the first byte of the symbol
  EXPECT_EQ(read_payload_id(encoding, longer), id);
}

TEST(PayloadId, HasTheFieldsOfItsScheme) {
  expect_payload_id(Encoding::no_code, {0x0102, 0x0304, 0}, {1, 2, 3, 4});
  expect_payload_id(Encoding::reed_solomon_m, {0x010203, 0x04, 0}, {1, 2, 3, 4});
  expect_payload_id(Encoding::reed_solomon, {0x010203, 0x04, 0}, {1, 2, 3, 4});
  expect_payload_id(Encoding::raptorq, {0x01, 0x020304, 0}, {1, 2, 3, 4});
  expect_payload_id(Encoding::small_block, {0x01020304, 0x0708, 0x0506}, {1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(payload_id_size(Encoding{77}), 0u);
}

}  // namespace
}  // namespace edu::fec
