// A helper process of ours (deck, probe) and the socket that we talk to it over.
//
// Of a child, one end of a socket pair: the child's standard input and output are one end of the pair; its
// standard error is ours, or /dev/null. All other descriptors are closed in it. It is killed when this object
// goes, and by the kernel when the daemon dies. Not Boost.Process: version 1.81's needs a SIGCHLD handler of
// its own and leaks descriptors by default.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/asio.h"

namespace edu {

struct ExitStatus {
  int code = -1;      // of exit(), or -1
  int signal = 0;     // that ended it, or 0
  bool known = true;  // false: no child of ours, nobody told us
  bool clean() const { return code == 0; }
  std::string describe() const;  // "exit 3", "signal 11 (Segmentation fault)"
};

class ChildProcess {
 public:
  using Socket = asio::local::stream_protocol::socket;

  // Throws std::system_error when it cannot be started.
  ChildProcess(asio::any_io_executor executor, const std::filesystem::path& program,
               const std::vector<std::string>& arguments, bool quiet = false);
  // One that the service manager starts, under an account of its own, for who connects to the socket `door`
  // (systemd.socket(5), Accept=yes). It has no pid here and no status: it must end when its standard input
  // hangs up, which is what kill(), terminate() and the end of this object do. Throws std::system_error when
  // nobody listens there.
  ChildProcess(asio::any_io_executor executor, const std::filesystem::path& door);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  Socket& socket() { return socket_; }
  int pid() const { return pid_; }  // -1: the service manager's
  void terminate() noexcept;        // SIGTERM, for those who end in good order
  void kill() noexcept;             // SIGKILL; `exited` still has to be awaited for the status
  awaitable<ExitStatus> exited();   // by pidfd, so no signal handler is involved

 private:
  void end_by(int signal) noexcept;

  Socket socket_;
  asio::posix::stream_descriptor pidfd_;
  int pid_ = -1;
  std::optional<ExitStatus> exit_;  // once it was reaped
};

// The folder that our own executable lies in: helper processes lie beside it, or in ../lib/edustation.
std::filesystem::path helper_program(const std::string& name);

}  // namespace edu
