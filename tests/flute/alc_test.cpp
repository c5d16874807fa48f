#include "flute/alc.h"

#include <gtest/gtest.h>

namespace edu::flute {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// A header by hand: flags C, S, O, H as they are on the wire, every field counting up from `first`.
Bytes header(unsigned c, unsigned s, unsigned o, unsigned h, const Bytes& extensions = {},
             unsigned flags = 0) {
  Bytes out{static_cast<std::uint8_t>(0x10 | c << 2),
            static_cast<std::uint8_t>(s << 7 | o << 5 | h << 4 | flags), 0, 5};
  for (unsigned i = 0; i < 4 * (c + 1); ++i) out.push_back(0xcc);
  for (unsigned i = 0; i < 4 * s + 2 * h; ++i) out.push_back(static_cast<std::uint8_t>(0x11 + i));
  for (unsigned i = 0; i < 4 * o + 2 * h; ++i) out.push_back(static_cast<std::uint8_t>(0x21 + i));
  out = out + extensions;
  out[2] = static_cast<std::uint8_t>(out.size() / 4);
  return out;
}

Malformed fault(const Bytes& bytes) {
  const auto packet = read_packet(bytes);
  return packet ? static_cast<Malformed>(99) : packet.error();
}

std::uint64_t counting(unsigned first, unsigned bytes) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes; ++i) value = value << 8 | (first + i);
  return value;
}

TEST(Alc, ReadsEveryFieldSize) {
  for (unsigned c = 0; c < 4; ++c)
    for (unsigned s = 0; s < 2; ++s)
      for (unsigned o = 0; o < 4; ++o)
        for (unsigned h = 0; h < 2; ++h) {
          const auto bytes = header(c, s, o, h) + Bytes{9, 8, 7};
          if (bytes[2] * 4U != bytes.size() - 3) continue;  // half words: both are half, so this is whole
          const auto packet = read_packet(bytes);
          ASSERT_TRUE(packet) << c << s << o << h;
          const unsigned tsi = 4 * s + 2 * h, toi = 4 * o + 2 * h, high = toi > 8 ? toi - 8 : 0;
          EXPECT_EQ(packet->has_tsi, tsi > 0);
          EXPECT_EQ(packet->has_toi, toi > 0);
          EXPECT_EQ(packet->tsi, counting(0x11, tsi));
          EXPECT_EQ(packet->toi, (Toi{counting(0x21, high), counting(0x21 + high, toi - high)}));
          EXPECT_EQ(Bytes(packet->payload.begin(), packet->payload.end()), (Bytes{9, 8, 7}));
        }
}

TEST(Alc, ReadsFlagsAndCodepoint) {
  const auto packet = read_packet(header(0, 0, 0, 1, {}, 3)).value();
  EXPECT_TRUE(packet.close_session && packet.close_object);
  EXPECT_EQ(packet.codepoint, 5);
  EXPECT_FALSE(packet.source_symbols);
  auto bytes = header(0, 0, 0, 1, {}, 1);
  bytes[0] |= 2;
  bytes[3] = 77;  // a scheme that nobody knows is the receiver's affair, not the parser's
  const auto other = read_packet(bytes).value();
  EXPECT_TRUE(other.source_symbols && other.close_object);
  EXPECT_FALSE(other.close_session);
  EXPECT_EQ(other.codepoint, 77);
}

TEST(Alc, SkipsTheTimeFieldsOfRfc3451Senders) {
  const Bytes time{0, 0, 0, 7}, residual{0, 0, 0, 8}, nop{0, 1, 0, 0};
  EXPECT_TRUE(read_packet(header(0, 1, 1, 0, time, 8)));
  EXPECT_TRUE(read_packet(header(0, 1, 1, 0, residual, 4)));
  const auto packet = read_packet(header(0, 1, 1, 0, time + residual + Bytes{192, 0x10, 0, 3}, 12)).value();
  EXPECT_EQ(packet.fdt, (FdtHeader{1, 3}));
  EXPECT_FALSE(packet.sender_current_time_ms);  // theirs counts from nowhere in particular
  EXPECT_EQ(fault(header(0, 1, 1, 0, {}, 8)), Malformed::header_length);
}

TEST(Alc, ReadsTheExtensionsOfFlute) {
  const Bytes fdt{192, 0x2a, 0xbc, 0xde}, cenc{193, 3, 0, 0}, fti{64, 2, 1, 2, 3, 4, 5, 6};
  const auto bytes = header(0, 0, 0, 1, fdt + cenc + fti);  // the packet's parts lie in here
  const auto packet = read_packet(bytes).value();
  EXPECT_EQ(packet.fdt, (FdtHeader{2, 0xabcde}));
  EXPECT_EQ(packet.content_encoding, 3);
  EXPECT_EQ(Bytes(packet.fti.begin(), packet.fti.end()), (Bytes{1, 2, 3, 4, 5, 6}));
}

TEST(Alc, SkipsExtensionsThatItDoesNotKnow) {
  const Bytes nop{0, 1, 0, 0}, auth{1, 3, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9}, variable{99, 2, 0, 0, 0, 0, 0, 0},
      fixed{200, 0, 0, 0}, last{255, 9, 9, 9}, fdt{192, 0x20, 0, 1};
  const auto packet = read_packet(header(0, 0, 0, 1, nop + auth + variable + fixed + last + fdt)).value();
  EXPECT_EQ(packet.fdt, (FdtHeader{2, 1}));
  EXPECT_TRUE(packet.fti.empty());
}

TEST(Alc, ReadsTheSendersTime) {
  // 2208988800 + 1,000,000,000 s = 0xBF457200 … in NTP's count; half a second behind it.
  const auto seconds = static_cast<std::uint32_t>(2'208'988'800U + 1'000'000'000U);
  const Bytes high{static_cast<std::uint8_t>(seconds >> 24), static_cast<std::uint8_t>(seconds >> 16),
                   static_cast<std::uint8_t>(seconds >> 8), static_cast<std::uint8_t>(seconds)};
  const auto time = [](std::uint8_t words, std::uint8_t use, const Bytes& rest) {
    return read_packet(header(0, 0, 0, 1, Bytes{2, words, use, 0} + rest)).value().sender_current_time_ms;
  };
  const Bytes half{0x80, 0, 0, 0};
  EXPECT_EQ(time(2, 0x80, high), 1'000'000'000'000U);
  EXPECT_EQ(time(3, 0xc0, high + half), 1'000'000'000'500U);
  EXPECT_EQ(time(4, 0xf0, high + half + half), 1'000'000'000'500U);  // and what follows them
  EXPECT_EQ(time(2, 0x20, high), std::nullopt);                      // residual time only
  EXPECT_EQ(time(1, 0xc0, {}), std::nullopt);                        // promised, and not there
  EXPECT_EQ(time(2, 0xc0, high), 1'000'000'000'000U);
  EXPECT_EQ(time(2, 0x80, Bytes{0, 0, 0, 0}), 2'085'978'496'000U);  // 7 February 2036, 06:28:16
}

TEST(Alc, RefusesWhatIsNoPacket) {
  EXPECT_EQ(fault({}), Malformed::too_short);
  EXPECT_EQ(fault({0x10, 0}), Malformed::too_short);
  EXPECT_EQ(fault({0x10, 0x10, 3, 0, 0, 0, 0}), Malformed::too_short);
  auto version = header(0, 0, 0, 1);
  version[0] = 0x20;
  EXPECT_EQ(fault(version), Malformed::version);
  version[0] = 0;
  EXPECT_EQ(fault(version), Malformed::version);
  EXPECT_STREQ(name_of(fault(version)), "version");
}

TEST(Alc, RefusesAHeaderLengthThatCannotBe) {
  auto past_the_end = header(0, 0, 0, 1);
  past_the_end[2] = 4;
  EXPECT_EQ(fault(past_the_end), Malformed::header_length);
  auto too_small = header(3, 1, 3, 1) + Bytes(64);
  too_small[2] -= 1;
  EXPECT_EQ(fault(too_small), Malformed::header_length);
  too_small[2] = 0;
  EXPECT_EQ(fault(too_small), Malformed::header_length);
}

TEST(Alc, RefusesExtensionsThatRunPastTheHeader) {
  EXPECT_EQ(fault(header(0, 0, 0, 1, {64, 2, 0, 0})), Malformed::extension);
  EXPECT_EQ(fault(header(0, 0, 0, 1, {2, 255, 0x80, 0}) + Bytes(2000)), Malformed::extension);
  EXPECT_EQ(fault(header(0, 0, 0, 1, {0, 0, 0, 0})), Malformed::extension);  // HEL 0 would never end
}

// Every length that a datagram can be cut to: an answer, and no byte behind its end is looked at (ASan).
TEST(Alc, BearsEveryTruncation) {
  const auto whole =
      header(3, 1, 3, 1, {64, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 192, 0x20, 0, 1});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(read_packet(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))));
  EXPECT_TRUE(read_packet(whole));
}

TEST(Alc, WritesWhatItReads) {
  const Bytes fti{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const std::uint64_t tsis[] = {0, 0xffff, 0x10000, 0xffff'ffff, 0x1'0000'0000, 0xffff'ffff'ffff};
  const Toi tois[] = {
      {0, 0}, {0, 0xffff}, {0, 0x10000}, {0, 0xffff'ffff}, {0, 1ULL << 32},          {0, ~0ULL},
      {1, 0}, {0xffff, 5}, {0x10000, 5}, {0xffff'ffff, 1}, {0xffff'ffff'ffff, ~0ULL}};
  for (const auto tsi : tsis)
    for (const auto& toi : tois) {
      PacketHeader sent;
      sent.tsi = tsi, sent.toi = toi, sent.codepoint = 129, sent.close_object = true, sent.fti = fti;
      sent.fdt = FdtHeader{1, 0xfffff};
      sent.content_encoding = ContentEncoding::gzip;
      sent.sender_current_time_ms = 1'795'374'064'832;
      const auto bytes = write_header(sent);
      const auto read = read_packet(bytes).value();
      EXPECT_EQ(read.tsi, tsi);
      EXPECT_EQ(read.toi, toi);
      EXPECT_TRUE(read.has_tsi && read.has_toi && read.close_object && !read.close_session);
      EXPECT_EQ(read.codepoint, 129);
      EXPECT_EQ(Bytes(read.fti.begin(), read.fti.end()), fti);
      EXPECT_EQ(read.fdt, sent.fdt);
      EXPECT_EQ(read.content_encoding, 3);
      EXPECT_EQ(read.sender_current_time_ms, sent.sender_current_time_ms);
      EXPECT_TRUE(read.payload.empty());
    }
}

TEST(Alc, WritesTheSmallestHeader) {
  PacketHeader header;
  header.tsi = 0xffff, header.toi.low = 0xffff;
  EXPECT_EQ(write_header(header).size(), 12U);
  header.toi.low = 0x10000;
  EXPECT_EQ(write_header(header).size(), 16U);
  header.tsi = 0x10000, header.toi.low = 1;
  EXPECT_EQ(write_header(header).size(), 16U);
}

TEST(Alc, KeepsEveryMillisecondOfItsTime) {
  for (std::uint64_t ms = 1'795'374'064'000; ms < 1'795'374'065'000; ++ms) {
    PacketHeader header;
    header.sender_current_time_ms = ms;
    ASSERT_EQ(read_packet(write_header(header)).value().sender_current_time_ms, ms);
  }
}

}  // namespace
}  // namespace edu::flute
