// A disk that fails, for the real daemon: preloaded, it makes calls that write below EDU_FAULT_FOLDER fail.
// What fails is read from the file EDU_FAULT_ORDER, again at each call: "EIO" or "ENOSPC" (from now on),
// "EIO 17" (the 17th call from when the order was first seen, once); an empty or missing file: nothing.
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<long> calls{0};

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

bool is_below(const char* path) {
  const char* folder = std::getenv("EDU_FAULT_FOLDER");
  return folder && path && std::strncmp(path, folder, std::strlen(folder)) == 0;
}

bool is_below(int fd) {
  char link[64], path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const auto size = ::readlink(link, path, sizeof path - 1);
  if (size <= 0) return false;
  path[size] = '\0';
  return is_below(path);
}

// The error of this call; 0: it goes on.
int fault() {
  const char* file = std::getenv("EDU_FAULT_ORDER");
  if (!file) return 0;
  const int fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0));
  if (fd < 0) return 0;
  char text[64] = {};
  ::syscall(SYS_read, fd, text, sizeof text - 1);
  ::syscall(SYS_close, fd);
  char name[16] = {};
  long number = 0;
  const int given = std::sscanf(text, "%15s %ld", name, &number);
  if (given < 1) return calls = 0, 0;
  const bool due = given == 1 || ++calls == number;
  if (!due) return 0;
  return std::strcmp(name, "ENOSPC") == 0 ? ENOSPC : EIO;
}

template <class Place>
bool fails(Place place) {
  const int saved = errno;
  const int error = is_below(place) ? fault() : 0;
  errno = error != 0 ? error : saved;
  return error != 0;
}

// Only what makes a file can fail, and only that has a mode as its third argument.
int opened(const char* name, const char* path, int flags, va_list rest) {
  mode_t mode = 0;
  if ((flags & (O_CREAT | __O_TMPFILE)) != 0) {
    mode = va_arg(rest, mode_t);
    if (fails(path)) return -1;
  }
  return next<int (*)(const char*, int, ...)>(name)(path, flags, mode);
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  if (fails(fd)) return -1;
  return next<ssize_t (*)(int, const void*, size_t)>("write")(fd, bytes, size);
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  if (fails(fd)) return -1;
  return next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite")(fd, bytes, size, at);
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  if (fails(fd)) return -1;
  return next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64")(fd, bytes, size, at);
}
int fsync(int fd) {
  if (fails(fd)) return -1;
  return next<int (*)(int)>("fsync")(fd);
}
int fdatasync(int fd) {
  if (fails(fd)) return -1;
  return next<int (*)(int)>("fdatasync")(fd);
}
int ftruncate(int fd, off_t size) {
  if (fails(fd)) return -1;
  return next<int (*)(int, off_t)>("ftruncate")(fd, size);
}
int ftruncate64(int fd, off64_t size) {
  if (fails(fd)) return -1;
  return next<int (*)(int, off64_t)>("ftruncate64")(fd, size);
}
int rename(const char* from, const char* to) {
  if (fails(to)) return -1;
  return next<int (*)(const char*, const char*)>("rename")(from, to);
}
int link(const char* from, const char* to) {
  if (fails(to)) return -1;
  return next<int (*)(const char*, const char*)>("link")(from, to);
}
int mkdir(const char* path, mode_t mode) {
  if (fails(path)) return -1;
  return next<int (*)(const char*, mode_t)>("mkdir")(path, mode);
}
int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int fd = opened("open", path, flags, rest);
  va_end(rest);
  return fd;
}
int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int fd = opened("open64", path, flags, rest);
  va_end(rest);
  return fd;
}
}
