// Stands for the service manager: starts a program for each who connects to its socket, with the connection
// as its standard input and output (systemd.socket(5), Accept=yes).
#pragma once

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

namespace edu::player::test {

class Activation {
 public:
  Activation(std::filesystem::path socket, std::vector<std::string> command)
      : command_(std::move(command)), listening_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    socket.native().copy(name.sun_path, sizeof name.sun_path - 1);
    EXPECT_EQ(::bind(listening_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
    EXPECT_EQ(::listen(listening_.get(), 8), 0);
    thread_ = std::thread([this] { accept_all(); });
  }
  ~Activation() { EXPECT_TRUE(ended()); }
  Activation(const Activation&) = delete;
  Activation& operator=(const Activation&) = delete;

  // Starts no more, and waits for those that run: they end when the other side has hung up.
  bool ended() {
    if (!thread_.joinable()) return true;
    ::shutdown(listening_.get(), SHUT_RDWR);
    thread_.join();
    for (const auto child : children_)
      if (::waitpid(child, nullptr, 0) != child) return false;
    return true;
  }

 private:
  void accept_all() {
    for (;;) {
      const Fd connection(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!connection) return;
      std::vector<char*> words;
      for (auto& word : command_) words.push_back(word.data());
      words.push_back(nullptr);
      const auto child = ::fork();
      if (child == 0) {
        ::dup2(connection.get(), STDIN_FILENO);
        ::dup2(connection.get(), STDOUT_FILENO);
        ::execv(words.front(), words.data());
        ::_exit(127);
      }
      children_.push_back(child);
    }
  }

  std::vector<std::string> command_;
  Fd listening_;
  std::vector<pid_t> children_;  // the thread's, until it was joined
  std::thread thread_;
};

}  // namespace edu::player::test
