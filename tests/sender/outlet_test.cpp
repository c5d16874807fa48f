#include "sender/outlet.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace edu::send {
namespace {

// A socket on the loopback interface, at a port that the kernel chose.
class Ear {
 public:
  Ear() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
  }
  std::vector<std::uint8_t> hear() {
    std::vector<std::uint8_t> bytes(70'000);
    const auto got = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
  }
  std::uint16_t port = 0;

 private:
  Fd socket_;
};

Settings to(const Ear& ear) {
  Settings settings;
  settings.group = "127.0.0.1";
  settings.port = ear.port;
  return settings;
}

Batch batch_of(std::size_t count, std::size_t size, std::size_t last) {
  Batch batch;
  batch.count = count;
  batch.size = size;
  for (std::size_t i = 0; i < count; ++i)
    batch.bytes.insert(batch.bytes.end(), i + 1 == count ? last : size, static_cast<std::uint8_t>(i));
  return batch;
}

void expect_heard(Ear& ear, const Batch& batch, std::size_t last) {
  for (std::size_t i = 0; i < batch.count; ++i) {
    const auto size = i + 1 == batch.count ? last : batch.size;
    EXPECT_EQ(ear.hear(), std::vector<std::uint8_t>(size, static_cast<std::uint8_t>(i)));
  }
  EXPECT_TRUE(ear.hear().empty());
}

TEST(Outlet, KeepsDatagramsApartWithAndWithoutSegmentation) {
  for (const bool segments : {true, false}) {
    Ear ear;
    auto outlet = MulticastOutlet::open(to(ear)).value();
    if (!segments) outlet.without_segments();
    for (const std::size_t count : {1U, 2U, 44U}) {
      const auto batch = batch_of(count, 1472, 500);
      outlet.send(batch);
      expect_heard(ear, batch, 500);
    }
    outlet.send(Batch());
    EXPECT_EQ(outlet.lost(), 0U);
  }
}

TEST(Outlet, TurnsToSingleDatagramsWhereTheKernelSegmentsNone) {
  Ear ear;
  auto outlet = MulticastOutlet::open(to(ear)).value();
  const auto batch = batch_of(200, 100, 100);  // more than one call segments
  outlet.send(batch);
  EXPECT_FALSE(outlet.segments());
  expect_heard(ear, batch, 100);
}

TEST(Outlet, RefusesWhatIsNoAddressOrInterface) {
  Settings settings;
  settings.port = 5000;
  for (const auto* wrong : {"", "239.1.2", "example.org", "239.1.2.3.4", "ff15::xyz"}) {
    settings.group = wrong;
    const auto outlet = MulticastOutlet::open(settings);
    ASSERT_FALSE(outlet) << wrong;
    EXPECT_EQ(outlet.error().code, "send.bad_group");
  }
  settings.group = "239.1.2.3";
  settings.interface = "no-such-card";
  const auto outlet = MulticastOutlet::open(settings);
  ASSERT_FALSE(outlet);
  EXPECT_EQ(outlet.error().code, "send.no_interface");
}

}  // namespace
}  // namespace edu::send
