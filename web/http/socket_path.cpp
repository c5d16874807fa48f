#include "web/http/socket_path.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/un.h>

namespace edu::web {
namespace {

constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

SocketPath::SocketPath(const std::filesystem::path& file) : address_(file.string()) {
  if (address_.size() <= kLongest) return;
  folder_ = Fd(::open(file.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder_) throw std::system_error(errno, std::generic_category(), file.parent_path().string());
  address_ = "/proc/self/fd/" + std::to_string(folder_.get()) + "/" + file.filename().string();
  if (address_.size() > kLongest)
    throw std::system_error(ENAMETOOLONG, std::generic_category(), file.string());
}

}  // namespace edu::web
