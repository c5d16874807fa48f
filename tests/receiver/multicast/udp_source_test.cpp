#include "receiver/multicast/udp_source.h"

#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "own_network.h"
#include "receiver/multicast/link_watch.h"

namespace edu::multicast {
namespace {

constexpr milliseconds kPatience{5000};  // what comes, comes at once; the bound is for a test that fails

config::Channel channel(const std::string& interface, const std::string& group = "239.1.2.3") {
  config::Channel channel;
  channel.name = "test";
  channel.group = group;
  channel.port = 4001;
  channel.interface = interface;
  channel.buffer_mb = 1;
  return channel;
}

void send(const std::string& interface, const std::string& text) {
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ip_mreqn out{};
  out.imr_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
  ASSERT_EQ(::setsockopt(socket.get(), IPPROTO_IP, IP_MULTICAST_IF, &out, sizeof out), 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(4001);
  ::inet_pton(AF_INET, "239.1.2.3", &to.sin_addr);
  const auto sent =
      ::sendto(socket.get(), text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
  ASSERT_EQ(sent, static_cast<ssize_t>(text.size()));
}

void make_interface() {
  test::ip("link add name tv type veth peer name tv-end");
  test::ip("link set tv-end up");
  test::ip("address add 192.0.2.1/24 dev tv");
  test::ip("link set tv up");
}

// The next datagram as text; empty: none came.
std::string next(UdpSource& source) {
  Batch batch;
  std::string text;
  for (int i = 0; i < 2 && text.empty(); ++i) {  // the first call may only wait
    source.receive(batch, kPatience);
    batch.each([&](const Address& from, std::span<const std::uint8_t> bytes) {
      EXPECT_EQ(from.text(), "192.0.2.1");
      text.append(bytes.begin(), bytes.end());
    });
  }
  return text;
}

// Until the source says that it must be opened again.
void expect_broken(UdpSource& source) {
  Batch batch;
  bool broken = false;
  for (int i = 0; i < 20 && !broken; ++i) {
    try {
      source.receive(batch, kPatience);
    } catch (const std::system_error&) {
      broken = true;
    }
  }
  EXPECT_TRUE(broken) << "nothing was noticed";
}

TEST(UdpSource, GivesOutWhatComesToItsGroup) {
  const auto body = [] {
    make_interface();
    UdpSource source(channel("tv"));
    source.open();
    EXPECT_GT(source.buffer(), 0u);
    EXPECT_EQ(source.port(), 4001);
    send("tv", "one");
    EXPECT_EQ(next(source), "one");
  };
  if (!test::in_own_network(body)) GTEST_SKIP();
}

TEST(UdpSource, JoinsAnewWhenItsInterfaceWasDown) {
  const auto body = [] {
    make_interface();
    UdpSource source(channel("tv"));
    source.open();
    test::ip("link set tv down");
    expect_broken(source);
    EXPECT_THROW(source.open(), std::system_error);  // what is down is said to be, not listened to in vain
    test::ip("link set tv up");
    source.open();
    send("tv", "again");
    EXPECT_EQ(next(source), "again");
  };
  if (!test::in_own_network(body)) GTEST_SKIP();
}

TEST(UdpSource, JoinsAnewWhenItsInterfaceWasDeletedAndMadeAgain) {
  const auto body = [] {
    make_interface();
    UdpSource source(channel("tv"));
    source.open();
    test::ip("link delete tv");
    expect_broken(source);
    EXPECT_THROW(source.open(), std::system_error);
    make_interface();
    source.open();
    send("tv", "again");
    EXPECT_EQ(next(source), "again");
  };
  if (!test::in_own_network(body)) GTEST_SKIP();
}

TEST(UdpSource, TakesNoNoticeOfOtherInterfaces) {
  const auto body = [] {
    make_interface();
    LinkWatch own("tv"), any("");
    LinkWatch end("tv-end");
    test::ip("link set tv-end down");
    EXPECT_TRUE(end.changed());
    EXPECT_FALSE(own.changed());
    EXPECT_TRUE(any.changed());
    EXPECT_FALSE(any.changed());
    test::ip("address add 192.0.2.2/24 dev tv");
    EXPECT_TRUE(own.changed());
  };
  if (!test::in_own_network(body)) GTEST_SKIP();
}

TEST(UdpSource, ListensToASixGroupToo) {
  const auto body = [] {
    make_interface();
    UdpSource source(channel("tv", "ff15::1234"));
    EXPECT_NO_THROW(source.open());
  };
  if (!test::in_own_network(body)) GTEST_SKIP();
}

TEST(UdpSource, RefusesWhatIsNoAddressOrNoInterface) {
  EXPECT_THROW(UdpSource(channel("", "television")), std::invalid_argument);
  auto wrong = channel("");
  wrong.source = "somebody";
  EXPECT_THROW(UdpSource{wrong}, std::invalid_argument);
  UdpSource nowhere(channel("no-such-if"));
  EXPECT_THROW(nowhere.open(), std::system_error);
}

TEST(UdpSource, IsWokenFromOutside) {
  config::Channel local = channel("", "127.0.0.1");
  local.port = 0;  // any
  UdpSource source(local);
  source.open();
  source.wake();
  Batch batch;
  EXPECT_TRUE(source.receive(batch, kPatience));  // at once, or this takes its time
  EXPECT_EQ(batch.count, 0u);
}

}  // namespace
}  // namespace edu::multicast
