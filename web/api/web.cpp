// The composition of this room: routes behind one handler, the server before it, live events beside them.
//
// Comes in: HTTP requests, and records of the journal as they become durable. Leaves: calls of the other
// rooms' seams on the loop, reads on workers, answers. Nobody includes this room but app/.
#include "web/api/web.h"

#include <boost/asio/bind_cancellation_slot.hpp>

#include "web/api/channels.h"
#include "web/api/context.h"

namespace edu::web {

void add_routes(Router& router, Context& context) {
  add_state_routes(router, context);
  add_library_routes(router, context);
  add_source_routes(router, context);
  add_reception_routes(router, context);
  add_recording_routes(router, context);
  add_roster_routes(router, context);
  add_programme_routes(router, context);
  add_session_routes(router, context);
  add_book_routes(router, context);
  add_journal_routes(router, context);
  add_page_routes(router, context);
}

Web::Web(asio::any_io_executor executor, Rooms rooms, const config::Web& settings, Server::Port port)
    : executor_(executor), context_(std::make_shared<Context>(std::move(rooms))) {
  add_routes(router_, *context_);
  auto handler = [this](Request request) { return router_.serve(std::move(request)); };
  const auto language = language_of(context_->rooms.station.language);
  server_ =
      std::make_unique<Server>(executor, context_->rooms.clock, settings, language, std::move(handler), port);
  // The ledger keeps its listeners for good, so this one looks whether we are still there.
  auto publish = [held = std::weak_ptr<Context>(context_)](const logs::Record& record) {
    if (const auto context = held.lock()) context->hub.publish(record);
  };
  context_->rooms.ledger.listen(std::move(publish));
}

Web::~Web() = default;

void Web::start(const std::filesystem::path& socket) {
  server_->start(socket);
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
  auto stopping = server_->stop(grace);
  co_await std::move(stopping);
}

}  // namespace edu::web
