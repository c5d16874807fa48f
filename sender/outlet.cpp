#include "sender/outlet.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <system_error>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>

namespace edu::send {
namespace {

constexpr int kSendBuffer = 4 << 20;  // bytes; a burst of a fast sender
constexpr std::size_t kMessages = 64;
constexpr int kPatience = 1000;  // ms that a full buffer may stay full

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

bool parse_address(const Settings& settings, Address& out) {
  auto* four = reinterpret_cast<sockaddr_in*>(&out.bytes);
  auto* six = reinterpret_cast<sockaddr_in6*>(&out.bytes);
  if (::inet_pton(AF_INET, settings.group.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(settings.port);
    out.size = sizeof *four;
    return true;
  }
  if (::inet_pton(AF_INET6, settings.group.c_str(), &six->sin6_addr) != 1) return false;
  six->sin6_family = AF_INET6;
  six->sin6_port = htons(settings.port);
  six->sin6_scope_id = ::if_nametoindex(settings.interface.c_str());
  out.size = sizeof *six;
  return true;
}

template <class T>
bool set(int socket, int level, int option, const T& value) {
  return ::setsockopt(socket, level, option, &value, sizeof value) == 0;
}

bool set_multicast(int socket, const Settings& settings, unsigned interface) {
  const int loop = settings.loopback, ttl = settings.ttl;
  if (is_ipv6(settings.group))
    return set(socket, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, ttl) &&
           set(socket, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, loop) &&
           (!interface || set(socket, IPPROTO_IPV6, IPV6_MULTICAST_IF, static_cast<int>(interface)));
  ip_mreqn request{};
  request.imr_ifindex = static_cast<int>(interface);
  return set(socket, IPPROTO_IP, IP_MULTICAST_TTL, ttl) && set(socket, IPPROTO_IP, IP_MULTICAST_LOOP, loop) &&
         (!interface || set(socket, IPPROTO_IP, IP_MULTICAST_IF, request));
}

// What passes by itself: no route while the interface is down, a queue that is full, an ICMP that came back.
bool is_passing(int error) {
  return error == ENETUNREACH || error == EHOSTUNREACH || error == ENETDOWN || error == ENOBUFS ||
         error == ECONNREFUSED || error == ENODEV || error == EADDRNOTAVAIL || error == EPERM;
}

bool wait_for_room(int socket) {
  pollfd one{socket, POLLOUT, 0};
  return ::poll(&one, 1, kPatience) > 0;
}

// sendmsg until it is neither interrupted nor without room; errno, or 0.
int send_message(int socket, const msghdr& message) {
  while (::sendmsg(socket, &message, 0) < 0) {
    if (errno == EINTR) continue;
    if (errno == EAGAIN && wait_for_room(socket)) continue;
    return errno;
  }
  return 0;
}

}  // namespace

Result<MulticastOutlet> MulticastOutlet::open(const Settings& settings) {
  Address address;
  if (!parse_address(settings, address)) return refuse("send.bad_group", {{"group", settings.group}});
  const auto interface = ::if_nametoindex(settings.interface.c_str());
  if (!settings.interface.empty() && interface == 0)
    return refuse("send.no_interface", {{"interface", settings.interface}}, Refusal::Kind::not_found);
  Fd socket(::socket(address.bytes.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket) set(socket.get(), SOL_SOCKET, SO_SNDBUF, kSendBuffer);  // the kernel may give less
  if (!socket || !set_multicast(socket.get(), settings, interface) ||
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address.bytes), address.size) != 0)
    return refuse("send.no_socket", {{"what", std::generic_category().message(errno)}},
                  Refusal::Kind::unavailable);
  return MulticastOutlet(std::move(socket));
}

int MulticastOutlet::send_segmented(const Batch& batch) {
  iovec bytes{const_cast<std::uint8_t*>(batch.bytes.data()), batch.bytes.size()};  // sendmsg reads only
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(std::uint16_t))> control{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  auto* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = IPPROTO_UDP;
  header->cmsg_type = UDP_SEGMENT;
  header->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const auto size = static_cast<std::uint16_t>(batch.size);
  std::memcpy(CMSG_DATA(header), &size, sizeof size);
  return send_message(socket_.get(), message);
}

void MulticastOutlet::send_singly(const Batch& batch) {
  std::array<iovec, kMessages> parts{};
  std::array<mmsghdr, kMessages> messages{};
  for (std::size_t done = 0; done < batch.count;) {
    const auto now = std::min(kMessages, batch.count - done);
    for (std::size_t i = 0; i < now; ++i) {
      const auto at = (done + i) * batch.size;
      parts[i] = {const_cast<std::uint8_t*>(batch.bytes.data()) + at,
                  std::min(batch.size, batch.bytes.size() - at)};
      messages[i] = {};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int sent = ::sendmmsg(socket_.get(), messages.data(), static_cast<unsigned>(now), 0);
    if (sent > 0) {
      done += static_cast<std::size_t>(sent);
    } else if (errno == EAGAIN) {
      wait_for_room(socket_.get());
    } else if (is_passing(errno)) {
      ++lost_, ++done;
    } else if (errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "sendmmsg");
    }
  }
}

void MulticastOutlet::send(const Batch& batch) {
  if (batch.count == 0) return;
  if (segments_ && batch.count > 1) {
    const int error = send_segmented(batch);
    if (error == 0) return;
    if (is_passing(error)) {
      lost_ += batch.count;
      return;
    }
    // EIO, EINVAL, EOPNOTSUPP: an interface without it, or packets larger than its MTU, which the kernel
    // fragments only when they come singly.
    segments_ = false;
  }
  send_singly(batch);
}

}  // namespace edu::send
