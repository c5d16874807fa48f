// One file of a FLUTE session: what the FDT says of it, what has come of it, and where it stands; and all of
// a session's, each in the list of its state. On the channel's assembly thread.
#pragma once

#include <array>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "flute/alc.h"
#include "flute/fdt.h"
#include "receiver/multicast/assembly.h"
#include "receiver/multicast/carousel.h"
#include "receiver/multicast/object_status.h"

namespace edu::multicast {

// What an FDT says of a file.
struct Description {
  std::string folder;    // names the sender's folder, within the session
  std::string name;      // safe
  std::string location;  // Content-Location as a person reads it, where the name does not say it all
  bool companion = false;
  std::optional<std::uint64_t> content_length;
  flute::ContentEncoding encoding = flute::ContentEncoding::none;
  std::optional<flute::Md5Digest> md5;
  std::optional<fec::Oti> oti;  // checked
  bool code_given = true;       // false: which code that is of, the packets' codepoint says
  std::uint64_t length = 0;     // transfer length; 0: it does not say
  milliseconds expires{};       // of Moment::mono
};

struct Object {
  // While symbols of it are taken: held (from its first packet that has an OTI on), receiving, finishing.
  struct Underway {
    std::shared_ptr<Assembly> assembly;
    Carousel carousel;
    fs::path stem;  // of its files in the partial folder
    WallTime started{};
    milliseconds touched{};                  // when its last packet came
    std::vector<std::uint8_t> fti;           // the EXT_FTI that was found to agree with the assembly
    bool by_fdt = false;                     // its OTI is the FDT's; packets know better how blocks are cut
    std::optional<std::uint64_t> described;  // what had come when it was last described there
  };

  flute::Toi toi;
  std::int64_t no = 0;
  ObjectState state = ObjectState::held;  // changed by Objects::turn() alone
  Description what;                       // of one that is held: nothing
  ObjectKey key{};                        // since it was begun or refused for its size
  std::unique_ptr<Underway> underway;
  std::unique_ptr<Description> next;  // came while it was finishing: what its TOI names then
  milliseconds retry{};               // failed by a fault of the station's own: when it is tried again …
  unsigned faults = 0;                // … and how many in a row there were
  std::optional<Refusal> why;         // see ObjectStatus
  unsigned damaged = 0;               // how often what came was not what was announced
  std::uint64_t charged = 0;          // bytes of this entry, in the address's account
  std::uint64_t listed = 0;           // number of the newest FDT instance that names it

  bool named() const { return state != ObjectState::held; }
  bool takes_symbols() const { return underway && state != ObjectState::finishing; }
  bool passed_over() const { return state >= ObjectState::done; }
  Assembly& assembly() const { return *underway->assembly; }
  // Does `other` say what `what` says already? What only one of them knows contradicts nothing.
  bool is_described_by(const Description& other) const;
};

// Is an object that was begun with this OTI another than the described one? How its blocks are cut the
// packets know best, so that this is not looked at.
bool contradicts(const fec::Oti& begun, const Description& what);

// A session's objects by their TOI.
class Objects {
 public:
  Object* find(const flute::Toi& toi);
  Object& add(const flute::Toi& toi, std::int64_t no);  // held; the TOI must not be there
  void turn(Object& object, ObjectState state);
  void remove(Object& object);

  std::size_t size() const { return index_.size(); }
  std::size_t underway() const;  // held, receiving or finishing
  // In the order in which they came into this state.
  std::list<Object>& in(ObjectState state) { return lists_[static_cast<std::size_t>(state)]; }
  const std::list<Object>& in(ObjectState state) const { return lists_[static_cast<std::size_t>(state)]; }
  // As they are now, for a caller that turns or removes some of them: with an assembly that takes symbols …
  std::vector<Object*> receiving();
  std::vector<Object*> all();  // … and all of them

 private:
  std::array<std::list<Object>, kObjectStates> lists_;
  std::map<flute::Toi, std::list<Object>::iterator> index_;
};

}  // namespace edu::multicast
