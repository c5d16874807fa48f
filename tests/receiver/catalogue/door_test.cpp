#include "receiver/catalogue/door.h"

#include <gtest/gtest.h>

namespace edu::catalogue {
namespace {

// Where a link of a list leads that lies at `from`.
bool leads_to(const char* address, const Access& access = {}, std::optional<Place> from = {}) {
  return door_to(std::string("http://") + address + "/", access, from).open(place_of_host(address), 80);
}

TEST(Places, AreToldByTheAddress) {
  for (const auto* here :
       {"127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "localhost", "LOCALHOST.", "a.localhost", "[::1]",
        "::", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2130706433", "0x7f.1"})
    EXPECT_EQ(place_of_host(here), Place::loopback) << here;
  for (const auto* near :
       {"169.254.169.254", "224.0.0.1", "255.255.255.255", "fe80::1", "ff02::1", "::ffff:169.254.1.1"})
    EXPECT_EQ(place_of_host(near), Place::link_local) << near;
  for (const auto* inside : {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
                             "fd00::1", "2002:c0a8:101::1"})
    EXPECT_EQ(place_of_host(inside), Place::private_net) << inside;
  for (const auto* outside :
       {"8.8.8.8", "172.32.0.1", "172.15.0.1", "100.128.0.1", "2400:3200::1", "edu.example"})
    EXPECT_EQ(place_of_host(outside), Place::public_net) << outside;
}

TEST(Door, OfAListFromOutsideLeadsOutside) {
  EXPECT_TRUE(leads_to("8.8.8.8"));
  for (const auto* inside : {"127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]"})
    EXPECT_FALSE(leads_to(inside)) << inside;
}

TEST(Door, OfAListInAPrivateNetLeadsThereAndNoNearer) {
  EXPECT_TRUE(leads_to("10.0.0.1", {}, Place::private_net));
  EXPECT_FALSE(leads_to("127.0.0.1", {}, Place::private_net));
  EXPECT_FALSE(leads_to("169.254.1.1", {}, Place::loopback));
}

TEST(Door, IsOpenToWhatASettingNamesButNeverToTheStationItself) {
  Access access;
  access.named = {"10.0.0.1", "localhost"};
  EXPECT_TRUE(leads_to("10.0.0.1", access));
  EXPECT_FALSE(leads_to("10.0.0.2", access));
  EXPECT_TRUE(leads_to("127.0.0.1", access)) << "by another name of it";
  auto door = door_to("http://localhost:8750/", access, {});
  const std::uint16_t own[] = {8750};
  door.own_ports = own;
  EXPECT_FALSE(door.open(Place::loopback, 8750));
  EXPECT_TRUE(door.open(Place::public_net, 8750));
}

}  // namespace
}  // namespace edu::catalogue
