#include "receiver/multicast/mpe.h"

#include "bench.h"
#include "receiver/multicast/crc.h"

namespace edu::multicast {
namespace {

constexpr std::uint16_t kPid = 0x100;

void put16(Bytes& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

Bytes udp_datagram(const Bytes& payload, std::uint16_t port = 4001) {
  Bytes ip{0x45, 0};
  put16(ip, 28 + payload.size());
  ip.insert(ip.end(), {0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 239, 1, 2, 3});
  put16(ip, 5000);
  put16(ip, port);
  put16(ip, 8 + payload.size());
  put16(ip, 0);
  ip.insert(ip.end(), payload.begin(), payload.end());
  return ip;
}

Bytes section(std::span<const std::uint8_t> payload, std::uint8_t number = 0, std::uint8_t last = 0) {
  Bytes s{0x3e};
  put16(s, 0xb000 | (payload.size() + 13));
  s.insert(s.end(), {6, 5, 0xc1, number, last, 4, 3, 2, 1});
  s.insert(s.end(), payload.begin(), payload.end());
  const auto crc = crc32_mpeg(s);
  put16(s, crc >> 16);
  put16(s, crc & 0xffff);
  return s;
}

// Each section begins in a packet of its own.
Bytes stream(const std::vector<Bytes>& sections, std::uint8_t& counter) {
  Bytes out;
  for (const auto& one : sections)
    for (std::size_t at = 0; at < one.size();) {
      const bool first = at == 0;
      Bytes packet{0x47, static_cast<std::uint8_t>((first ? 0x40 : 0) | kPid >> 8), kPid & 0xff,
                   static_cast<std::uint8_t>(0x10 | (counter++ & 15))};
      if (first) packet.push_back(0);
      const auto size = std::min(188 - packet.size(), one.size() - at);
      packet.insert(packet.end(), one.begin() + static_cast<std::ptrdiff_t>(at),
                    one.begin() + static_cast<std::ptrdiff_t>(at + size));
      at += size;
      packet.resize(188, 0xff);
      out.insert(out.end(), packet.begin(), packet.end());
    }
  return out;
}

class Mpe : public testing::Test {
 protected:
  std::vector<Bytes> out_;
  Address from_;
  std::uint8_t counter_ = 0;
  MpeReader reader_{kPid, 0, [this](const Address& from, std::span<const std::uint8_t> payload) {
                      from_ = from;
                      out_.emplace_back(payload.begin(), payload.end());
                    }};
};

TEST(Crc, HasThePublishedCheckValues) {  // of "123456789": CRC-32/MPEG-2 and CRC-32/ISO-HDLC (gzip)
  const std::string_view digits = "123456789";
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(digits.data()),
                                            digits.size());
  EXPECT_EQ(crc32_mpeg(bytes), 0x0376e6e7u);
  EXPECT_EQ(crc32(bytes), 0xcbf43926u);
}

// The section of ISO/IEC 13818-1 that every DVB tool shows first: a PAT of one programme, as FFmpeg and
// others write it (transport stream 1, programme 1 on PID 0x1000), whose CRC is published all over.
TEST(Crc, OfAProgrammeAssociationSectionIsZero) {
  const std::vector<std::uint8_t> pat{0x00, 0xb0, 0x0d, 0x00, 0x01, 0xc1, 0x00, 0x00,
                                      0x00, 0x01, 0xf0, 0x00, 0x2a, 0xb1, 0x04, 0xb2};
  EXPECT_EQ(crc32_mpeg(pat), 0u);
}

TEST_F(Mpe, GivesOutTheDatagramsOfItsPid) {
  const auto a = noise(1000), b = noise(40, 2);
  auto bytes = stream({section(udp_datagram(a)), section(udp_datagram(b))}, counter_);
  reader_.feed(bytes);
  EXPECT_EQ(out_, (std::vector<Bytes>{a, b}));
  EXPECT_EQ(from_.text(), "192.0.2.1");
  bytes[2] ^= 1;  // of the first packet: another PID
  out_.clear();
  reader_.feed(bytes);
  EXPECT_EQ(out_, std::vector<Bytes>{b});
}

TEST_F(Mpe, ReadsAStreamInAnyPieces) {
  const auto a = noise(700);
  const auto bytes = stream({section(udp_datagram(a))}, counter_);
  for (const auto byte : bytes) reader_.feed({&byte, 1});
  EXPECT_EQ(out_, std::vector<Bytes>{a});
}

TEST_F(Mpe, FindsThePacketsBehindRubbish) {
  const auto a = noise(100);
  Bytes bytes(50, 0);
  const auto good = stream({section(udp_datagram(a))}, counter_);
  bytes.insert(bytes.end(), good.begin(), good.end());
  reader_.feed(bytes);
  EXPECT_EQ(out_, std::vector<Bytes>{a});
  EXPECT_EQ(reader_.counts().lost_sync, 50u);
}

TEST_F(Mpe, JoinsADatagramOfSeveralSections) {
  const auto a = noise(6000);
  const auto ip = udp_datagram(a);
  const std::span all(ip);
  reader_.feed(stream({section(all.first(4000), 0, 1), section(all.subspan(4000), 1, 1)}, counter_));
  EXPECT_EQ(out_, std::vector<Bytes>{a});
}

TEST_F(Mpe, DropsADamagedSectionAndGoesOn) {
  auto bad = section(udp_datagram(noise(300)));
  bad[40] ^= 1;
  const auto good = noise(300, 3);
  reader_.feed(stream({bad, section(udp_datagram(good))}, counter_));
  EXPECT_EQ(out_, std::vector<Bytes>{good});
  EXPECT_EQ(reader_.counts().bad_sections, 1u);
}

TEST_F(Mpe, DropsASectionOfWhichAPacketIsMissing) {
  const auto good = noise(300, 3);
  auto bytes = stream({section(udp_datagram(noise(900))), section(udp_datagram(good))}, counter_);
  bytes.erase(bytes.begin() + 188, bytes.begin() + 376);
  reader_.feed(bytes);
  EXPECT_EQ(out_, std::vector<Bytes>{good});
  EXPECT_EQ(reader_.counts().discontinuities, 1u);
}

TEST_F(Mpe, PassesOverWhatIsNoUdp) {
  auto tcp = udp_datagram(noise(20));
  tcp[9] = 6;
  auto long_one = udp_datagram(noise(20));
  long_one[3] = 200;
  reader_.feed(stream({section(tcp), section(long_one)}, counter_));
  EXPECT_TRUE(out_.empty());
  EXPECT_EQ(reader_.counts().not_udp, 2u);
}

}  // namespace
}  // namespace edu::multicast
