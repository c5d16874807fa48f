// A web server of a test's own on a free port of the loopback: it does what the test tells it for each path,
// remembers what was asked, and runs on a thread.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include "base/asio.h"
#include "base/text.h"

namespace edu::test {

class WebServer {
 public:
  struct Asked {
    std::string path;
    std::map<std::string, std::string> headers;  // names in lower case
  };
  // The whole answer, head and body, as it goes over the line; the connection is closed after it.
  using Answer = std::function<std::string(const Asked&)>;

  WebServer() : acceptor_(loop_, {asio::ip::address_v4::loopback(), 0}) {
    asio::co_spawn(loop_, accept(), asio::detached);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~WebServer() {
    loop_.stop();
    thread_.join();
  }

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + path;
  }
  void on(const std::string& path, Answer answer) {
    const std::lock_guard hold(mutex_);
    answers_[path] = std::move(answer);
  }
  std::vector<Asked> asked() {
    const std::lock_guard hold(mutex_);
    return asked_;
  }

  static std::string reply(const std::string& status, const std::string& head, const std::string& body) {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + head +
           "\r\n" + body;
  }
  // A file with ETag and ranges, as a well-made server gives it.
  static Answer file(std::string body, std::string etag) {
    return [body, etag](const Asked& asked) {
      const auto head = "ETag: " + etag + "\r\n";
      const auto known = asked.headers.find("if-none-match");
      if (known != asked.headers.end() && known->second == etag) return reply("304 Not Modified", head, "");
      const auto range = asked.headers.find("range");
      const auto condition = asked.headers.find("if-range");
      if (range == asked.headers.end() || (condition != asked.headers.end() && condition->second != etag))
        return reply("200 OK", head, body);
      const auto from = std::stoul(range->second.substr(6));
      if (from >= body.size()) return reply("416 Range Not Satisfiable", head, "");
      return reply("206 Partial Content",
                   head + "Content-Range: bytes " + std::to_string(from) + "-" +
                       std::to_string(body.size() - 1) + "/" + std::to_string(body.size()) + "\r\n",
                   body.substr(from));
    };
  }

 private:
  awaitable<void> accept() {
    for (;;) {
      auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
      asio::co_spawn(loop_, serve(std::move(socket)), asio::detached);
    }
  }
  awaitable<void> serve(asio::ip::tcp::socket socket) {
    std::string text;
    auto reading =
        asio::async_read_until(socket, asio::dynamic_buffer(text), "\r\n\r\n", asio::use_awaitable);
    co_await std::move(reading);
    const auto answer = answer_to(parse(text));
    co_await asio::async_write(socket, asio::buffer(answer), asio::use_awaitable);
  }
  static Asked parse(const std::string& text) {
    Asked asked;
    asked.path = text.substr(4, text.find(' ', 4) - 4);
    for (auto at = text.find("\r\n") + 2; at < text.size();) {
      const auto end = text.find("\r\n", at);
      const auto colon = text.find(": ", at);
      if (end == at || colon > end) break;
      asked.headers[ascii_lower(text.substr(at, colon - at))] = text.substr(colon + 2, end - colon - 2);
      at = end + 2;
    }
    return asked;
  }
  std::string answer_to(const Asked& asked) {
    const std::lock_guard hold(mutex_);
    asked_.push_back(asked);
    const auto answer = answers_.find(asked.path);
    return answer == answers_.end() ? reply("404 Not Found", "", "no") : answer->second(asked);
  }

  asio::io_context loop_;
  asio::ip::tcp::acceptor acceptor_;
  std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  std::vector<Asked> asked_;
  std::thread thread_;
};

}  // namespace edu::test
