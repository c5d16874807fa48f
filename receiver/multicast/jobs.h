// Where an assembly's slow work goes, so that packets are never kept waiting by it.
#pragma once

#include <functional>

namespace edu::multicast {

// compute: decoding and hashing. disk: fsync, which may take seconds and must not hold up the former; several
// at a time, of one assembly never more than one. tables: lists of files (FDT), which wait for nothing else.
enum class Lane { compute, disk, tables };

class Jobs {
 public:
  virtual ~Jobs() = default;
  // Runs `work` on a thread of that lane and `then` on the assembly's thread afterwards. The work of compute
  // and of tables runs in the order of the calls, one after the other. Neither may throw.
  virtual void run(Lane lane, std::function<void()> work, std::function<void()> then) = 0;
};

}  // namespace edu::multicast
