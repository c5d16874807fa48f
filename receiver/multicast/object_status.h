// What a FLUTE session tells of its objects: values that leave the channel's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "receiver/multicast/assembly.h"

namespace edu::multicast {

// Where an object stands.
//
//   held ──► announced ──► receiving ──► finishing ──► done
//     └──────────────────────►┘  └───────────┴──► failed
//
// A new description of its TOI, a fault of ours that has passed and FluteSession::again() lead back to
// announced.
enum class ObjectState {
  held,       // no FDT names it; what comes of it is kept for the FDT that does
  announced,  // an FDT names it; the next packet begins it
  receiving,  // its symbols come in
  finishing,  // whole: workers hash, check and deliver it
  done,       // delivered, by this run or an earlier one, or the library has it: its packets are skipped
  failed,     // ended with a refusal: its packets are skipped
  refused,    // its description cannot be received: its packets are skipped
};
inline constexpr std::size_t kObjectStates = 7;

// An object came to its end. `refusal`: why nothing can be delivered.
struct Ended {
  std::int64_t no = 0;
  ObjectKey key{};
  std::string session;   // "192.0.2.1 TSI 7", for the record
  std::string folder;    // names the sender's folder that it lies in, within its session
  std::string name;      // safe, as a file may be called
  std::string location;  // as the sender wrote it, for people; empty: the name
  std::optional<Refusal> refusal;
  Assembly::Delivered file;
  SymbolCounts symbols;
  WallTime started{};
  bool companion = false;           // a manifest or its signature
  std::size_t companions_left = 0;  // of that folder, still to come
  // Nobody went on with it for long: where it lies, to be removed (Channel::discard) once that is recorded.
  std::optional<fs::path> leftover;
};

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
  // What stands in its way: multicast.again {tries}, it was damaged and is received once more;
  // multicast.other_oti, its packets contradict the FDT; multicast.no_code {id}, losses of this error
  // correction cannot be repaired by this build; fec.…, fdt.…: its description is wrong or of a code that is
  // none of ours, and nothing of it is taken.
  std::optional<Refusal> why;
  bool companion = false;
};

// What is missing of one object, for a station or server that has it whole (docs/formats.md).
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

}  // namespace edu::multicast
