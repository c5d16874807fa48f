// The carousel: what is sent when, until it is told to end. One thread sends (the caller's), one encodes.
#pragma once

#include <functional>

#include "sender/outlet.h"
#include "sender/pace.h"
#include "sender/spool.h"

namespace edu::send {

struct Counts {
  std::uint64_t packets = 0;
  std::uint64_t source_symbols = 0, repair_symbols = 0, fdt_packets = 0;
  std::uint64_t payload_bytes = 0;  // of datagrams
  std::uint64_t wire_bytes = 0;     // with their IP and UDP headers
  unsigned passes = 0;              // that are complete
  std::uint64_t pass_bytes = 0;     // of the objects' source symbols or as many repair symbols, in this pass
};

class Carousel {
 public:
  // `objects` with their OTI, outliving the carousel. `stopped`: asked before each batch. `progress`: called
  // after each batch.
  Carousel(const Settings& settings, const std::vector<Object>& objects, Outlet& outlet, Pace& pace);

  using Stopped = std::function<bool()>;
  using Progress = std::function<void(const Counts&)>;
  // Sends until all passes are out, the limit of bytes is reached or `stopped` says so, then closes the
  // session. Refusal send.changed {path}: a file was written to meanwhile. Throws std::system_error.
  Result<void> run(const Stopped& stopped, const Progress& progress);
  const Counts& counts() const { return counts_; }

 private:
  bool send_stretch(Job& job, const Stopped& stopped, const Progress& progress);
  void fill(Job& job, const Spool* spool, std::uint32_t sbn, std::uint32_t esi, bool last,
            const ObjectPackets& packets, bool fti);
  void flush();
  void send_fdt();
  void renew_fdt();
  void close_session();
  bool is_over(const Stopped& stopped) const;

  const Settings& settings_;
  const std::vector<Object>& objects_;
  Outlet& outlet_;
  Pace& pace_;
  TokenBucket bucket_;
  std::size_t batch_packets_;  // at most
  std::size_t headers_;
  Batch batch_;
  Counts counts_;
  std::vector<std::vector<std::uint8_t>> fdt_;
  std::uint32_t fdt_instance_ = 0;
  std::int64_t fdt_expires_ = 0;      // Unix seconds
  std::uint64_t next_fdt_bytes_ = 0;  // wire bytes at which the FDT is due
};

// Sets each object's OTI. Refusal send.no_room {least}: datagrams are too small; fec.bad_oti: a file is too
// large for the scheme.
Result<void> add_oti(std::vector<Object>& objects, const Settings& settings);

}  // namespace edu::send
