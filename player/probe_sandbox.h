// What the probe process gives up before it looks at the first byte of an untrusted file.
#pragma once

#include <cstdint>

namespace edu::player {

struct SandboxLimits {
  std::uint64_t seconds = 10;     // of processor time; past it the kernel kills the process
  std::uint64_t memory_mb = 512;  // MiB of address space; past it allocations fail
};

// For good, for this process: no core file, no debugger, killed with its parent, no new privileges, no files,
// no network, no programs, no signals to others; what remains is reading descriptors that are open already,
// memory and writing to standard output and error. A forbidden system call fails with EPERM. Landlock forbids
// the same a second time where the kernel has it (5.13 on); where it has not, the seccomp filter stands
// alone. Call it on the only thread. Throws std::system_error when a lock other than Landlock cannot be put
// on.
void enter_sandbox(const SandboxLimits& limits);

// The version of the kernel's Landlock, 0 where it has none.
int landlock_version();

}  // namespace edu::player
