// A channel's sessions: datagrams come in, each goes to the session of its sender and TSI. What is none of
// ours is counted by its kind. No thread of its own: the channel's assembly thread calls it, tests do.
#pragma once

#include <array>
#include <list>
#include <map>
#include <set>
#include <string>

#include "receiver/multicast/flute_session.h"
#include "receiver/multicast/packet_source.h"

namespace edu::multicast {

struct DatagramCounts {
  std::uint64_t datagrams = 0, bytes = 0;
  std::array<std::uint64_t, 4> malformed{};  // by flute::Malformed
  std::uint64_t transport_stream = 0;        // of the malformed: MPEG-TS, which is another kind of channel
  std::uint64_t no_session = 0;              // without TSI or TOI, where ALC needs them
  std::uint64_t other_tsi = 0;               // not in the channel's list
};

class FluteSessions {
 public:
  // Sessions that are listened to at once, and of one address. One has its place with its first valid FDT;
  // until then it is a stranger, of whom few are kept: those that send most. So no number of invented
  // sessions keeps anybody out.
  static constexpr std::size_t kMost = 32, kMostOfAddress = 16;
  static constexpr std::size_t kStrangers = 32, kStrangersOfAddress = 4;

  // `place`: names the channel in the keys of objects: its group and port.
  FluteSessions(FluteSession::Parts parts, std::string place, std::set<std::uint64_t> allowed);

  ~FluteSessions() { accounts_.when_full({}); }

  void take(const Address& source, std::span<const std::uint8_t> datagram, const Moment& now);
  void tick(const Moment& now);
  void to_disk();

  const DatagramCounts& counts() const { return counts_; }
  FluteCounts session_counts() const;  // of all sessions together, those that are gone too
  SymbolCounts symbol_counts() const;
  std::size_t size() const { return sessions_.size(); }
  std::uint64_t memory() const { return accounts_.used(); }  // bytes, beside the blocks'
  std::vector<ObjectStatus> status(std::size_t most) const;
  std::vector<Note> notes(const Moment& now) const;  // why packets and files are not taken
  std::optional<Gaps> gaps(std::int64_t no, std::size_t most) const;
  bool fill(const ObjectKey& key, std::uint64_t offset, std::span<const std::uint8_t> bytes);
  void again(const ObjectKey& key);
  bool holds(const fs::path& stem) const;
  void skip(const std::string& session, const std::string& folder, const std::string& name);

 private:
  struct Key {
    Address source;
    std::uint64_t tsi;
    auto operator<=>(const Key&) const = default;
  };
  bool shed(const Address& source);
  void note_counts(const Moment& now);
  using Sessions = std::map<Key, FluteSession>;
  void make_room_for_stranger(const Address& source);
  void bound_confirmed();
  void give_up(Sessions::iterator session);
  FluteSession* find(const Key& key, const Moment& now);
  void bound_open_files();

  FluteSession::Parts parts_;
  std::string place_;
  std::set<std::uint64_t> allowed_;  // empty: any
  Accounts accounts_;
  Sessions sessions_;
  Sessions::iterator last_;
  DatagramCounts counts_;
  RecentCounts recent_;
  FluteCounts gone_;
  SymbolCounts gone_symbols_;
};

std::string session_name(const Address& source, std::uint64_t tsi);

}  // namespace edu::multicast
