// HTTP/1.1 on a Unix socket and on 127.0.0.1; one handler behind both.
//
// Comes in: bytes from anybody who connects, none of which are trusted. Leaves: a Request for the handler,
// with who the listener says is behind it, and its answer on the wire. Knows nothing of what it serves. Loop
// thread; every connection is one coroutine. Times go by the Clock seam: one watch closes the connections
// that are past theirs, so that tests need not wait.
//
//   header over the limit → 431, body → 413, bytes that are no HTTP → 400, too slow → closed without a word.
//   All places of a listener taken: its connection that has waited longest without a whole request gives way
//   (idle ones do no harm); when each is busy, the new one is told 503. Who has hung up is noticed while an
//   answer is made: the answer to a question is dropped then.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "web/http/http.h"
#include "web/http/limits.h"

namespace edu::web {

class Server {
 public:
  struct Options {
    Limits limits = {};
    Language language = Language::zh;  // of those who ask for none
    // Who is behind the requests of the Unix socket, under the name of their account.
    Caller on_unix = {};
    // Who is behind a request on TCP, by its head; they have its address already. Called before its body is
    // read, of which strangers may send less. Without it everybody there is a stranger.
    std::function<void(const Request& head, Caller& caller)> identify = {};
    // Processes that get no answer on the Unix socket: helpers of our own that read what strangers sent.
    std::function<bool(int pid)> turned_away = {};
  };
  Server(asio::any_io_executor executor, Clock& clock, Options options, Handler handler);
  ~Server();  // closes what is open; `stop` first where a loop still runs
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens on the Unix socket `file` (mode 0660; one that a dead daemon left is replaced). Each listener is
  // opened once. Both throw std::system_error that names what is taken or cannot be bound.
  void listen(const std::filesystem::path& file);
  // Listens on 127.0.0.1; port 0: any free one.
  void listen_tcp(std::uint16_t port);
  std::uint16_t port() const;       // that TCP listens on; 0: none
  std::size_t connections() const;  // open now
  std::uint64_t held() const;       // bytes, by their requests

  // Takes no more, ends streams and idle connections at once and waits for those whose answer is under way,
  // at most `grace`. Removes the socket file.
  awaitable<void> stop(milliseconds grace = milliseconds(1000));

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace edu::web
