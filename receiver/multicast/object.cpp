#include "receiver/multicast/object.h"

namespace edu::multicast {

bool Object::is_described_by(const Description& other) const {
  const auto length = underway ? assembly().oti().length : what.oti ? what.oti->length : what.length;
  const bool same_oti = !other.oti ? true
                        : what.oti
                            ? fec::same_cut(*what.oti, *other.oti) && what.code_given == other.code_given
                        : underway ? !contradicts(assembly().oti(), other)
                                   : true;
  return what.name == other.name && what.folder == other.folder && what.md5 == other.md5 &&
         what.encoding == other.encoding && (length == 0 || other.length == 0 || length == other.length) &&
         same_oti;
}

bool contradicts(const fec::Oti& begun, const Description& what) {
  if (what.length != 0 && what.length != begun.length) return true;
  if (!what.oti) return false;
  return what.oti->length != begun.length || what.oti->symbol != begun.symbol ||
         (what.code_given && what.oti->encoding != begun.encoding);
}

Object* Objects::find(const flute::Toi& toi) {
  const auto at = index_.find(toi);
  return at == index_.end() ? nullptr : &*at->second;
}

Object& Objects::add(const flute::Toi& toi, std::int64_t no) {
  auto& list = in(ObjectState::held);
  const auto at = list.emplace(list.end());
  at->toi = toi;
  at->no = no;
  index_.emplace(toi, at);
  return *at;
}

void Objects::turn(Object& object, ObjectState state) {
  if (object.state == state) return;
  in(state).splice(in(state).end(), in(object.state), index_.at(object.toi));
  object.state = state;
}

void Objects::remove(Object& object) {
  const auto at = index_.find(object.toi);
  const auto here = at->second;
  index_.erase(at);
  in(object.state).erase(here);
}

std::size_t Objects::underway() const {
  return in(ObjectState::held).size() + in(ObjectState::receiving).size() + in(ObjectState::finishing).size();
}

std::vector<Object*> Objects::receiving() {
  std::vector<Object*> out;
  for (const auto state : {ObjectState::held, ObjectState::receiving})
    for (auto& object : in(state))
      if (object.underway) out.push_back(&object);
  return out;
}

std::vector<Object*> Objects::all() {
  std::vector<Object*> out;
  out.reserve(size());
  for (auto& list : lists_)
    for (auto& object : list) out.push_back(&object);
  return out;
}

}  // namespace edu::multicast
