// What a carousel sends, where to and how; plain values with their defaults (options.cpp reads them).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace edu::send {

enum class Scheme { none, rs, rs129, raptorq };
enum class Fti { none, some, all };  // which data packets have EXT_FTI

struct Settings {
  std::vector<std::filesystem::path> inputs;  // folders and files

  // where to
  std::string group;                // multicast group or address, IPv4 or IPv6
  std::uint16_t port = 0;           // UDP
  std::string interface;            // its name; empty: the routing table's choice
  int ttl = 1;                      // hops; 1 stays in the own network
  bool loopback = true;             // a station on the sending machine hears it too
  std::uint64_t rate = 10'000'000;  // bits per second, of IP packets

  // how
  std::uint8_t flute_version = 2;
  std::uint64_t tsi = 1;
  Scheme scheme = Scheme::rs;
  std::optional<double> overhead;        // percent of repair symbols, to a tenth; none: see overhead_of
  std::optional<std::uint16_t> payload;  // bytes of a datagram; none: what fits 1,500 with IP and UDP
  Fti fti = Fti::some;                   // some: see has_fti in packets.h
  bool md5 = true;
  unsigned window_mib = 24;   // of blocks that are interleaved: what a receiver keeps open at a time
  unsigned spool_mib = 1024;  // of repair symbols kept on disc, made ahead
  std::filesystem::path spool = "/var/tmp";
  unsigned expires_s = 86'400;  // how long an FDT holds
  unsigned fdt_interval_s = 5;  // between two repetitions of the FDT

  // how long: 0 passes: until it is told to end
  unsigned passes = 0;
  std::uint64_t until_bytes = 0;  // ends as soon as so many bytes of IP packets are out; 0: no such limit
};

// Per mille of repair symbols for a file of that many bytes: what the settings say, or the scheme's default
// and, where one window is the whole file, as much more as a break of kUsualBreak takes of it.
unsigned overhead_of(const Settings& settings, std::uint64_t length);
inline constexpr double kUsualBreak = 0.3;  // seconds
std::uint16_t payload_of(const Settings& settings);
bool is_ipv6(const std::string& group);
// IP and UDP headers of one datagram, bytes.
std::size_t headers_of(const std::string& group);

}  // namespace edu::send
