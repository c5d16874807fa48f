#include "receiver/multicast/link_watch.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

namespace edu::multicast {
namespace {

constexpr std::size_t kMessages = 16 << 10;  // the kernel sends no more at a time

// The name that a message about a link brings; of an interface that is gone nothing else is left.
std::string name_in(const nlmsghdr* message, const ifinfomsg* info) {
  auto left = static_cast<int>(IFLA_PAYLOAD(message));
  for (const auto* at = IFLA_RTA(info); RTA_OK(at, left); at = RTA_NEXT(at, left))
    if (at->rta_type == IFLA_IFNAME) {
      const auto* text = static_cast<const char*>(RTA_DATA(at));
      return {text, ::strnlen(text, RTA_PAYLOAD(at))};
    }
  return {};
}

std::string name_of(unsigned index) {
  char name[IF_NAMESIZE] = {};
  return ::if_indextoname(index, name) ? name : "";
}

// Which interface a message is about; nothing for one that changes no membership.
std::string interface_of(const nlmsghdr* message) {
  static_assert(sizeof(nlmsghdr) % NLMSG_ALIGNTO == 0);
  const void* bytes = message + 1;
  switch (message->nlmsg_type) {
    case RTM_NEWLINK:
    case RTM_DELLINK: {
      const auto* info = static_cast<const ifinfomsg*>(bytes);
      const bool up_or_down = message->nlmsg_type == RTM_DELLINK || (info->ifi_change & IFF_UP) != 0;
      return up_or_down ? name_in(message, info) : "";
    }
    case RTM_NEWADDR:
    case RTM_DELADDR:
      return name_of(static_cast<const ifaddrmsg*>(bytes)->ifa_index);
    default:
      return "";
  }
}

}  // namespace

LinkWatch::LinkWatch(std::string interface)
    : interface_(std::move(interface)),
      socket_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)) {
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (socket_ && ::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    socket_.reset();
}

bool LinkWatch::changed() {
  bool found = false;
  alignas(nlmsghdr) std::array<char, kMessages> bytes;
  for (;;) {
    const auto got = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got < 0 && errno == ENOBUFS) {  // more changed than the kernel could keep for us
      found = true;
      continue;
    }
    if (got <= 0) return found;
    auto left = static_cast<unsigned>(got);
    for (const auto* at = reinterpret_cast<const nlmsghdr*>(bytes.data()); NLMSG_OK(at, left);
         at = NLMSG_NEXT(at, left)) {
      const auto name = interface_of(at);
      found = found || (!name.empty() && (interface_.empty() || name == interface_));
    }
  }
}

}  // namespace edu::multicast
