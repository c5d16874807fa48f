// One run of edustation-record, seen from the daemon: an order goes in, its lines come out. Thread: the
// loop's; nothing here blocks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/asio.h"
#include "base/child_process.h"
#include "base/clock.h"
#include "base/result.h"

namespace edu::live {

// Ended, whatever it does, when this goes.
class Recorder {
 public:
  virtual ~Recorder() = default;
  // The next line; a refusal when there is none: live.crashed {how}, live.silent {seconds}, live.garbage (a
  // line without end). After it nothing comes any more. Only cancellation throws.
  virtual awaitable<Result<std::string>> next() = 0;
  // It is to end in good order; what it still has to say comes from next().
  virtual void finish() = 0;
};

// Starts one with this order (receiver/live/lines.h); null: it cannot be started.
using Launch = std::function<std::unique_ptr<Recorder>(asio::any_io_executor, const std::string& order)>;

// The real one. `own_ports`: of this machine's, which it must never speak to, whoever names them.
Launch launch_record_program(Clock& clock, std::vector<std::uint16_t> own_ports = {},
                             std::filesystem::path program = helper_program("edustation-record"));

}  // namespace edu::live
