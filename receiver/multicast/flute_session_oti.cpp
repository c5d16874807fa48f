// How an object is cut into blocks and symbols: what the FDT says, what packets say in EXT_FTI, and who is
// believed where the two differ.
#include <algorithm>

#include "receiver/multicast/flute_session.h"

namespace edu::multicast {

std::optional<fec::Oti> FluteSession::oti_of_packet(const flute::Packet& packet, fec::Encoding code) {
  if (packet.fti.empty()) return std::nullopt;
  const auto read = fec::read_fti(code, packet.fti);
  if (!read) return std::nullopt;
  auto good = fec::checked(*read);
  return good ? std::optional(*good) : std::nullopt;
}

// What the packets' EXT_FTI says, the FDT, or both together; the FDT's FEC Encoding ID goes before the
// codepoint, which some senders use for labels of their own.
std::optional<fec::Oti> FluteSession::oti_for(Object& object, const flute::Packet& packet) {
  auto told = object.what.oti;
  const auto code = static_cast<fec::Encoding>(packet.codepoint);
  if (told && !object.what.code_given && fec::payload_id_size(code) != 0) {
    told->encoding = code;
    if (told->max_symbols == 0) told->max_symbols = fec::kMostReedSolomon;
    auto good = fec::checked(*told);
    told = good ? std::optional(*good) : std::nullopt;
  }
  const auto sent = oti_of_packet(packet, told ? told->encoding : code);
  if (!sent && !told) ++(fec::payload_id_size(code) == 0 ? counts_.unknown_codepoint : counts_.no_oti);
  if (!sent) return told;
  if (!contradicts(*sent, object.what)) return sent;
  contradicted(object);
  return std::nullopt;
}

void FluteSession::contradicted(Object& object) {
  ++counts_.other_oti;
  const bool nothing = !object.underway || object.assembly().symbols_have() == 0;
  if (nothing && !object.why) object.why = Refusal{"multicast.other_oti", {}};
}

// Does the packet's EXT_FTI say what the assembly began with? It stands in every packet of many senders, so
// that bytes which agreed once are not read again. One that cannot be read says nothing.
bool FluteSession::agrees(Object& object, const flute::Packet& packet) {
  auto& underway = *object.underway;
  if (packet.fti.empty() || std::ranges::equal(packet.fti, underway.fti)) return true;
  const auto sent = oti_of_packet(packet, underway.assembly->oti().encoding);
  if (sent && !fec::same_cut(*sent, underway.assembly->oti())) {
    const bool blocks_alone = underway.by_fdt && !contradicts(*sent, object.what);
    if (blocks_alone && object.takes_symbols()) return begin_again(object, *sent);
    contradicted(object);
    return false;
  }
  underway.fti.assign(packet.fti.begin(), packet.fti.end());
  return true;
}

// With the blocks of the packets and not of the FDT: what came without EXT_FTI may lie at wrong places.
bool FluteSession::begin_again(Object& object, const fec::Oti& oti) {
  give_up(object);
  drop(object);
  objects_.turn(object, ObjectState::announced);
  return begin(object, oti, now_);
}

}  // namespace edu::multicast
