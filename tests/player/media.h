// What the player's tests share: small media made by ffmpeg, a listener that must hear nothing, texts in
// files.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "tests/support/temp_folder.h"

namespace edu::player::test {

namespace fs = std::filesystem;

inline void write_file(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string read_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Runs ffmpeg on `arguments`, which name the inputs and the options; the output is `path`.
inline fs::path make_media(const fs::path& path, const std::string& arguments) {
  const auto command = "ffmpeg -nostdin -loglevel error -y " + arguments + " '" + path.string() + "'";
  if (std::system(command.c_str()) != 0) throw std::runtime_error(command);
  return path;
}

inline std::string picture(int seconds) {
  return "-f lavfi -i testsrc2=size=320x180:rate=25:duration=" + std::to_string(seconds) + " ";
}
inline std::string sound(int seconds) {
  return "-f lavfi -i sine=frequency=440:duration=" + std::to_string(seconds) + " ";
}

// The first `percent` of a file.
inline fs::path cut(const fs::path& whole, const fs::path& to, int percent) {
  const auto bytes = read_bytes(whole);
  write_file(to,
             std::string_view(bytes).substr(0, bytes.size() * static_cast<std::size_t>(percent) / 100 + 1));
  return to;
}

// A TCP listener on a port of the kernel's choosing.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_.get(), generic, length) != 0 || ::listen(socket_.get(), 8) != 0 ||
        ::getsockname(socket_.get(), generic, &length) != 0)
      throw std::runtime_error("listener");
    port_ = ntohs(address.sin_port);
  }
  std::string url(const std::string& name) const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/" + name;
  }
  bool was_called() const { return Fd(::accept(socket_.get(), nullptr, nullptr)).get() >= 0; }

 private:
  Fd socket_;
  int port_ = 0;
};

}  // namespace edu::player::test
