// One connection of the HTTP server: requests in, answers out, one after the other. Loop thread.
#pragma once

#include <memory>
#include <optional>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include "base/clock.h"
#include "web/http/http.h"
#include "web/http/limits.h"

namespace edu::web {

// A way in, and who comes by it.
struct Entrance {
  Transport transport;
  Caller caller;
};

// Of whichever kind: a TCP and a Unix socket both become one of these, so that the protocol is compiled once.
using Socket = asio::generic::stream_protocol::socket;

// What all connections of a server share.
struct Service {
  Clock& clock;
  Limits limits;
  Language language;  // of those who ask for none
  Handler handler;
  bool stopping = false;  // no connection is kept open for a further request
};

class Connection {
 public:
  Connection(Socket socket, Entrance entrance, std::shared_ptr<const Service> service);

  // Both end once the connection is closed, whoever closed it; only programming errors come out of them.
  static awaitable<void> serve(std::shared_ptr<Connection> self);
  static awaitable<void> turn_away(std::shared_ptr<Connection> self);  // 503

  void close() noexcept;  // from any other coroutine of the loop
  asio::cancellation_slot slot() { return cancel_.slot(); }

  bool past_its_time() const;
  bool waits_for_request() const { return phase_ == Phase::reading; }  // nothing is lost by closing it
  bool streams() const { return phase_ == Phase::streaming; }
  milliseconds since() const { return since_; }  // when the phase began, by Clock::mono

 private:
  enum class Phase { reading, answering, writing, streaming };
  struct Incoming;

  void enter(Phase phase, std::optional<milliseconds> limit);
  awaitable<void> receive(Incoming& incoming);
  awaitable<bool> exchange(Incoming& incoming);                    // false: close
  awaitable<bool> send(Response& response, bool keep, bool head);  // takes its body
  awaitable<void> pump(Stream& stream);
  awaitable<void> refuse_and_linger(Incoming& incoming);

  Socket socket_;
  Entrance entrance_;
  std::shared_ptr<const Service> service_;
  asio::cancellation_signal cancel_;
  Phase phase_ = Phase::reading;
  milliseconds since_{};
  std::optional<milliseconds> deadline_;  // by Clock::mono
};

}  // namespace edu::web
