#include "receiver/catalogue/certificate_files.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace edu::catalogue {
namespace {

constexpr off_t kLargestFile = 4 << 20;  // bytes; Debian's own certificates have 220,000

tl::unexpected<std::string> wrong(int error) {
  return tl::unexpected(std::generic_category().message(error));
}

std::string version_of(const struct stat& info) {
  return fmt::format("{} {} {} {} {}", info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec,
                     info.st_mtim.tv_nsec);
}

}  // namespace

tl::expected<CertificateFiles::Bytes, std::string> CertificateFiles::read(const std::filesystem::path& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat info {};
  if (!fd || ::fstat(fd.get(), &info) != 0) return wrong(errno);
  if (!S_ISREG(info.st_mode)) return wrong(EINVAL);
  if (info.st_size > kLargestFile) return wrong(EFBIG);
  auto& held = held_[path];
  auto version = version_of(info);
  if (held.bytes && held.version == version) return held.bytes;
  std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
  const auto got = ::pread(fd.get(), bytes.data(), bytes.size(), 0);
  if (got < 0) return wrong(errno);
  bytes.resize(static_cast<std::size_t>(got));
  held = {std::move(version), std::make_shared<const std::string>(std::move(bytes))};
  return held.bytes;
}

}  // namespace edu::catalogue
