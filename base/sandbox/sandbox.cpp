// A helper process comes in with all that its user may do, and leaves with what its one task needs. On its
// only thread, once, before the first byte that nobody vouches for.
#include "base/sandbox/sandbox.h"

#include <cerrno>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"

namespace edu::sandbox {
namespace {

[[noreturn]] void fail(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}

void set_limit(int resource, std::uint64_t soft, std::uint64_t hard) {
  const rlimit limit{soft, hard};
  if (::setrlimit(static_cast<__rlimit_resource>(resource), &limit) != 0) fail(errno, "setrlimit");
}

void limit_resources(const Limits& limits) {
  set_limit(RLIMIT_CPU, limits.seconds, limits.seconds + 1);
  set_limit(RLIMIT_CORE, 0, 0);
  set_limit(RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes);
#if !defined(EDU_SANITIZED) && \
    !defined(__SANITIZE_THREAD__)  // a sanitizer's shadow alone is terabytes of address space
  set_limit(RLIMIT_AS, limits.memory_mb << 20, limits.memory_mb << 20);
#endif
}

void be_nobodys_target() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail(errno, "no_new_privs");
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) fail(errno, "dumpable");
}

// As the kernel has it since 6.12; Debian 12's header ends after the first member.
struct LandlockRules {
  std::uint64_t files = 0, network = 0, scopes = 0;
};

constexpr std::uint64_t kIoctl = 1 << 15;     // LANDLOCK_ACCESS_FS_IOCTL_DEV, likewise
constexpr std::uint64_t kTruncate = 1 << 14;  // LANDLOCK_ACCESS_FS_TRUNCATE; Debian 12's header lacks it

struct LandlockPath {
  std::uint64_t rights = 0;
  std::int32_t fd = -1;
} __attribute__((packed));  // as the kernel has it

void open_door(const Fd& ruleset, const std::filesystem::path& path, bool writable, int version) {
  const Fd fd(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat info {};
  if (!fd || ::fstat(fd.get(), &info) != 0) return;  // what is not there needs no door
  LandlockPath rule{LANDLOCK_ACCESS_FS_READ_FILE, fd.get()};
  if (S_ISDIR(info.st_mode)) rule.rights |= LANDLOCK_ACCESS_FS_READ_DIR;
  if (writable) rule.rights |= LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG;
  if (writable && version >= 3) rule.rights |= kTruncate;
  if (::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
    fail(errno, "landlock");
}

// A device, or a folder with all below it: to be read, written and asked (ioctl).
void open_device(const Fd& ruleset, const std::filesystem::path& path, int version) {
  const Fd fd(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat info {};
  if (!fd || ::fstat(fd.get(), &info) != 0) return;
  LandlockPath rule{LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE, fd.get()};
  if (version >= 3) rule.rights |= kTruncate;
  if (version >= 5) rule.rights |= kIoctl;
  if (S_ISDIR(info.st_mode))
    rule.rights |= LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE;
  if (::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
    fail(errno, "landlock");
}

enum class For { work, network, screen };

// A ruleset that handles every right and allows reading alone, behind the doors.
void forbid_by_landlock(const Doors& doors, For what) {
  const int version = landlock_version();
  if (version < 1) return;
  const unsigned rights = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
  LandlockRules rules;
  rules.files = (std::uint64_t{1} << rights) - 1;
  if (version >= 4 && what != For::network) rules.network = 3;   // TCP bind and connect
  if (version >= 6) rules.scopes = what == For::screen ? 2 : 3;  // signals; abstract local sockets (X11's)
  const std::size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  const Fd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, size, 0)));
  if (!ruleset) return;
  for (const auto& path : doors.readable) open_door(ruleset, path, false, version);
  for (const auto& path : doors.writable) {
    if (what == For::screen)
      open_device(ruleset, path, version);
    else
      open_door(ruleset, path, true, version);
  }
  ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0);
}

struct ReleaseFilter {
  void operator()(void* filter) const noexcept { ::seccomp_release(filter); }
};

void allow(void* filter, int call) {
  if (const int error = ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0); error != 0)
    fail(-error, "seccomp");
}

// Memory, but none that can be executed.
void allow_data_memory(void* filter, int call) {
  const auto no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
  if (const int error = ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, no_code); error != 0)
    fail(-error, "seccomp");
}

// Opening for reading, by openat as glibc does it, and what looking through a folder takes.
void allow_reading_paths(void* filter) {
  constexpr auto kWriting = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
  const auto reading = SCMP_A2(SCMP_CMP_MASKED_EQ, kWriting, 0);
  if (const int error = ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, reading); error != 0)
    fail(-error, "seccomp");
  for (const int call : {SCMP_SYS(getdents64), SCMP_SYS(fcntl), SCMP_SYS(getcwd), SCMP_SYS(chdir),
                         SCMP_SYS(fchdir), SCMP_SYS(readlink), SCMP_SYS(statx), SCMP_SYS(fstatfs)})
    allow(filter, call);
}

void forbid_by_seccomp(const Doors& doors) {
  const std::unique_ptr<void, ReleaseFilter> filter(::seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (!filter) fail(ENOMEM, "seccomp");
  for (const int call : {SCMP_SYS(read),          SCMP_SYS(pread64),         SCMP_SYS(lseek),
                         SCMP_SYS(fstat),         SCMP_SYS(newfstatat),      SCMP_SYS(write),
                         SCMP_SYS(fdatasync),     SCMP_SYS(writev),          SCMP_SYS(close),
                         SCMP_SYS(munmap),        SCMP_SYS(mremap),          SCMP_SYS(brk),
                         SCMP_SYS(madvise),       SCMP_SYS(futex),           SCMP_SYS(getrandom),
                         SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),    SCMP_SYS(getpid),
                         SCMP_SYS(gettid),        SCMP_SYS(sched_yield),     SCMP_SYS(sched_getaffinity),
                         SCMP_SYS(sysinfo),       SCMP_SYS(rt_sigreturn),    SCMP_SYS(rt_sigprocmask),
                         SCMP_SYS(rt_sigaction),  SCMP_SYS(sigaltstack),     SCMP_SYS(exit),
                         SCMP_SYS(exit_group),    SCMP_SYS(restart_syscall), SCMP_SYS(getrusage),
                         SCMP_SYS(pwrite64)})
    allow(filter.get(), call);
  allow_data_memory(filter.get(), SCMP_SYS(mmap));
  allow_data_memory(filter.get(), SCMP_SYS(mprotect));
  if (!doors.readable.empty()) allow_reading_paths(filter.get());
  if (const int error = ::seccomp_load(filter.get()); error != 0) fail(-error, "seccomp");
}

void forbid(scmp_filter_ctx filter, int errno_of_it, int call, scmp_arg_cmp where) {
  if (const int error = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(errno_of_it), call, 1, where); error != 0)
    fail(-error, "seccomp");
}

// Threads, but no processes; local sockets, and no others.
// Threads, but no children: nothing may outlive the process.
void forbid_children(scmp_filter_ctx filter) {
  for (const int call : {SCMP_SYS(fork), SCMP_SYS(vfork)})
    if (const int error = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0); error != 0)
      fail(-error, "seccomp");
  forbid(filter, EPERM, SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
}

void forbid_programs_signals_and_mounts(For what) {
  const std::unique_ptr<void, ReleaseFilter> filter(::seccomp_init(SCMP_ACT_ALLOW));
  if (!filter) fail(ENOMEM, "seccomp");
  for (const int call : {SCMP_SYS(execve),
                         SCMP_SYS(execveat),
                         SCMP_SYS(ptrace),
                         SCMP_SYS(process_vm_readv),
                         SCMP_SYS(process_vm_writev),
                         SCMP_SYS(pidfd_getfd),
                         SCMP_SYS(kill),
                         SCMP_SYS(tkill),
                         SCMP_SYS(rt_sigqueueinfo),
                         SCMP_SYS(rt_tgsigqueueinfo),
                         SCMP_SYS(pidfd_send_signal),
                         SCMP_SYS(mount),
                         SCMP_SYS(umount2),
                         SCMP_SYS(pivot_root),
                         SCMP_SYS(chroot),
                         SCMP_SYS(move_mount),
                         SCMP_SYS(open_tree),
                         SCMP_SYS(fsopen),
                         SCMP_SYS(unshare),
                         SCMP_SYS(setns),
                         SCMP_SYS(bpf),
                         SCMP_SYS(perf_event_open),
                         SCMP_SYS(userfaultfd),
                         SCMP_SYS(io_uring_setup),
                         SCMP_SYS(add_key),
                         SCMP_SYS(request_key),
                         SCMP_SYS(keyctl),
                         SCMP_SYS(init_module),
                         SCMP_SYS(finit_module),
                         SCMP_SYS(kexec_load),
                         SCMP_SYS(reboot),
                         SCMP_SYS(swapon),
                         SCMP_SYS(personality),
                         SCMP_SYS(quotactl),
                         SCMP_SYS(acct)}) {
    const int error = ::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 0);
    if (error != 0) fail(-error, "seccomp");
  }
  // Services of this machine, the daemon's own first of all, listen on such sockets and trust everybody who
  // may connect. The kernel looks at the lower half of the argument alone.
  constexpr std::uint64_t kInt = 0xffffffff;
  forbid_children(filter.get());
  if (what == For::screen)  // local sockets, and no others
    forbid(filter.get(), EPERM, SCMP_SYS(socket), SCMP_A0(SCMP_CMP_NE, AF_UNIX));
  else
    forbid(filter.get(), EPERM, SCMP_SYS(socket), SCMP_A0(SCMP_CMP_MASKED_EQ, kInt, AF_UNIX));
  // abort() signals the own process; nobody else is to be signalled.
  forbid(filter.get(), EPERM, SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_NE, static_cast<std::uint64_t>(::getpid())));
  for (const std::uint64_t space :
       {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP})
    forbid(filter.get(), EPERM, SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, space, space));
  // Its flags lie in memory, where a filter does not look; libc takes clone then.
  if (const int error = ::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
      error != 0)
    fail(-error, "seccomp");
  if (const int error = ::seccomp_load(filter.get()); error != 0) fail(-error, "seccomp");
}

}  // namespace

int landlock_version() {
  const auto version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : static_cast<int>(version);
}

void enter(const Limits& limits, const Doors& doors) {
  be_nobodys_target();
  limit_resources(limits);
  forbid_by_landlock(doors, For::work);
  forbid_by_seccomp(doors);
}

void enter_with_network(const Limits& limits, const Doors& doors) {
  be_nobodys_target();
  limit_resources(limits);
  forbid_by_landlock(doors, For::network);
  forbid_programs_signals_and_mounts(For::network);
}

void enter_with_screen(const Doors& doors) {
  be_nobodys_target();
  set_limit(RLIMIT_CORE, 0, 0);
  forbid_by_landlock(doors, For::screen);
  forbid_programs_signals_and_mounts(For::screen);
}

}  // namespace edu::sandbox
