// The composition of this room: routes behind one handler, the server before it, live events beside them.
//
// Comes in: HTTP requests, and records of the journal as they become durable. Leaves: calls of the other
// rooms' seams on the loop, reads on workers, answers. Nobody includes this room but app/.
#include "web/api/web.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <spdlog/spdlog.h>

#include "web/api/channels.h"
#include "web/api/context.h"

namespace edu::web {

namespace {

Server::Options options_of(const config::Web& settings, const config::Station& station,
                           std::function<bool(int pid)> is_helper, Gate& gate) {
  // Whom the socket's mode lets in is an operator, under the name of their account.
  const Caller account{kOperator, {kOperator}};
  return {.limits = {.header = settings.header_limit,
                     .body = settings.body_limit,
                     .request_timeout = settings.request_timeout,
                     .connections = settings.connections,
                     .tcp_connections = settings.page_connections,
                     .streams = settings.streams},
          .language = language_of(station.language),
          .on_unix = account,
          .identify = [&gate](const Request& head, Caller& caller) { gate.identify(head, caller); },
          .turned_away = std::move(is_helper)};
}

}  // namespace

Web::Web(asio::any_io_executor executor, Rooms rooms, const config::Web& settings)
    : executor_(executor), context_(std::make_shared<Context>(std::move(rooms))) {
  add_routes(router_, *context_);
  context_->gate.load(*open_read_only(context_->rooms.database));
  context_->gate.on_end([this](const std::string& login) { context_->hub.end_of(login); });
  auto handler = [this](Request request) { return serve(std::move(request)); };
  server_ = std::make_unique<Server>(
      executor, context_->rooms.clock,
      options_of(settings, context_->rooms.station, context_->rooms.is_helper, context_->gate),
      std::move(handler));
  // The ledger keeps its listeners for good, so this one looks whether we are still there.
  auto publish = [held = std::weak_ptr<Context>(context_)](const logs::Record& record) {
    if (const auto context = held.lock()) context->hub.publish(record);
  };
  context_->rooms.ledger.listen(std::move(publish));
}

Web::~Web() = default;

void Web::listen(const std::filesystem::path& socket) {
  server_->listen(socket);
  beat();
}

void Web::listen_tcp(std::uint16_t port) {
  server_->listen_tcp(port);
  context_->port = server_->port();
  beat();
  if (!context_->gate.ready())
    spdlog::warn(
        "web: nobody can log in yet; http://127.0.0.1:{}/setup makes the first operator, by the code {}",
        server_->port(), context_->gate.code());
}

awaitable<Response> Web::serve(Request request) {
  if (!request.caller.login.empty()) co_await context_->gate.seen(request.caller);
  if (request.transport == Transport::tcp) {  // while its body came, the log-in may have ended
    Caller caller;
    caller.address = request.caller.address;
    context_->gate.identify(request, caller);
    request.caller = std::move(caller);
  }
  co_return co_await router_.serve(std::move(request));
}

void Web::beat() {
  if (std::exchange(beating_, true)) return;
  // Ends by cancellation alone, which throws: nothing to say about it.
  auto ended = [](std::exception_ptr) {};
  asio::co_spawn(executor_, context_->hub.beat(context_->rooms.clock),
                 asio::bind_cancellation_slot(stop_beating_.slot(), ended));
}

void Web::tell(const receiver::ChannelEvent& event) noexcept {
  const auto kind = "channel." + event.kind;
  context_->hub.tell(kind, event_json(event, context_->rooms.clock.now()));
}

awaitable<void> Web::stop(milliseconds grace) {
  stop_beating_.emit(asio::cancellation_type::terminal);
  context_->hub.end_all();
  co_await server_->stop(grace);
}

}  // namespace edu::web
