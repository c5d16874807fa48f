// The protocol: bytes → Request → handler → Response → bytes, with every bound that a stranger's bytes need.
//
// Comes in: a socket that a listener accepted. Leaves: an answer for each request, or a closed socket. On the
// loop. The only source of this room that includes Beast. Errors of the wire (the other side went, was too
// slow) end the connection without a word; what the other side can still read is told as a problem.
#include "web/http/connection.h"

#include <array>

#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "base/text.h"
#include "web/http/answers.h"
#include "web/http/target.h"

namespace edu::web {
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {

constexpr milliseconds kLinger{2000};          // for the other side to read why it was refused
constexpr std::size_t kLingerBytes = 4 << 20;  // that it may still have under way

struct Denial {
  int status;
  const char* code;
};

// What a failed read means for the other side; nothing when it went or was closed.
std::optional<Denial> denial_of(const error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return Denial{431, "web.header_limit"};
  if (error == http::error::body_limit) return Denial{413, "web.body_limit"};
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error.category() == http::make_error_code(http::error::bad_target).category())
    return Denial{400, "web.not_http"};
  return std::nullopt;
}

using Parser = http::request_parser<http::string_body>;

void take_headers(const Parser& parser, Request& request) {
  for (const auto& field : parser.get()) {
    const auto name = ascii_lower(std::string_view(field.name_string().data(), field.name_string().size()));
    const auto value = to_utf8(std::string_view(field.value().data(), field.value().size()));
    auto& held = request.headers[name];
    held = held.empty() ? value : held + ", " + value;
  }
}

}  // namespace

// What one round brings: a request, or the reason to refuse it, or neither when there is nobody left to tell.
struct Connection::Incoming {
  beast::flat_buffer buffer;  // may already hold the beginning of the next request
  std::optional<Request> request;
  std::optional<Response> denial;
  bool keep_alive = false;

  void deny(Language language, const Denial& why, const Args& args = {}) {
    denial = problem(language, Refusal{why.code, args, {}}, why.status);
  }
};

Connection::Connection(Socket socket, Entrance entrance, std::shared_ptr<const Service> service)
    : socket_(std::move(socket)), entrance_(std::move(entrance)), service_(std::move(service)) {
  enter(Phase::reading, service_->limits.request_timeout);
}

void Connection::enter(Phase phase, std::optional<milliseconds> limit) {
  phase_ = phase;
  since_ = service_->clock.mono();
  deadline_.reset();
  if (limit) deadline_ = since_ + *limit;
}

bool Connection::past_its_time() const { return deadline_ && service_->clock.mono() >= *deadline_; }

void Connection::close() noexcept {
  error_code ignored;
  socket_.close(ignored);
  cancel_.emit(asio::cancellation_type::terminal);
}

awaitable<void> Connection::serve(std::shared_ptr<Connection> self) {
  Incoming incoming;
  bool more = true;
  try {
    while (more && self->socket_.is_open()) more = co_await self->exchange(incoming);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) throw;  // closed by the server: ends here
  }
  error_code ignored;
  self->socket_.close(ignored);
}

awaitable<void> Connection::turn_away(std::shared_ptr<Connection> self) {
  Incoming incoming;
  const Denial denial{503, "web.too_many"};
  incoming.deny(self->service_->language, denial);
  incoming.denial->headers.emplace_back("Retry-After", "1");
  try {
    co_await self->refuse_and_linger(incoming);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) throw;
  }
  error_code ignored;
  self->socket_.close(ignored);
}

awaitable<bool> Connection::exchange(Incoming& incoming) {
  co_await receive(incoming);
  if (incoming.denial) {
    co_await refuse_and_linger(incoming);
    co_return false;
  }
  if (!incoming.request) co_return false;
  const bool head = incoming.request->method == "HEAD";
  enter(Phase::answering, std::nullopt);
  auto response = co_await service_->handler(std::move(*incoming.request));
  const bool keep = incoming.keep_alive && !response.stream && !service_->stopping;
  const bool sent = co_await send(response, keep, head);
  if (sent && response.stream && !head) co_await pump(*response.stream);
  co_return sent&& keep;
}

awaitable<void> Connection::receive(Incoming& incoming) {
  const auto& limits = service_->limits;
  enter(Phase::reading, limits.request_timeout);
  incoming.request.reset();
  Parser parser;
  parser.header_limit(limits.header);
  parser.body_limit(limits.body);
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await http::async_read_header(socket_, incoming.buffer, parser, token);
  Request request;
  take_headers(parser, request);
  request.language = language_of(request.header("accept-language"), service_->language);
  if (!error && ascii_lower(request.header("expect")) == "100-continue" && !parser.is_done()) {
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(socket_, asio::buffer(go_on), token);
  }
  if (!error && !parser.is_done()) co_await http::async_read(socket_, incoming.buffer, parser, token);
  if (error) {
    if (const auto denial = denial_of(error)) incoming.deny(request.language, *denial);
    co_return;
  }
  incoming.keep_alive = parser.keep_alive();
  const auto raw = parser.get().target();
  auto target = parse_target(std::string_view(raw.data(), raw.size()));
  const Denial bad_target{400, "web.target"};
  if (!target) {
    incoming.deny(request.language, bad_target);
    co_return;
  }
  request.transport = entrance_.transport;
  request.caller = entrance_.caller;
  request.method = std::string(parser.get().method_string());
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  request.body = std::move(parser.get().body());
  incoming.request = std::move(request);
}

awaitable<bool> Connection::send(Response& response, bool keep, bool head) {
  enter(Phase::writing, service_->limits.request_timeout);
  http::response<http::string_body> message(static_cast<http::status>(response.status), 11);
  message.set(http::field::server, "EduStation/" EDU_VERSION);
  message.set("X-Content-Type-Options", "nosniff");
  message.set("Cross-Origin-Resource-Policy", "same-origin");
  message.set(http::field::cache_control, "no-store");
  if (!response.content_type.empty()) message.set(http::field::content_type, response.content_type);
  for (const auto& [name, value] : response.headers) message.set(name, value);
  message.body() = std::move(response.body);
  if (!response.stream) message.prepare_payload();
  message.keep_alive(keep);
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  http::response_serializer<http::string_body> serializer(message);
  if (head || response.stream)
    co_await http::async_write_header(socket_, serializer, token);
  else
    co_await http::async_write(socket_, serializer, token);
  co_return !error;
}

awaitable<void> Connection::pump(Stream& stream) {
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  while (!error && !service_->stopping) {
    enter(Phase::streaming, std::nullopt);
    const auto piece = co_await stream.next();
    if (piece.empty()) co_return;
    enter(Phase::streaming, service_->limits.request_timeout);
    co_await asio::async_write(socket_, asio::buffer(piece), token);
  }
}

// Closing with bytes unread makes the kernel reset the connection, and the answer would be lost with it.
awaitable<void> Connection::refuse_and_linger(Incoming& incoming) {
  const bool sent = co_await send(*incoming.denial, false, false);
  if (!sent) co_return;
  enter(Phase::writing, kLinger);
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  std::array<char, 16384> rest;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  std::size_t taken = 0;
  while (!error && taken < kLingerBytes) taken += co_await socket_.async_read_some(asio::buffer(rest), token);
}

}  // namespace edu::web
