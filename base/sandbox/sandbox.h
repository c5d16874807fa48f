// What a helper process gives up before it looks at the first byte that nobody vouches for. Used by
// edustation-probe (one file), edustation-disc (one disc), edustation-record (one stream) and edustation-deck
// (one screen).
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace edu::sandbox {

struct Limits {
  std::uint64_t seconds = 10;     // of processor time; past it the kernel kills the process
  std::uint64_t memory_mb = 512;  // MiB of address space; past it allocations fail
  std::uint64_t file_bytes = 0;   // how large a file that is open for writing may become
};

// What stays allowed beside reading descriptors that are open already, memory, and writing to what is open.
struct Doors {
  std::vector<std::filesystem::path> readable{};  // files, devices or folders with all below them
  std::vector<std::filesystem::path> writable{};  // folders in which files are made; with enter_with_network
};

// For good, for this process: no core file, no debugger, no new privileges, no files but those of `doors`, no
// network, no programs, no code in new memory, no signals to others. A forbidden system call fails with
// EPERM. Landlock forbids the same a second time where the kernel has it (5.13 on), and it alone tells one
// path from another: where it lacks, `readable` lets the process open whatever its user may read (and send it
// nowhere but to its output). Call it on the only thread. Throws std::system_error when a lock other than
// Landlock cannot be put on.
void enter(const Limits& limits, const Doors& doors = {});

// For one that reads a network: as `enter`, but sockets and threads stay allowed, and whatever else a
// resolver and a TLS library do; forbidden are programs, children, other processes, mounts, namespaces, keys,
// tracing, local sockets and what is worse. What listens on a TCP or UDP port of this machine can be reached
// like any other host. Files: by Landlock alone, so where the kernel lacks it they are as open as to the
// user.
void enter_with_network(const Limits& limits, const Doors& doors);

// For one that shows pictures and sounds: threads, the code that drivers make and local sockets (the
// display's, the sound server's) stay allowed; `doors.writable` are devices and folders that are read and
// written. Forbidden are sockets of any other kind, programs, other processes and what is worse. No limit of
// time or memory: it runs as long as the station. Files: by Landlock alone, as above. The daemon's own socket
// is a local one: who serves it has to turn its helpers away.
void enter_with_screen(const Doors& doors);

// The version of the kernel's Landlock, 0 where it has none.
int landlock_version();

}  // namespace edu::sandbox
