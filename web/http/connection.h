// One connection of the HTTP server: requests in, answers out, one after the other. Loop thread.
//
// What a connection holds is bounded as a whole: a buffer of twice the head's limit, whatever comes in it
// (heads, chunks' lines, trailers), and the body; and so is what all hold together.
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
  Caller caller;  // on the Unix socket the account's name takes the place of `actor`
                  // (on TCP it is known by each request's head: Service::identify)
};

// Of whichever kind: a TCP and a Unix socket both become one of these, so that the protocol is compiled once.
using Socket = asio::generic::stream_protocol::socket;

// What all connections of a server share.
struct Service {
  Clock& clock;
  Limits limits;
  Language language;  // of those who ask for none
  Handler handler;
  std::function<void(const Request&, Caller&)> identify = {};  // of a request on TCP
  bool stopping = false;    // no connection is kept open for a further request
  std::uint64_t held = 0;   // bytes, by all requests that are being received or answered
  std::size_t streams = 0;  // answers under way that never end
};

class Connection {
 public:
  Connection(Socket socket, Entrance entrance, std::shared_ptr<Service> service);

  // Both end once the connection is closed, whoever closed it; only programming errors come out of them.
  static awaitable<void> serve(std::shared_ptr<Connection> self);
  static awaitable<void> turn_away(std::shared_ptr<Connection> self);  // 503

  void close() noexcept;  // from any other coroutine of the loop
  asio::cancellation_slot slot() { return cancel_.slot(); }

  bool past_its_time() const;
  bool waits_for_request() const { return phase_ == Phase::reading; }  // nothing is lost by closing it
  bool streams() const { return phase_ == Phase::streaming; }
  Transport transport() const { return entrance_.transport; }
  milliseconds since() const { return since_; }  // when the phase began, by Clock::mono

 private:
  enum class Phase { reading, answering, writing, streaming };
  struct Incoming;
  class Held;

  void enter(Phase phase, std::optional<milliseconds> limit);
  awaitable<void> receive(Incoming& incoming);
  awaitable<std::size_t> fill(Incoming& incoming, boost::system::error_code& error);
  template <class Parser, class Done>
  awaitable<void> parse(Incoming& incoming, Parser& parser, Done done, boost::system::error_code& error);
  awaitable<std::optional<Response>> answer(Request request);
  awaitable<void> hung_up();
  awaitable<bool> stream(Response& response);
  awaitable<bool> exchange(Incoming& incoming);                    // false: close
  awaitable<bool> send(Response& response, bool keep, bool head);  // takes its body
  awaitable<void> pump(Stream& stream);
  awaitable<void> refuse_and_linger(Incoming& incoming);

  Socket socket_;
  Entrance entrance_;
  std::shared_ptr<Service> service_;
  asio::cancellation_signal cancel_;
  Phase phase_ = Phase::reading;
  milliseconds since_{};
  std::optional<milliseconds> deadline_;  // by Clock::mono
};

}  // namespace edu::web
