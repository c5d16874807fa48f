// One FLUTE session: what one sender (its address and TSI) sends. Packets come in; finished objects leave.
//
// It keeps what the sender's FDT instances say, begins an assembly for each file that is wanted, and holds
// what comes too early within bounds. An entry counts until its own instance expires, also when a newer
// instance leaves it out; a newer entry for the same TOI takes its place. All on the channel's assembly
// thread. Everything that comes in is hostile: every table here has a bound.
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

namespace edu::multicast {

struct Moment {
  WallTime wall{};
  milliseconds mono{};  // never steps
};

struct FluteCounts {
  std::uint64_t fdts = 0, bad_fdts = 0;  // instances that were read; that could not be
  std::uint64_t unknown_codepoint = 0;   // FEC encodings that we cannot take
  std::uint64_t no_code = 0;        // objects whose losses cannot be repaired here (see ObjectStatus::why)
  std::uint64_t other_oti = 0;      // packets whose EXT_FTI contradicts what the object began with
  std::uint64_t not_announced = 0;  // packets of a TOI that no FDT names, and that were not held
  std::uint64_t too_many = 0;       // packets and entries beyond a bound
};

// An object came to its end. `refusal`: why nothing can be delivered.
struct Ended {
  std::int64_t no = 0;
  ObjectKey key{};
  std::string session;  // "192.0.2.1 tsi 7", for the record
  std::string folder;   // names the sender's folder that it lies in, within its session
  std::string name;     // safe, as a file may be called
  std::optional<Refusal> refusal;
  Assembly::Delivered file;
  SymbolCounts symbols;
  WallTime started{};
  bool companion = false;           // a manifest or its signature
  std::size_t companions_left = 0;  // of that folder, still to come
  // Nobody went on with it for long: where it lies, to be removed (Channel::discard) once that is recorded.
  std::optional<fs::path> leftover;
};

enum class ObjectState { announced, receiving, finishing };

// What the carousel's passes say of one object.
struct Passes {
  enum class Basis { none, object, session };  // nothing came twice; something of it; of another object
  Basis basis = Basis::none;
  milliseconds period{};                // of a pass; 0: not known
  std::uint32_t whole = 0;              // that went by since the object began
  milliseconds quiet{};                 // since its last packet
  std::optional<WallTime> from, until;  // when what is missing is expected next
};

struct ObjectStatus {
  std::int64_t no = 0;
  std::string session, name;
  ObjectState state = ObjectState::announced;
  std::uint64_t bytes = 0, received = 0;  // as transferred
  std::uint32_t blocks_missing = 0;
  WallTime started{};
  Passes passes;
  // What stands in its way: multicast.no_code {id}, losses of this error correction cannot be repaired by
  // this build; fec.…, fdt.…: its description is wrong or of a code that is none of ours, and nothing of it
  // is taken.
  std::optional<Refusal> why;
  bool companion = false;
};

// What is missing of one object, for whoever has it whole (docs/formats.md).
struct Gaps {
  std::int64_t no = 0;
  std::string session, folder, name;
  ObjectKey key{};
  std::uint64_t length = 0;
  std::uint16_t symbol = 0;
  std::optional<flute::Md5Digest> md5;
  std::string sha256;  // hex, where a manifest is known: filled in by the receiver
  bool compressed = false;
  bool rearranged = false;  // its symbols are no runs of its bytes (RaptorQ with sub-blocks)
  Passes passes;
  std::vector<Assembly::Gap> runs;  // of bytes here: [first, last]
};

class FluteSession {
 public:
  struct Limits {
    std::size_t entries = 20'000;  // files that one session's FDTs may name
    std::size_t underway = 4096;   // objects in assembly
    std::size_t unannounced = 32;  // of them begun from EXT_FTI alone
    // Objects of all sessions of a channel that keep their files open, up to three descriptors each: those
    // of several channels must fit into LimitNOFILE, which is 8192.
    std::size_t open = 512;
    std::size_t held_bytes = 512 << 10;   // packets of unknown TOIs
    std::uint64_t bookkeeping = 4 << 20;  // bytes of bitmaps and counters, of a channel's objects
    std::uint64_t largest = 64ull << 30;  // bytes of one object, before and after inflation
    std::uint64_t companion = 256 << 10;  // the same of a manifest or a signature: no real one is larger
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
  // `place`: what the key of its objects begins with: channel, sender's address. `bookkeeping`: the bytes
  // that all objects of the channel's sessions have of Limits::bookkeeping; outlives the session.
  FluteSession(Parts parts, std::string place, std::string shown, std::uint64_t tsi,
               std::uint64_t& bookkeeping);
  ~FluteSession();

  void take(const flute::Packet& packet, const Moment& now);
  void tick(const Moment& now);  // once a second: checkpoints, expiry
  void rest();                   // everything to the disk: the session pauses or the station stops

  // Objects whose files are open and may be closed, each with the time of its last packet.
  struct Open {
    milliseconds touched{};
    FluteSession* session = nullptr;
    flute::Toi toi;
  };
  void list_open(std::vector<Open>& out);
  void rest(const flute::Toi& toi);  // one of them

  // Nothing more of this file is wanted: the library has it.
  void skip(const std::string& folder, const std::string& name);
  // What was delivered of this object was not what it should be: its next packet begins it anew.
  void again(const ObjectKey& key);
  std::vector<ObjectStatus> status(std::size_t most) const;
  std::optional<Gaps> gaps(std::int64_t no, std::size_t most) const;
  // Bytes of an object that came by another way. False: there is no such object.
  bool fill(const ObjectKey& key, std::uint64_t offset, std::span<const std::uint8_t> bytes);

  // Is the object of this stem in the partial folder under way?
  bool holds(const fs::path& stem) const;

  const FluteCounts& counts() const { return counts_; }
  const SymbolCounts& ended_symbols() const { return symbols_; }
  std::size_t entries() const { return entries_.size(); }
  std::size_t underway() const { return underway_.size(); }
  std::size_t held_bytes() const { return held_bytes_; }
  std::uint64_t fdt_refused() const { return fdts_.refused(); }
  bool closed() const { return closed_; }
  bool complete() const { return complete_; }
  milliseconds last_packet() const { return last_packet_; }

 private:
  struct Announcement {
    flute::File file;
    milliseconds expires{};
  };
  struct Entry {
    std::int64_t no = 0;
    bool announced = false;  // an FDT names it; otherwise it was begun from EXT_FTI
    std::string folder, name;
    std::optional<std::uint64_t> content_length;
    flute::ContentEncoding encoding = flute::ContentEncoding::none;
    std::optional<flute::Md5Digest> md5;
    std::optional<fec::Oti> oti;
    std::uint64_t length = 0;  // transfer length; 0: not known yet
    milliseconds expires{};    // of Moment::mono
    milliseconds touched{};    // when its last packet came
    WallTime started{};
    ObjectKey key{};
    std::shared_ptr<Assembly> assembly;
    bool finishing = false;
    bool over = false;  // delivered, failed or not wanted: its packets are passed over
    bool companion = false;
    milliseconds retry{};                    // when what our own side failed is tried again; 0: never
    std::vector<std::uint8_t> fti;           // the EXT_FTI that was found to agree with the assembly
    fs::path stem;                           // of its files in the partial folder
    std::optional<std::uint64_t> described;  // what had come when it was last described there
    std::unique_ptr<Carousel> carousel;      // with the assembly
    std::unique_ptr<Announcement> next;      // came while it was finishing: what its TOI names then
    std::optional<Refusal> why;              // see ObjectStatus
  };
  struct Held {
    flute::Toi toi;
    std::uint8_t codepoint;
    std::vector<std::uint8_t> payload;
  };
  using Entries = std::map<flute::Toi, Entry>;

  // flute_session.cpp: packets
  void take_object(const flute::Packet& packet, const Moment& now);
  void hold(const flute::Packet& packet);
  bool begin(const flute::Toi& toi, Entry& entry, const fec::Oti& oti, const Moment& now);
  void refuse_size(const flute::Toi& toi, Entry& entry, const fec::Oti& oti);
  void make_unannounced_room(const flute::Toi& toi);
  bool agrees(Entry& entry, const flute::Packet& packet);
  // These two answer whether the entry is still there: one that no FDT names goes when it fails.
  bool feed(const flute::Toi& toi, Entry& entry, std::span<const std::uint8_t> payload);
  bool look_after(const flute::Toi& toi, Entry& entry);
  void note_pass(const flute::Packet& packet);
  void finish(const flute::Toi& toi, Entry& entry);
  bool conclude(const flute::Toi& toi, std::int64_t no, Result<Assembly::Delivered> result);
  void drop(Entry& entry);
  void give_up(Entry& entry);
  bool leaving(const fs::path& stem);
  void forget(Entries::iterator it);
  void describe(Entry& entry);
  std::optional<Refusal> hindrance(const fec::Oti& oti) const;
  Passes passes_of(const Entry& entry) const;
  ObjectStatus status_of(const Entry& entry) const;
  ObjectKey key_of(const flute::Toi& toi, const Entry& entry, const fec::Oti& oti, bool with_md5) const;
  std::optional<fec::Oti> oti_of_packet(const flute::Packet& packet);

  // flute_session_fdt.cpp: descriptions
  void take_fdt(const flute::Packet& packet, const Moment& now);
  void apply(const flute::Fdt& fdt, const Moment& now);
  void announce(const flute::File& file, milliseconds expires, const Moment& now);
  void make_way(const flute::Toi& toi, Entry& entry);
  bool describes(const Entry& entry, const flute::File& file, const std::optional<fec::Oti>& oti) const;
  void refuse_entry(Entries::iterator it, const std::string& name, milliseconds expires, Refusal why);
  std::optional<milliseconds> expiry(const flute::Fdt& fdt, const Moment& now) const;
  void replay_held(const Moment& now);
  void expire(const Moment& now);
  std::size_t companions_left(const std::string& folder) const;
  std::uint64_t most_of(const Entry& entry) const {
    return entry.companion ? parts_.limits.companion : parts_.limits.largest;
  }

  Parts parts_;
  Moment now_;  // of the packet or tick that is being dealt with
  std::string place_, shown_;
  std::uint64_t tsi_;
  FdtCollector fdts_;
  Entries entries_;
  Entries::iterator last_;               // of the last packet
  std::map<flute::Toi, bool> underway_;  // TOIs with an assembly; true: announced
  std::set<flute::Toi> refused_;         // announced, with a reason why nothing of them can be taken
  std::deque<flute::Toi> unannounced_;   // begun from EXT_FTI alone, the oldest first
  // Given up while a worker had something of theirs to do: their files go after that.
  std::vector<std::pair<fs::path, std::shared_ptr<Assembly>>> leaving_;
  std::uint64_t& bookkeeping_;  // of the channel
  Carousel carousel_;
  std::vector<Refusal> skipped_;  // entries of the newest FDT instance that cannot be read
  std::deque<Held> held_;
  std::size_t held_bytes_ = 0;
  std::optional<std::int64_t> sender_ahead_ms_;  // by EXT_TIME: the sender's clock less ours
  bool closed_ = false, complete_ = false;
  milliseconds last_packet_{}, last_expiry_{};
  FluteCounts counts_;
  SymbolCounts symbols_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace edu::multicast
