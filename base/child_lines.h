// The lines of a helper process, one after the other: each bounded in length, each waited for a bounded time.
// Thread: the loop's; nothing here blocks.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "base/asio.h"
#include "base/child_process.h"
#include "base/clock.h"
#include "base/result.h"

namespace edu {

// Why no line comes any more. The process is gone then, whatever it wanted to do.
struct ChildEnd {
  enum class Why { closed, too_long, silent };
  Why why = Why::closed;
  ExitStatus exit;         // one that died by itself keeps the status it died with
  milliseconds silence{};  // that was waited, where it was silent
};

// The codes of the refusals that a person reads of each end: `closed` {how}, `too_long`, `silent` {seconds}.
struct ChildEndCodes {
  std::string closed, too_long, silent;
};
Refusal refusal_of(const ChildEnd& end, const ChildEndCodes& codes);

class ChildLines {
 public:
  struct Bounds {
    std::size_t longest;                  // bytes of a line, with its newline
    std::optional<milliseconds> silence;  // between two lines; nothing: the caller watches over it
  };

  // Both outlive it.
  ChildLines(Clock& clock, ChildProcess& child, Bounds bounds);

  // The next line without its newline. After an end nothing comes any more. Only cancellation throws.
  awaitable<tl::expected<std::string, ChildEnd>> next();

 private:
  awaitable<boost::system::error_code> read();
  awaitable<std::optional<ChildEnd::Why>> wait();

  Clock& clock_;
  ChildProcess& child_;
  Bounds bounds_;
  std::string buffer_;
  std::size_t length_ = 0;  // of the line that wait() found in it
};

// Starts one that says nothing on its standard error. Null: it cannot be started, which the log tells for
// `who`.
std::unique_ptr<ChildProcess> start_child(std::string_view who, asio::any_io_executor executor,
                                          const std::filesystem::path& program,
                                          const std::vector<std::string>& arguments);

}  // namespace edu
