// A session of another implementation's sender, captured on the wire, comes out whole.
#include "bench.h"

namespace edu::multicast {
namespace {

template <class T>
T read(const Bytes& bytes, std::size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

// The UDP payloads of a little-endian pcap file of Ethernet, raw IP or Linux cooked frames with IPv4 in them.
std::vector<Bytes> payloads_of(const fs::path& capture) {
  const auto bytes = content_of(capture);
  std::vector<Bytes> out;
  const auto link = read<std::uint32_t>(bytes, 20);
  const std::size_t frame = link == 1 ? 14 : link == 113 ? 16 : link == 276 ? 20 : 0;
  for (std::size_t at = 24; at + 16 <= bytes.size();) {
    const auto size = read<std::uint32_t>(bytes, at + 8);
    const auto ip = at + 16 + frame;
    const auto header = std::size_t{bytes[ip] & 15u} * 4;
    const bool udp = bytes[ip] >> 4 == 4 && bytes[ip + 9] == 17;
    const auto length = static_cast<std::size_t>(bytes[ip + header + 4] << 8 | bytes[ip + header + 5]);
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(ip + header + 8);
    if (udp) out.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(length - 8));
    at += 16 + size;
  }
  return out;
}

class Capture : public Receiving {
 protected:
  const std::vector<Bytes> sent_ = payloads_of(fs::path(EDU_TEST_DATA) / "flute-independent-sender.pcap");
  const std::map<std::string, std::string> digests_{
      {"lesson-a.mp4", "421f9d41d6782c452b273366f4c6b5b51c41bb21655500c6403a2d1d25db8f3b"},
      {"lesson-b.mp3", "6af6ff43b3cdfb3c06afd3daf4a5aafb8c654d7c35033d018f613ad077a9fdfa"}};

  void expect_both(const Receiver& receiver) {
    std::map<std::string, std::string> found;
    for (const auto& one : receiver.ended) {
      EXPECT_FALSE(one.refusal) << one.name << " " << one.refusal->code;
      found[one.name] = to_hex(one.file.digest);
      EXPECT_EQ(found[one.name], to_hex(Sha256().update(content_of(one.file.path)).finish()));
    }
    EXPECT_EQ(found, digests_);
  }
};

TEST_F(Capture, OfAnIndependentSenderGivesBothFiles) {
  Receiver receiver(folder_.path(), files_);
  ASSERT_GT(sent_.size(), 10u);
  receiver.take(sent_);
  receiver.settle();
  expect_both(receiver);
}

TEST_F(Capture, BackwardsAndTwiceGivesBothFilesOnce) {
  Receiver receiver(folder_.path(), files_);
  receiver.take_some({sent_.rbegin(), sent_.rend()});
  receiver.take_some({sent_.rbegin(), sent_.rend()});
  receiver.settle();
  receiver.take(sent_);
  receiver.settle();
  EXPECT_EQ(receiver.ended.size(), 2u);
  expect_both(receiver);
}

}  // namespace
}  // namespace edu::multicast
