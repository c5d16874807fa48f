#include "base/child_process.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

namespace edu {
namespace {

[[noreturn]] void fail(int error, const std::string& what) {
  throw std::system_error(error, std::generic_category(), what);
}

struct SpawnActions {
  posix_spawn_file_actions_t actions;
  SpawnActions() { posix_spawn_file_actions_init(&actions); }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
};

struct SpawnAttributes {
  posix_spawnattr_t attributes;
  SpawnAttributes() {
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
};

int spawn(const std::filesystem::path& program, const std::vector<std::string>& arguments, int child_end,
          bool quiet) {
  const SpawnActions actions;
  auto* list = const_cast<posix_spawn_file_actions_t*>(&actions.actions);
  posix_spawn_file_actions_adddup2(list, child_end, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(list, child_end, STDOUT_FILENO);
  if (quiet) posix_spawn_file_actions_addopen(list, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(list, STDERR_FILENO + 1);
  const SpawnAttributes attributes;

  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, program.c_str(), list, &attributes.attributes, argv.data(), environ);
  if (error != 0) fail(error, "cannot start " + program.string());
  return pid;
}

Fd connected_to(const std::filesystem::path& door) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const auto& path = door.native();
  if (path.size() >= sizeof name.sun_path) fail(ENAMETOOLONG, path);
  path.copy(name.sun_path, path.size());
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0)
    fail(errno, "cannot reach " + path);
  return socket;
}

}  // namespace

std::string ExitStatus::describe() const {
  if (!known) return "no status";
  if (signal != 0) return "signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
  return "exit " + std::to_string(code);
}

ChildProcess::ChildProcess(asio::any_io_executor executor, const std::filesystem::path& program,
                           const std::vector<std::string>& arguments, bool quiet)
    : socket_(executor), pidfd_(executor) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) fail(errno, "socketpair");
  Fd ours(ends[0]), theirs(ends[1]);
  socket_.assign(asio::local::stream_protocol(), ours.release());
  pid_ = spawn(program, arguments, theirs.get(), quiet);
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (pidfd < 0) {
    const int error = errno;
    kill();
    ::waitpid(pid_, nullptr, 0);
    fail(error, "pidfd_open");
  }
  pidfd_.assign(pidfd);
}

ChildProcess::ChildProcess(asio::any_io_executor executor, const std::filesystem::path& door)
    : socket_(executor), pidfd_(executor) {
  socket_.assign(asio::local::stream_protocol(), connected_to(door).release());
}

ChildProcess::~ChildProcess() {
  if (exit_ || pid_ < 0) return;
  kill();
  ::waitpid(pid_, nullptr, 0);
}

void ChildProcess::end_by(int signal) noexcept {
  if (exit_) return;
  if (pid_ > 0)
    ::kill(pid_, signal);
  else
    ::shutdown(socket_.native_handle(), SHUT_RDWR);
}

void ChildProcess::terminate() noexcept { end_by(SIGTERM); }
void ChildProcess::kill() noexcept { end_by(SIGKILL); }

awaitable<ExitStatus> ChildProcess::exited() {
  if (exit_) co_return *exit_;
  if (pid_ < 0) {
    exit_.emplace().known = false;
    co_return *exit_;
  }
  co_await pidfd_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
  int status = 0;
  if (::waitpid(pid_, &status, 0) != pid_) fail(errno, "waitpid");
  auto& exit = exit_.emplace();
  if (WIFEXITED(status)) exit.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) exit.signal = WTERMSIG(status);
  co_return exit;
}

std::filesystem::path helper_program(const std::string& name) {
  std::error_code unknown;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path();
  const auto beside = own / name;
  if (std::filesystem::exists(beside, unknown)) return beside;
  return own.parent_path() / "lib" / "edustation" / name;
}

}  // namespace edu
