// The web room: the station's HTTP interface under /api/v1, live events and the first page, on a Unix socket
// and on 127.0.0.1. Loop thread. Routes and bodies: docs/formats.md.
#pragma once

#include <filesystem>
#include <memory>

#include <boost/asio/cancellation_signal.hpp>

#include "config/settings.h"
#include "web/api/rooms.h"
#include "web/http/router.h"
#include "web/http/server.h"

namespace edu::web {

struct Context;

class Web {
 public:
  Web(asio::any_io_executor executor, Rooms rooms, const config::Web& settings);
  ~Web();

  // Listens and serves. Each throws std::system_error (see Server).
  void listen(const std::filesystem::path& socket);
  void listen_tcp(std::uint16_t port);
  std::uint16_t port() const { return server_->port(); }
  // Tells everyone who listens at the moment what happens on a channel. It is no record, and has no number.
  void tell(const receiver::ChannelEvent& event) noexcept;
  // Ends streams, lets answers that are under way be given, closes. Await it before the loop ends.
  awaitable<void> stop(milliseconds grace = milliseconds(1000));

 private:
  awaitable<Response> serve(Request request);
  void beat();

  asio::any_io_executor executor_;
  std::shared_ptr<Context> context_;  // shared with the ledger's listener
  Router router_;
  std::unique_ptr<Server> server_;
  bool beating_ = false;
  asio::cancellation_signal stop_beating_;
};

}  // namespace edu::web
