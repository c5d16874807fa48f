// A client that speaks to the server in bytes, as a broken or hostile one may, and a server on a thread of
// its own.
#pragma once

#include <cstring>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/fd.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"
#include "web/http/server.h"
#include "web/http/socket_path.h"

namespace edu::test {

class RawClient {
 public:
  static RawClient tcp(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return RawClient(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  static RawClient local(const std::filesystem::path& file) {
    const web::SocketPath path(file);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.address().data(), path.address().size());
    return RawClient(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }

  // False once the other side has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // With a descriptor beside the bytes, on a Unix socket.
  bool send_with(std::string_view bytes, int descriptor) {
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof descriptor)] = {};
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    auto* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
    return ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  void finish_sending() { ::shutdown(fd_.get(), SHUT_WR); }
  // What comes up to and including `mark`, or to the end. Throws after 20 s of nothing.
  std::string until(std::string_view mark) {
    while (left_.find(mark) == std::string::npos && receive()) {
    }
    const auto found = left_.find(mark);
    return take(found == std::string::npos ? left_.size() : found + mark.size());
  }
  std::string rest() { return until("\x01 never sent"); }
  // One answer with a Content-Length, head and body.
  std::string answer() {
    const auto head = until("\r\n\r\n");
    const auto field = head.find("Content-Length: ");
    if (field == std::string::npos) return head;
    const auto size = std::stoul(head.substr(field + 16));
    while (left_.size() < size && receive()) {
    }
    return head + take(size);
  }
  std::string ask(std::string_view request) {
    send(request);
    return answer();
  }

 private:
  RawClient(int family, const sockaddr* address, socklen_t size)
      : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{20, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(fd_.get(), address, size) != 0) throw std::runtime_error(std::strerror(errno));
  }
  bool receive() {
    char bytes[4096];
    const auto size = ::recv(fd_.get(), bytes, sizeof bytes, 0);
    if (size < 0 && errno == EAGAIN) throw std::runtime_error("nothing came; so far: " + left_);
    if (size > 0) left_.append(bytes, static_cast<std::size_t>(size));
    return size > 0;
  }
  std::string take(std::size_t size) {
    auto taken = left_.substr(0, size);
    left_.erase(0, size);
    return taken;
  }

  Fd fd_;
  std::string left_;  // that came and was not asked for yet
};

// The loop runs on a thread; `on_loop` runs something there and waits for it.
class ServerThread {
 public:
  // Who has the key is known on TCP, anybody else a stranger.
  static void identify(const web::Request& head, web::Caller& caller) {
    caller.actor = "by the network";
    if (head.header("x-key") == "right") caller.roles = {"any"};
  }
  explicit ServerThread(web::Handler handler, const web::Limits& limits = {},
                        Language language = Language::en, std::function<bool(int pid)> turned_away = {}) {
    const web::Server::Options options{.limits = limits,
                                       .language = language,
                                       .on_unix = {"by the socket", {"any"}},
                                       .identify = identify,
                                       .turned_away = std::move(turned_away)};
    server_ = std::make_unique<web::Server>(loop_.get_executor(), clock_, options, std::move(handler));
    server_->listen(socket());
    server_->listen_tcp(0);
    thread_ = std::thread([this] { loop_.run(); });
  }
  template <class F>
  std::invoke_result_t<F> on_loop(F work) {
    std::packaged_task<std::invoke_result_t<F>()> task(std::move(work));
    auto result = task.get_future();
    asio::post(loop_, [&task] { task(); });
    return result.get();
  }
  ~ServerThread() {
    on_loop([this] { server_.reset(); });
    work_.reset();
    loop_.stop();
    thread_.join();
  }

  void advance(milliseconds span) {
    on_loop([this, span] { clock_.advance(span); });
  }
  asio::io_context& loop() { return loop_; }
  ManualClock& clock() { return clock_; }  // on the loop
  web::Server& server() { return *server_; }
  std::size_t connections() {
    return on_loop([this] { return server_->connections(); });
  }
  std::filesystem::path socket() const { return folder_ / "api.sock"; }
  RawClient tcp() { return RawClient::tcp(server_->port()); }
  RawClient local() { return RawClient::local(socket()); }

 private:
  TempFolder folder_;
  asio::io_context loop_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{loop_.get_executor()};
  ManualClock clock_{from_ms(1'700'000'000'000)};
  std::unique_ptr<web::Server> server_;
  std::thread thread_;
};

inline int status_in(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 ") && answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
}

}  // namespace edu::test
