// Tells when the machine's network interfaces or addresses change (rtnetlink(7)), so that a group is joined
// again: an interface that vanishes takes its memberships along, and the socket that had them says nothing.
// On the thread that has it.
#pragma once

#include <string>

#include "base/fd.h"

namespace edu::multicast {

class LinkWatch {
 public:
  // `interface`: the one that counts; empty: any. Where the kernel gives no such socket, nothing is ever
  // told.
  explicit LinkWatch(std::string interface);

  int fd() const { return socket_.get(); }  // readable when something changed; -1: there is none
  // Reads what the kernel told: was it about this interface (or its addresses)? Never waits.
  bool changed();

 private:
  std::string interface_;
  Fd socket_;
};

}  // namespace edu::multicast
