// Which points the Reed-Solomon code of a session's sender has: what the settings say, until its own symbols
// tell. Assembly and workers read it; either may find it out.
#pragma once

#include <atomic>

#include "flute/fec/block_code.h"

namespace edu::multicast {

class Points {
 public:
  explicit Points(fec::RsPoints configured, bool known = false)
      : configured_(configured), now_(configured), known_(known) {}

  fec::RsPoints now() const { return now_; }  // known, or the best guess
  bool known() const { return known_; }
  bool corrected() const { return known_ && now_ != configured_; }

  void found(fec::RsPoints points) {
    now_ = points;
    known_ = true;
  }
  void guess_next() {  // the guess was wrong
    if (known_) return;
    const auto next = (static_cast<std::size_t>(now_.load()) + 1) % fec::kAllPoints.size();
    now_ = fec::kAllPoints[next];
  }

 private:
  fec::RsPoints configured_;
  std::atomic<fec::RsPoints> now_;
  std::atomic<bool> known_;
};

}  // namespace edu::multicast
