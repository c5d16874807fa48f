// The templates of assembly.h, for its own sources.
#pragma once

#include <memory>
#include <system_error>
#include <utility>

#include "receiver/multicast/assembly.h"

namespace edu::multicast {

inline constexpr std::size_t kMostSpooled = 1 << 18;  // repair symbols of one object
inline constexpr std::uint64_t kSpoolPlace = 48;  // bytes of memory for one; it is in a vector that doubles

// Runs what may fail with the disk; its failure is the assembly's.
template <class Work>
void Assembly::on_disk(Work work) {
  try {
    work();
  } catch (const std::system_error& error) {
    fail(error);
  }
}

// Gives `work` to a worker; its failure is the assembly's, `then` is called in any case.
template <class Work>
void Assembly::background(Lane lane, Work work, std::function<void()> then) {
  ++underway_;
  auto failed = std::make_shared<std::optional<std::system_error>>();
  auto guarded = [failed, work = std::move(work)] {
    try {
      work();
    } catch (const std::system_error& error) {
      *failed = error;
    } catch (const std::bad_alloc&) {
      *failed = std::system_error(ENOMEM, std::generic_category(), "multicast");
    }
  };
  auto after = [self = shared_from_this(), failed, then = std::move(then)] {
    --self->underway_;
    if (*failed) self->fail(**failed);
    then();
    if (self->abandoned_ && self->idle()) self->on_disk([&] { self->file_.remove(); });
  };
  parts_.jobs.run(lane, std::move(guarded), std::move(after));
}

}  // namespace edu::multicast
