// Asks a process of its own what a workbook holds: the only way in which the daemon looks into one. Thread:
// the loop's; nothing here blocks.
#pragma once

#include <filesystem>
#include <string>

#include "base/asio.h"
#include "base/child_process.h"
#include "base/clock.h"
#include "base/result.h"

namespace edu::workbook {

class Reader {
 public:
  // `clock` outlives it.
  explicit Reader(Clock& clock, std::filesystem::path program = helper_program("edustation-workbook"));

  // Starts one process on the caller's executor and gives it the bytes; its answer comes as lines, to be read
  // by from_lines on a worker. `kind`: of kind_of. Refusals:
  //   people.workbook_crashed {how}     - it died without an answer
  //   people.workbook_timeout {seconds} - it did not answer for ten seconds, and was killed
  //   people.workbook_garbage           - its answer is longer than 64 MiB
  //   people.workbook_unavailable       - it cannot be started (kind: unavailable)
  // Only cancellation throws.
  awaitable<Result<std::string>> lines_of(std::string bytes, std::string kind);

 private:
  Clock& clock_;
  std::filesystem::path program_;
};

}  // namespace edu::workbook
