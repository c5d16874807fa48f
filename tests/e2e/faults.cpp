// A disk that fails, for the real daemon and its helpers: preloaded, it makes calls below EDU_FAULT_FOLDER
// fail, as the page says that all processes share (the file EDU_FAULT_PAGE; tests/e2e/faults.py writes it).
// What the deck does stays whole: it is to play what it can. With EDU_FAULT_TRACE each call that makes
// something durable is written there, in its order.
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

enum Kind : std::int32_t { writing = 1, reading = 2 };  // what takes something, and what asks

// As in faults.py.
struct Page {
  std::atomic<std::int32_t> error;  // 0: nothing fails
  std::int32_t kinds;               // of calls that are counted, and fail
  std::int64_t first;               // the number of the call that fails first, from 1
  std::int64_t step;                // 0: it alone; 1: each one from then on; n: each nth
  std::atomic<std::int64_t> calls, failed;
  char what[256];  // the newest that failed
};

Page* page = nullptr;
const char* folder = nullptr;
int trace = -1;

__attribute__((constructor)) void open_page() {
  char program[256] = {};
  if (::readlink("/proc/self/exe", program, sizeof program - 1) > 0 &&
      std::strstr(program, "edustation-deck"))
    return;
  folder = std::getenv("EDU_FAULT_FOLDER");
  if (const char* file = std::getenv("EDU_FAULT_TRACE"))
    trace = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_APPEND | O_CLOEXEC, 0));
  const char* file = std::getenv("EDU_FAULT_PAGE");
  const int fd = file ? static_cast<int>(::syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC, 0)) : -1;
  if (fd < 0) return;
  void* shared = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::syscall(SYS_close, fd);
  if (shared != MAP_FAILED) page = static_cast<Page*>(shared);
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

bool is_below(const char* path) {
  return folder && path && std::strncmp(path, folder, std::strlen(folder)) == 0;
}

const char* path_of(int fd, char (&path)[4096]) {
  char link[64];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const auto size = ::readlink(link, path, sizeof path - 1);
  path[size > 0 ? size : 0] = '\0';
  return path;
}

void note(const char* call, const char* path) {
  if (trace < 0 || !is_below(path)) return;
  char line[4400];
  const int size = std::snprintf(line, sizeof line, "%s %s\n", call, path);
  ::syscall(SYS_write, trace, line, static_cast<std::size_t>(size));
}

// Does this call fail? Then errno says how.
bool fails(Kind kind, const char* call, const char* path) {
  const int saved = errno;
  if (kind == writing) note(call, path);
  const int error = page ? page->error.load() : 0;
  if (error == 0 || (page->kinds & kind) == 0 || !is_below(path)) return errno = saved, false;
  const auto number = ++page->calls;
  const auto after = number - page->first;
  const bool due = after == 0 || (after > 0 && page->step > 0 && after % page->step == 0);
  if (!due) return errno = saved, false;
  ++page->failed;
  std::snprintf(page->what, sizeof page->what, "%s %s", call, path);
  errno = error;
  return true;
}

bool fails(Kind kind, const char* call, int fd) {
  if (!folder) return false;
  const int saved = errno;
  char path[4096];
  path_of(fd, path);
  errno = saved;
  return fails(kind, call, path);
}

// Of a call that is relative to an open folder.
bool fails_at(Kind kind, const char* call, int at, const char* path) {
  if (!folder || !path || path[0] == '/' || at == AT_FDCWD) return fails(kind, call, path);
  if (path[0] == '\0') return fails(kind, call, at);
  return fails(kind, call, at);
}

mode_t mode_of(int flags, va_list rest) {
  return (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
}

int open_as(const char* name, const char* path, int flags, va_list rest) {
  const mode_t mode = mode_of(flags, rest);
  const bool creates = (flags & O_CREAT) != 0;
  if (fails(creates ? writing : reading, creates ? "create" : "open", path)) return -1;
  return next<int (*)(const char*, int, ...)>(name)(path, flags, mode);
}

int openat_as(const char* name, int at, const char* path, int flags, va_list rest) {
  const mode_t mode = mode_of(flags, rest);
  const bool creates = (flags & O_CREAT) != 0;
  if (fails_at(creates ? writing : reading, creates ? "create" : "open", at, path)) return -1;
  return next<int (*)(int, const char*, int, ...)>(name)(at, path, flags, mode);
}

}  // namespace

// A call of libc by its name: what it is, where it works, and what it answers when it fails.
#define CALL(result, name, kind, place, parameters, arguments)     \
  result name parameters {                                         \
    if (fails(kind, #name, place)) return static_cast<result>(-1); \
    return next<result(*) parameters>(#name) arguments;            \
  }

extern "C" {

CALL(ssize_t, write, writing, fd, (int fd, const void* bytes, size_t size), (fd, bytes, size))
CALL(ssize_t, pwrite, writing, fd, (int fd, const void* bytes, size_t size, off_t at), (fd, bytes, size, at))
CALL(ssize_t, pwrite64, writing, fd, (int fd, const void* bytes, size_t size, off64_t at),
     (fd, bytes, size, at))
CALL(ssize_t, writev, writing, fd, (int fd, const iovec* parts, int count), (fd, parts, count))
CALL(int, fsync, writing, fd, (int fd), (fd))
CALL(int, fdatasync, writing, fd, (int fd), (fd))
CALL(int, ftruncate, writing, fd, (int fd, off_t size), (fd, size))
CALL(int, ftruncate64, writing, fd, (int fd, off64_t size), (fd, size))
CALL(int, rename, writing, to, (const char* from, const char* to), (from, to))
CALL(int, link, writing, to, (const char* from, const char* to), (from, to))
CALL(int, mkdir, writing, path, (const char* path, mode_t mode), (path, mode))
CALL(int, unlink, writing, path, (const char* path), (path))
CALL(int, rmdir, writing, path, (const char* path), (path))
CALL(ssize_t, read, reading, fd, (int fd, void* bytes, size_t size), (fd, bytes, size))
CALL(ssize_t, pread, reading, fd, (int fd, void* bytes, size_t size, off_t at), (fd, bytes, size, at))
CALL(ssize_t, pread64, reading, fd, (int fd, void* bytes, size_t size, off64_t at), (fd, bytes, size, at))
CALL(int, stat, reading, path, (const char* path, struct stat* info), (path, info))
CALL(int, lstat, reading, path, (const char* path, struct stat* info), (path, info))
CALL(int, fstat, reading, fd, (int fd, struct stat* info), (fd, info))
CALL(int, stat64, reading, path, (const char* path, struct stat64* info), (path, info))
CALL(int, lstat64, reading, path, (const char* path, struct stat64* info), (path, info))
CALL(int, fstat64, reading, fd, (int fd, struct stat64* info), (fd, info))
CALL(int, statvfs, reading, path, (const char* path, struct statvfs* info), (path, info))
CALL(int, statvfs64, reading, path, (const char* path, struct statvfs64* info), (path, info))
CALL(int, access, reading, path, (const char* path, int mode), (path, mode))

int unlinkat(int at, const char* path, int flags) {
  if (fails_at(writing, "unlinkat", at, path)) return -1;
  return next<int (*)(int, const char*, int)>("unlinkat")(at, path, flags);
}
int statx(int at, const char* path, int flags, unsigned mask, struct statx* info) {
  if (fails_at(reading, "statx", at, path)) return -1;
  return next<int (*)(int, const char*, int, unsigned, struct statx*)>("statx")(at, path, flags, mask, info);
}
DIR* opendir(const char* path) {
  if (fails(reading, "opendir", path)) return nullptr;
  return next<DIR* (*)(const char*)>("opendir")(path);
}
struct dirent64* readdir64(DIR* open) {
  if (fails(reading, "readdir", ::dirfd(open))) return nullptr;
  return next<struct dirent64* (*)(DIR*)>("readdir64")(open);
}
struct dirent* readdir(DIR* open) {
  if (fails(reading, "readdir", ::dirfd(open))) return nullptr;
  return next<struct dirent* (*)(DIR*)>("readdir")(open);
}
int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int fd = open_as("open", path, flags, rest);
  va_end(rest);
  return fd;
}
int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int fd = open_as("open64", path, flags, rest);
  va_end(rest);
  return fd;
}
int openat(int at, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int fd = openat_as("openat", at, path, flags, rest);
  va_end(rest);
  return fd;
}
int openat64(int at, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int fd = openat_as("openat64", at, path, flags, rest);
  va_end(rest);
  return fd;
}
}
