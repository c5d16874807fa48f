#include "base/sandbox/sandbox.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_folder.h"

namespace edu::sandbox {
namespace {

// Runs `act` in a process of its own within the sandbox; gives its wait status. It answers by _exit.
template <class Act>
int in_sandbox(const Limits& limits, Act act, const Doors& doors = {}) {
  const auto child = ::fork();
  if (child == 0) {
    enter(limits, doors);
    ::_exit(act());
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

template <class Act>
bool is_forbidden(Act act) {
  const int status =
      in_sandbox({}, [&] { return act() < 0 && (errno == EPERM || errno == EACCES) ? 42 : 1; });
  return WIFEXITED(status) && WEXITSTATUS(status) == 42;
}

TEST(Sandbox, ForbidsFilesNetworkProgramsAndOthers) {
  EXPECT_TRUE(is_forbidden([] { return ::open("/etc/passwd", O_RDONLY); }));
  EXPECT_TRUE(is_forbidden([] { return ::open("/tmp/edu-made", O_WRONLY | O_CREAT, 0600); }));
  EXPECT_TRUE(is_forbidden([] { return ::unlink("/tmp/edu-made"); }));
  EXPECT_TRUE(is_forbidden([] { return ::socket(AF_INET, SOCK_STREAM, 0); }));
  EXPECT_TRUE(is_forbidden([] { return ::socket(AF_UNIX, SOCK_STREAM, 0); }));
  EXPECT_TRUE(is_forbidden([] { return ::execl("/bin/true", "true", nullptr); }));
  EXPECT_TRUE(is_forbidden([] { return ::fork(); }));
  EXPECT_TRUE(is_forbidden([] { return ::kill(::getppid(), 0); }));
  EXPECT_TRUE(is_forbidden([] { return ::prctl(PR_SET_DUMPABLE, 1); }));
}

// The same with the network, for one that makes files in `folder`.
template <class Act>
bool may_with_network(const std::filesystem::path& folder, Act act) {
  const auto child = ::fork();
  if (child == 0) {
    enter_with_network({10, 512, 1 << 20}, {{}, {folder}});
    ::_exit(act() < 0 ? 1 : 42);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 42;
}

TEST(Sandbox, WithTheNetworkForbidsProgramsOthersAndLocalSockets) {
  const test::TempFolder folder;
  const auto may = [&](auto act) { return may_with_network(folder.path(), act); };
  EXPECT_TRUE(may([] { return ::socket(AF_INET, SOCK_DGRAM, 0); }));
  EXPECT_TRUE(may([] { return ::socket(AF_INET6, SOCK_STREAM, 0); }));
  EXPECT_FALSE(may([] { return ::socket(AF_UNIX, SOCK_STREAM, 0); }));
  EXPECT_FALSE(may([] { return ::execl("/bin/true", "true", nullptr); }));
  EXPECT_FALSE(may([] { return ::kill(::getppid(), 0); }));
  EXPECT_FALSE(may([] { return ::syscall(SYS_socket, (1ul << 32) | AF_UNIX, SOCK_STREAM, 0); }));
  EXPECT_FALSE(may([] { return ::syscall(SYS_tgkill, ::getppid(), ::getppid(), 0); }));
  EXPECT_TRUE(may([] { return ::syscall(SYS_tgkill, ::getpid(), ::gettid(), 0); })) << "abort() needs it";
  EXPECT_FALSE(may([] { return ::syscall(SYS_clone, CLONE_NEWUTS | SIGCHLD, 0, 0, 0, 0); }));
  EXPECT_FALSE(may([] { return ::fork(); }));
  EXPECT_FALSE(may([] { return ::vfork(); }));
  EXPECT_TRUE(may([] { return std::thread([] {}).join(), 0; }));
  const auto made = (folder / "made").string();
  EXPECT_TRUE(may([&] { return ::open(made.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600); }));
  if (landlock_version() > 0) {
    EXPECT_FALSE(may([] { return ::open("/etc/passwd", O_RDONLY); }));
    EXPECT_FALSE(may([] { return ::open("/tmp/edu-made", O_WRONLY | O_CREAT, 0600); }));
    EXPECT_FALSE(may([&] { return ::unlink(made.c_str()); }));
  }
}

TEST(Sandbox, ForbidsCodeInNewMemory) {
  EXPECT_TRUE(is_forbidden([] {
    return ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1
                                                                                                          : 0;
  }));
}

TEST(Sandbox, LeavesOpenFilesReadable) {
  const int fd = ::open("/etc/passwd", O_RDONLY | O_CLOEXEC);
  const int status = in_sandbox({}, [fd] {
    char byte = 0;
    return ::pread(fd, &byte, 1, 0) == 1 ? 0 : 1;
  });
  ::close(fd);
  EXPECT_EQ(status, 0);
}

TEST(Sandbox, OpensForReadingWhatLiesBehindADoor) {
  const test::TempFolder folder;
  std::ofstream(folder / "behind") << "x";
  std::ofstream(folder.path().string() + ".beside") << "x";
  const auto behind = (folder / "behind").string(), beside = folder.path().string() + ".beside";
  const auto opens = [&](const std::string& path, int flags) {
    const int status =
        in_sandbox({}, [&] { return ::open(path.c_str(), flags, 0600) >= 0 ? 42 : 1; }, {{folder.path()}});
    return WIFEXITED(status) && WEXITSTATUS(status) == 42;
  };
  EXPECT_TRUE(opens(behind, O_RDONLY));
  EXPECT_TRUE(opens(folder.path(), O_RDONLY | O_DIRECTORY));
  EXPECT_FALSE(opens(behind, O_RDWR));
  EXPECT_FALSE(opens(behind, O_WRONLY | O_TRUNC));
  EXPECT_FALSE(opens((folder / "new").string(), O_WRONLY | O_CREAT));
  EXPECT_FALSE(opens(folder.path(), O_TMPFILE | O_RDWR));
  if (landlock_version() > 0) {
    EXPECT_FALSE(opens(beside, O_RDONLY));
  }
  std::filesystem::remove(beside);
}

TEST(Sandbox, BoundsTheFileThatIsWritten) {
  const test::TempFolder folder;
  const int fd = ::open((folder / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const auto writes = [&](const Limits& limits) {
    const int status = in_sandbox(limits, [fd] { return ::write(fd, "12345678", 8) == 8 ? 42 : 1; });
    return WIFEXITED(status) && WEXITSTATUS(status) == 42;
  };
  EXPECT_FALSE(writes({}));
  EXPECT_TRUE(writes({10, 512, 8}));
  EXPECT_FALSE(writes({10, 512, 8}));
  ::close(fd);
}

TEST(Sandbox, EndsAProcessThatComputesWithoutEnd) {
  const int status = in_sandbox({1, 512}, [] {
    while (::getppid() != 0) continue;
    return 0;
  });
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_TRUE(WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
}

#if !defined(EDU_SANITIZED) && \
    !defined(__SANITIZE_THREAD__)  // there is no limit of address space under a sanitizer
TEST(Sandbox, BoundsMemory) {
  const int status = in_sandbox({5, 256}, [] {
    const auto* memory =
        ::mmap(nullptr, 512u << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED && errno == ENOMEM ? 42 : 1;
  });
  EXPECT_EQ(WEXITSTATUS(status), 42);
}
#endif

}  // namespace
}  // namespace edu::sandbox
