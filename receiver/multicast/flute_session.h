// One FLUTE session: what one sender (its address and TSI) sends. Packets come in; finished objects leave.
//
// It keeps what the sender's FDT instances say and the objects that they name (object.h), begins an assembly
// for each that is wanted, and holds what comes too early within bounds. A description counts until its own
// instance expires, also when a newer instance leaves it out; a newer one of the same TOI takes its place.
// All on the channel's assembly thread. Everything that comes in is hostile: every table here has a bound.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "flute/alc.h"
#include "flute/fdt.h"
#include "receiver/multicast/assembly.h"
#include "receiver/multicast/carousel.h"
#include "receiver/multicast/done_table.h"
#include "receiver/multicast/fdt_collector.h"
#include "receiver/multicast/live_segments.h"
#include "receiver/multicast/notes.h"
#include "receiver/multicast/object.h"
#include "receiver/multicast/object_status.h"

namespace edu::multicast {

struct Moment {
  WallTime wall{};
  milliseconds mono{};  // never steps
};

struct FluteCounts {
  std::uint64_t fdts = 0, bad_fdts = 0;  // instances that were read; that could not be
  std::uint64_t unknown_codepoint = 0;   // FEC encodings that we cannot take
  std::uint64_t no_code = 0;        // objects whose losses cannot be repaired here (see ObjectStatus::why)
  std::uint64_t no_oti = 0;         // packets of a file whose blocks neither FDT nor EXT_FTI describe
  std::uint64_t other_oti = 0;      // packets whose EXT_FTI contradicts what the object began with
  std::uint64_t not_announced = 0;  // packets of a TOI that no FDT names, and that were not held
  std::uint64_t too_many = 0;       // packets and descriptions beyond a bound
  std::uint64_t evicted = 0;        // names that made room for others
  std::uint64_t fdt_packets = 0;    // of FDTs that cannot be put together (see FdtCollector::why)
  std::uint64_t live = 0;           // files of a live channel that were passed over
};

class FluteSession {
 public:
  struct Limits {
    std::size_t entries = 20'000;  // files that one session's FDTs may name
    std::size_t underway = 4096;   // objects in assembly
    std::size_t unannounced = 32;  // of them begun from EXT_FTI alone …
    std::size_t stranger = 4;      // … before the session had any FDT
    // Objects of all sessions of a channel that keep their files open, up to three descriptors each: those
    // of several channels must fit into LimitNOFILE, which is 8192.
    std::size_t open = 512;
    std::size_t held_bytes = 512 << 10;    // packets of unknown TOIs
    std::uint64_t bookkeeping = 10 << 20;  // bytes of all that a channel keeps beside its blocks (Accounts)
    std::uint64_t largest = 64ull << 30;   // bytes of one object, before and after inflation
    std::uint64_t companion = 256 << 10;   // the same of a manifest or a signature: no real one is larger
  };
  struct Parts {
    Assembly::Parts assembly;
    DoneTable& done;
    Limits limits;
    fs::path partial, ready;  // folders: of what is under way; of what is to be handed over
    std::function<bool(const std::string& name)> is_companion;
    std::function<void(Ended)> ended;
    std::int64_t& next_no;
  };
  // `place`: what the key of its objects begins with: channel, sender's address. `share`: of that address.
  FluteSession(Parts parts, std::string place, std::string shown, std::uint64_t tsi, Accounts::Share share);
  ~FluteSession();

  void take(const flute::Packet& packet, const Moment& now);
  void tick(const Moment& now);  // once a second: checkpoints, expiry
  void to_disk();                // all that is in memory: the session pauses or the station stops

  // Objects whose files are open and may be closed, each with the time of its last packet.
  struct Open {
    milliseconds touched{};
    FluteSession* session = nullptr;
    flute::Toi toi;
  };
  void list_open(std::vector<Open>& out);
  void close_file(const flute::Toi& toi);  // of one of them

  // Gives up one thing that is kept, the least needed first: its address has too much. False: nothing can go
  // now.
  bool shed();

  // Nothing more of this file is wanted: the library has it.
  void skip(const std::string& folder, const std::string& name);
  // What was delivered of this object was wrong: its next packet begins it again.
  void again(const ObjectKey& key);
  std::vector<ObjectStatus> status(std::size_t most) const;
  std::vector<Note> notes() const;
  std::optional<Gaps> gaps(std::int64_t no, std::size_t most) const;
  // Bytes of an object that came by another way. False: there is no such object.
  bool fill(const ObjectKey& key, std::uint64_t offset, std::span<const std::uint8_t> bytes);

  // Is the object of this stem in the partial folder under way?
  bool holds(const fs::path& stem) const;

  const FluteCounts& counts() const { return counts_; }
  const SymbolCounts& ended_symbols() const { return symbols_; }
  milliseconds last_packet() const { return last_packet_; }
  std::uint64_t packets() const { return packets_; }
  bool confirmed() const { return counts_.fdts > 0; }  // it had a valid FDT

 private:
  struct Held {
    flute::Toi toi;
    std::uint8_t codepoint;
    std::vector<std::uint8_t> payload;
  };

  struct Passed {  // a part of a live channel
    std::string name, folder;
  };

  // flute_session.cpp: packets
  void take_object(const flute::Packet& packet, const Moment& now);
  Object* find(const flute::Toi& toi);
  void hold(const flute::Packet& packet);
  static std::uint64_t cost_of(const Object& object);  // bytes, in the account …
  static std::uint64_t cost_of(const fec::Oti& oti);   // … of one that is underway
  Object* enter(const flute::Toi& toi, std::uint64_t text);
  void remove(Object& object);
  void drop_held();
  bool begin(Object& object, const fec::Oti& oti, const Moment& now);
  void refuse_size(Object& object, const fec::Oti& oti);
  void make_room_to_hold();
  // These three answer whether the object is still there: one that no FDT names goes when it fails.
  bool feed(Object& object, std::span<const std::uint8_t> payload);
  bool look_after(Object& object);
  bool conclude(Object& object, Result<Assembly::Delivered> result);
  void note_pass(const flute::Packet& packet);
  void finish(Object& object);
  void retry_failed(const Moment& now);
  bool receive_again(Object& object, const Refusal& damage);
  void drop(Object& object);
  void give_up(Object& object);
  bool leaving(const fs::path& stem);
  void forget(Object& object);
  void write_about(Object& object);
  static Result<void> can_repair(const fec::Oti& oti);
  void to_disk(Object& object);
  ObjectKey key_of(const Object& object, const fec::Oti& oti, bool with_md5) const;
  bool has_partial(const ObjectKey& key) const;

  // flute_session_oti.cpp: how an object is cut
  static std::optional<fec::Oti> oti_of_packet(const flute::Packet& packet, fec::Encoding code);
  std::optional<fec::Oti> oti_for(Object& object, const flute::Packet& packet);
  bool agrees(Object& object, const flute::Packet& packet);
  void contradicted(Object& object);
  bool begin_again(Object& object, const fec::Oti& oti);

  // flute_session_fdt.cpp: descriptions
  void take_fdt(const flute::Packet& packet);
  void read(std::shared_ptr<FdtInstance> instance);
  void parse(const std::shared_ptr<FdtInstance>& instance, flute::FdtMemory memory);
  void read_ended(const std::shared_ptr<FdtInstance>& instance, bool whole);
  void have_read(std::uint32_t instance, Result<flute::ReadFdt> read);
  void apply(const flute::Fdt& fdt, const Moment& now);
  bool pass_over_live(const flute::File& file, const std::string& name);
  void read_passed(const flute::Packet& packet);
  void tell_live(const std::string& name, const std::string& folder);
  bool is_live_segment(Object& object, const fec::SymbolId& id, std::span<const std::uint8_t> symbols);
  bool make_room_for_entry();
  void announce(const flute::File& file, milliseconds expires, const Moment& now);
  Result<Description> description_of(const flute::File& file, std::string name, milliseconds expires) const;
  void describe(Object& object, Description what, const Moment& now);
  void make_way(Object& object);
  void refuse_description(Object& object, std::string name, milliseconds expires, Refusal why);
  std::optional<milliseconds> expiry(const flute::Fdt& fdt, const Moment& now) const;
  void replay_held(const Moment& now);
  void expire(const Moment& now);
  std::size_t companions_left(const std::string& folder) const;
  std::uint64_t most_of(const Object& object) const {
    return object.what.companion ? parts_.limits.companion : parts_.limits.largest;
  }

  // flute_session_status.cpp: answers
  Passes passes_of(const Object& object) const;
  ObjectStatus status_of(const Object& object) const;

  Parts parts_;
  Moment now_;  // of the packet or tick that is being dealt with
  std::string place_, shown_;
  std::uint64_t tsi_;
  FdtCollector fdts_;
  Objects objects_;
  Object* last_ = nullptr;  // of the last packet
  // Given up while a worker had something of theirs to do: their files go after that.
  std::vector<std::pair<fs::path, std::shared_ptr<Assembly>>> leaving_;
  Accounts::Share share_;
  Carousel carousel_;
  std::shared_ptr<Points> points_;
  LiveSegments live_;
  std::map<flute::Toi, Passed> passed_;  // of its parts, lately
  bool live_told_ = false;
  std::uint64_t applied_ = 0;       // FDT instances
  std::optional<Refusal> bad_fdt_;  // why the newest one could not be read
  std::vector<Refusal> skipped_;    // entries of the newest FDT instance that cannot be read
  std::deque<Held> held_;           // packets of a TOI of which nothing is known
  std::size_t held_bytes_ = 0;
  std::optional<std::int64_t> sender_ahead_ms_;  // by EXT_TIME: the sender's clock less ours
  bool closed_ = false;
  std::uint64_t packets_ = 0;
  std::shared_ptr<FdtInstance> next_table_;  // waits for the worker, which has another one
  bool reading_ = false, left_out_ = false;  // a worker reads an FDT; names were left out for want of room
  milliseconds last_packet_{}, last_expiry_{};
  FluteCounts counts_;
  SymbolCounts symbols_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace edu::multicast
