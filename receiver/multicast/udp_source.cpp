#include "receiver/multicast/udp_source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <arpa/inet.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#ifndef UDP_GRO
#define UDP_GRO 104
#endif

namespace edu::multicast {
namespace {

// After a silence: so much is let come together before it is fetched, or a fast sender would cost a wake-up
// of two threads for each packet. The kernel's buffer holds many times what comes meanwhile.
constexpr std::chrono::microseconds kGather{1000};

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

struct Endpoint {
  sockaddr_storage address{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

bool is_six(const std::string& address) { return address.find(':') != std::string::npos; }

Endpoint endpoint(const std::string& address, std::uint16_t port) {
  Endpoint out;
  if (is_six(address)) {
    auto* six = reinterpret_cast<sockaddr_in6*>(&out.address);
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    out.size = sizeof *six;
    if (::inet_pton(AF_INET6, address.c_str(), &six->sin6_addr) == 1) return out;
  } else {
    auto* four = reinterpret_cast<sockaddr_in*>(&out.address);
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    out.size = sizeof *four;
    if (::inet_pton(AF_INET, address.c_str(), &four->sin_addr) == 1) return out;
  }
  throw std::invalid_argument(address + " is not an IP address");
}

bool is_multicast(const std::string& address) {
  const auto at = endpoint(address, 0);
  if (is_six(address))
    return reinterpret_cast<const sockaddr_in6*>(&at.address)->sin6_addr.s6_addr[0] == 0xff;
  return IN_MULTICAST(ntohl(reinterpret_cast<const sockaddr_in*>(&at.address)->sin_addr.s_addr));
}

Address address_of(const sockaddr_storage& from) {
  Address out;
  if (from.ss_family == AF_INET6) {
    const auto* six = reinterpret_cast<const sockaddr_in6*>(&from);
    std::memcpy(out.bytes.data(), six->sin6_addr.s6_addr, 16);
  } else {
    const auto* four = reinterpret_cast<const sockaddr_in*>(&from);
    out.bytes[10] = out.bytes[11] = 0xff;
    std::memcpy(out.bytes.data() + 12, &four->sin_addr, 4);
  }
  return out;
}

template <class T>
bool set(const Fd& socket, int level, int option, const T& value) {
  return ::setsockopt(socket.get(), level, option, &value, sizeof value) == 0;
}

}  // namespace

UdpSource::UdpSource(const config::Channel& channel)
    : channel_(channel),
      six_(is_six(channel.group)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      links_(channel.interface) {
  endpoint(channel_.group, channel_.port);
  if (!channel_.source.empty()) endpoint(channel_.source, 0);
  if (!wake_) fail("eventfd");
}

UdpSource::~UdpSource() = default;

void UdpSource::open() {
  drops_before_ += drops_;
  drops_ = 0;
  links_.changed();  // what was before is of no account; what comes from now on is
  socket_ = Fd(::socket(six_ ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket_) fail("socket");
  try {
    bind_group();
    join();
  } catch (...) {
    socket_.reset();
    throw;
  }
}

// Bound to the group's own address, so that nothing else that comes to the port is taken for it.
void UdpSource::bind_group() {
  set(socket_, SOL_SOCKET, SO_REUSEADDR, 1);
  set_buffer();
  set(socket_, SOL_SOCKET, SO_RXQ_OVFL, 1);
  set(socket_, IPPROTO_UDP, UDP_GRO, 1);  // older kernels lack it: then each datagram comes alone
  drop(drop_);
  const auto at = endpoint(channel_.group, channel_.port);
  if (::bind(socket_.get(), at.get(), at.size) != 0)
    fail("bind " + channel_.group + " port " + std::to_string(channel_.port));
}

void UdpSource::set_buffer() {
  const int bytes = static_cast<int>(std::min<std::uint64_t>(channel_.buffer_mb << 20, INT32_MAX / 2));
  if (!set(socket_, SOL_SOCKET, SO_RCVBUFFORCE, bytes)) set(socket_, SOL_SOCKET, SO_RCVBUF, bytes);
}

// An interface that is down joins without a word, and never hears anything.
void UdpSource::find_interface() {
  interface_ = 0;
  if (channel_.interface.empty()) return;
  interface_ = ::if_nametoindex(channel_.interface.c_str());
  if (interface_ == 0) fail("interface " + channel_.interface);
  ifreq asked{};
  channel_.interface.copy(asked.ifr_name, IFNAMSIZ - 1);
  if (::ioctl(socket_.get(), SIOCGIFFLAGS, &asked) != 0) fail("interface " + channel_.interface);
  if ((asked.ifr_flags & IFF_UP) == 0)
    throw std::system_error(ENETDOWN, std::generic_category(), "interface " + channel_.interface);
}

void UdpSource::join() {
  find_interface();
  if (!is_multicast(channel_.group)) return;
  const int level = six_ ? IPPROTO_IPV6 : IPPROTO_IP;
  bool joined = false;
  if (channel_.source.empty()) {
    group_req request{};
    request.gr_interface = interface_;
    request.gr_group = endpoint(channel_.group, 0).address;
    joined = set(socket_, level, MCAST_JOIN_GROUP, request);
  } else {
    group_source_req request{};
    request.gsr_interface = interface_;
    request.gsr_group = endpoint(channel_.group, 0).address;
    request.gsr_source = endpoint(channel_.source, 0).address;
    joined = set(socket_, level, MCAST_JOIN_SOURCE_GROUP, request);
  }
  if (!joined) fail("join " + channel_.group);
  // Only what this socket joined: Linux else gives it every group that any program of the machine is in.
  set(socket_, level, six_ ? IPV6_MULTICAST_ALL : IP_MULTICAST_ALL, 0);
}

// Classic BPF: a datagram whose random number is below the share has length 0.
void UdpSource::drop(unsigned permille) {
  drop_ = permille;
  if (permille == 0 || !socket_) return;
  const auto limit = static_cast<std::uint32_t>(std::uint64_t{permille} * 0xffffffffu / 1000);
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_RANDOM)),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, limit, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0xffffffffu),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  const sock_fprog program{4, code};
  if (!set(socket_, SOL_SOCKET, SO_ATTACH_FILTER, program)) fail("SO_ATTACH_FILTER");
}

std::uint16_t UdpSource::port() const {
  sockaddr_storage at{};
  socklen_t size = sizeof at;
  if (::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&at), &size) != 0) return 0;
  return ntohs(six_ ? reinterpret_cast<sockaddr_in6*>(&at)->sin6_port
                    : reinterpret_cast<sockaddr_in*>(&at)->sin_port);
}

std::size_t UdpSource::buffer() const {
  int bytes = 0;
  socklen_t size = sizeof bytes;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &bytes, &size) != 0) return 0;
  return static_cast<std::size_t>(bytes);
}

void UdpSource::wake() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

bool UdpSource::receive(Batch& batch, milliseconds patience) {
  batch.count = 0;
  batch.kernel_drops = drops_before_ + drops_;
  std::array<mmsghdr, Batch::kSlots> messages{};
  std::array<iovec, Batch::kSlots> places;
  std::array<sockaddr_storage, Batch::kSlots> from;
  struct Control {
    alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(std::uint32_t))];
  };
  std::array<Control, Batch::kSlots> control;
  for (std::size_t i = 0; i < Batch::kSlots; ++i) {
    places[i] = {batch.memory(i).data(), Batch::kSlotSize};
    messages[i].msg_hdr = {&from[i],         sizeof from[i],          &places[i], 1,
                           control[i].bytes, sizeof control[i].bytes, 0};
  }
  int got = ::recvmmsg(socket_.get(), messages.data(), Batch::kSlots, MSG_DONTWAIT, nullptr);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
    pollfd waits[] = {{socket_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}, {links_.fd(), POLLIN, 0}};
    if (::poll(waits, 3, static_cast<int>(patience.count())) < 0 && errno != EINTR) fail("poll");
    // Looked at only while nothing comes: packets are the proof that the membership holds.
    if (waits[2].revents != 0 && links_.changed())
      throw std::system_error(ENETRESET, std::generic_category(), "interface " + channel_.interface);
    std::uint64_t drained = 0;
    if (waits[1].revents != 0) [[maybe_unused]]
      const auto read = ::read(wake_.get(), &drained, sizeof drained);
    if (waits[0].revents != 0 && waits[1].revents == 0) std::this_thread::sleep_for(kGather);
    return true;
  }
  if (got < 0) fail("recvmmsg");
  batch.count = static_cast<std::size_t>(got);
  for (std::size_t i = 0; i < batch.count; ++i) {
    auto& header = messages[i].msg_hdr;
    batch.slots[i] = {address_of(from[i]), messages[i].msg_len, 0};
    for (auto* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
      if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
        int segment = 0;
        std::memcpy(&segment, CMSG_DATA(c), sizeof segment);
        batch.slots[i].segment = static_cast<std::size_t>(std::max(segment, 0));
      } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
        std::uint32_t drops = 0;
        std::memcpy(&drops, CMSG_DATA(c), sizeof drops);
        drops_ = drops;
      }
    }
  }
  batch.kernel_drops = drops_before_ + drops_;
  return true;
}

}  // namespace edu::multicast
