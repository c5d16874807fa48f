// What a deck that a file has taken over would try, from within the real program: preloaded, it comes to its
// turn when the deck makes its player, that is after the deck has confined itself. What works is told on
// standard error.
#include <cstdio>
#include <cstdlib>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct mpv_handle;

namespace {

void tell(const char* what, bool done) {
  std::fprintf(stderr, "%s %s\n", done ? "could" : "could not", what);
}

bool opens(const char* path, int flags) { return path && ::open(path, flags | O_CLOEXEC, 0600) >= 0; }

bool connects(int domain, int type) { return ::socket(domain, type, 0) >= 0; }

bool runs_a_program() {
  char name[] = "/bin/true";
  char* arguments[] = {name, nullptr};
  ::execv(name, arguments);
  return false;  // else nothing more is heard of this process
}

bool makes_a_process() {
  const auto child = ::fork();
  if (child == 0) ::_exit(0);
  return child > 0;
}

void attempt() {
  tell("read the database", opens(std::getenv("EDU_DATABASE"), O_RDONLY));
  tell("write the database", opens(std::getenv("EDU_DATABASE"), O_RDWR));
  tell("read courseware", opens(std::getenv("EDU_COURSE"), O_RDONLY));
  tell("write courseware", opens(std::getenv("EDU_COURSE"), O_RDWR));
  tell("make a file", opens("/tmp/edu-deck-made", O_WRONLY | O_CREAT));
  tell("read the list of accounts' secrets", opens("/etc/shadow", O_RDONLY));
  tell("use TCP", connects(AF_INET, SOCK_STREAM));
  tell("use UDP", connects(AF_INET6, SOCK_DGRAM));
  tell("use netlink", connects(AF_NETLINK, SOCK_RAW));
  tell("reach the display", connects(AF_UNIX, SOCK_STREAM));
  tell("make a process", makes_a_process());
  tell("signal its parent", ::kill(::getppid(), 0) == 0);
  tell("run a program", runs_a_program());
}

}  // namespace

extern "C" mpv_handle* mpv_create() {
  if (std::getenv("EDU_HANG")) {
    std::fprintf(stderr, "hangs\n");
    for (;;) ::pause();
  }
  attempt();
  using Create = mpv_handle* (*)();
  const auto next = reinterpret_cast<Create>(::dlsym(RTLD_NEXT, "mpv_create"));
  return next ? next() : nullptr;
}
