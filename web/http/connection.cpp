// The protocol: bytes → Request → handler → Response → bytes, with every bound that a stranger's bytes need.
//
// Comes in: a socket that a listener accepted. Leaves: an answer for each request, or a closed socket. On the
// loop. The only source of this room that includes Beast. Errors of the wire (the other side went, was too
// slow) end the connection without a word; what the other side can still read is told as a problem.
#include "web/http/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <sys/socket.h>

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
constexpr std::size_t kPiece = 16384;          // bytes that are read at a time

struct Denial {
  int status;
  const char* code;
};

// What a failed read means for the other side; nothing when it went or was closed.
std::optional<Denial> denial_of(const error_code& error) {
  if (error == boost::system::errc::not_enough_memory) return Denial{503, "web.too_many"};
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

bool take_target(const Parser& parser, Request& request) {
  const auto raw = parser.get().target();
  auto target = parse_target(std::string_view(raw.data(), raw.size()));
  if (!target) return false;
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  return true;
}

// The descriptors that came with some bytes are ours from here on, whatever becomes of them.
void take_descriptors(msghdr& message, std::vector<std::shared_ptr<Fd>>& taken) {
  for (auto* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const auto count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(part) + i * sizeof(int), sizeof descriptor);
      auto owned = std::make_shared<Fd>(descriptor);
      if (taken.size() < kMostDescriptors) taken.push_back(std::move(owned));
    }
  }
}

// As recv(2), without waiting.
ssize_t take_bytes(int socket, asio::mutable_buffer space, std::vector<std::shared_ptr<Fd>>& descriptors) {
  iovec part{space.data(), space.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(kMostDescriptors * sizeof(int))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const auto got = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (got >= 0) take_descriptors(message, descriptors);
  return got;
}

}  // namespace

// What a request holds of the memory of all; given back when it ends.
class Connection::Held {
 public:
  explicit Held(Service& service) : service_(service) {}
  ~Held() { service_.held -= bytes_; }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  // False: together they would hold too much, and it is not taken.
  bool set(std::uint64_t bytes) {
    if (bytes > bytes_ && service_.held + (bytes - bytes_) > service_.limits.memory) return false;
    service_.held += bytes;
    service_.held -= bytes_;
    bytes_ = bytes;
    return true;
  }

 private:
  Service& service_;
  std::uint64_t bytes_ = 0;
};

// What one round brings: a request, or the reason to refuse it, or neither when there is nobody left to tell.
struct Connection::Incoming {
  explicit Incoming(Service& service)
      : buffer(service.limits.header + std::max<std::size_t>(kPiece, service.limits.header)), held(service) {}
  beast::flat_buffer buffer;  // may already hold the beginning of the next request
  Held held;
  std::vector<std::shared_ptr<Fd>> descriptors;
  std::optional<Request> request;
  std::optional<Response> denial;
  bool keep_alive = false;

  void deny(Language language, const Denial& why, const Args& args = {}) {
    denial = problem(language, Refusal{why.code, args, {}}, why.status);
  }
};

Connection::Connection(Socket socket, Entrance entrance, std::shared_ptr<Service> service)
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
  Incoming incoming(*self->service_);
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
  Incoming incoming(*self->service_);
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
    incoming.held.set(0);  // what had come of it is gone
    co_await refuse_and_linger(incoming);
    co_return false;
  }
  if (!incoming.request) co_return false;
  const bool head = incoming.request->method == "HEAD";
  enter(Phase::answering, std::nullopt);
  auto answered = co_await answer(std::move(*incoming.request));
  incoming.held.set(0);
  if (!answered) co_return false;
  auto& response = *answered;
  if (response.stream && !head) co_return co_await stream(response);
  const bool keep = incoming.keep_alive && !response.stream && !service_->stopping;
  const bool sent = co_await send(response, keep, head);
  co_return sent&& keep;
}

// The answer, or nothing when the other side has hung up meanwhile. Only a question may be dropped half-way:
// what changes something goes on to its end.
awaitable<std::optional<Response>> Connection::answer(Request request) {
  using namespace asio::experimental::awaitable_operators;
  const bool question = request.method == "GET" || request.method == "HEAD";
  auto answering = service_->handler(std::move(request));
  if (!question) co_return co_await std::move(answering);
  auto first = co_await (std::move(answering) || hung_up());
  if (first.index() == 0) co_return std::get<0>(std::move(first));
  co_return std::nullopt;
}

// Ends when the other side has closed; the next question, where it comes early, is left where it is.
awaitable<void> Connection::hung_up() {
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await socket_.async_wait(Socket::wait_read, token);
  char byte = 0;
  const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  const bool gone = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
  if (error || gone) co_return;
  asio::steady_timer never(socket_.get_executor(), asio::steady_timer::time_point::max());
  co_await never.async_wait(token);
}

// Always to be closed after it.
awaitable<bool> Connection::stream(Response& response) {
  using namespace asio::experimental::awaitable_operators;
  if (service_->streams >= service_->limits.streams) {
    auto full = problem(service_->language, Refusal{"web.too_many", {}, {}}, 503);
    full.headers.emplace_back("Retry-After", "10");
    co_await send(full, false, false);
    co_return false;
  }
  struct Counted {
    std::size_t& count;
    explicit Counted(std::size_t& streams) : count(++streams) {}
    ~Counted() { --count; }
  } counted(service_->streams);
  const bool sent = co_await send(response, false, false);
  if (sent) {
    auto pumping = pump(*response.stream);
    co_await (std::move(pumping) || hung_up());
  }
  co_return false;
}

// Waits until there are bytes; 0: the other side sends no more, or `error`.
awaitable<std::size_t> Connection::fill(Incoming& incoming, error_code& error) {
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto room = std::min(kPiece, incoming.buffer.max_size() - incoming.buffer.size());
  if (room == 0) {
    error = http::error::buffer_overflow;
    co_return 0;
  }
  while (!error) {
    const auto space = incoming.buffer.prepare(room);
    const auto got = take_bytes(socket_.native_handle(), space, incoming.descriptors);
    if (got >= 0) {
      incoming.buffer.commit(static_cast<std::size_t>(got));
      co_return static_cast<std::size_t>(got);
    }
    if (errno == EAGAIN)
      co_await socket_.async_wait(Socket::wait_read, token);
    else if (errno != EINTR)
      error.assign(errno, boost::system::system_category());
  }
  co_return 0;
}

// Feeds the parser until `done`.
template <class Parser, class Done>
awaitable<void> Connection::parse(Incoming& incoming, Parser& parser, Done done, error_code& error) {
  auto& buffer = incoming.buffer;
  bool more = buffer.size() == 0;
  while (!error && !done(parser)) {
    if (more) {
      const auto got = co_await fill(incoming, error);
      if (!error && got == 0 && parser.got_some()) parser.put_eof(error);
      if (!error && got == 0 && !done(parser)) error = http::error::end_of_stream;
      if (!error && !incoming.held.set(buffer.capacity() + parser.get().body().size()))
        error = make_error_code(boost::system::errc::not_enough_memory);
      if (error) break;
    }
    const auto used = parser.put(buffer.data(), error);
    buffer.consume(used);
    more = error == http::error::need_more || used == 0;
    if (error == http::error::need_more) error = {};
  }
}

awaitable<void> Connection::receive(Incoming& incoming) {
  const auto& limits = service_->limits;
  enter(Phase::reading, limits.request_timeout);
  incoming.request.reset();
  incoming.descriptors.clear();
  Parser parser;
  parser.header_limit(limits.header);
  parser.body_limit(limits.body);
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto head_done = [](const Parser& one) { return one.is_header_done(); };
  co_await parse(incoming, parser, head_done, error);
  Request request;
  request.transport = entrance_.transport;
  request.caller = entrance_.caller;
  take_headers(parser, request);
  request.method = std::string(parser.get().method_string());
  request.language = language_of(request.header("accept-language"), service_->language);
  if (!error && !take_target(parser, request)) {
    const Denial bad_target{400, "web.target"};
    incoming.deny(request.language, bad_target);
    co_return;
  }
  if (!error && request.transport == Transport::tcp) {
    if (service_->identify) service_->identify(request, request.caller);
    const auto most = request.caller.known() ? limits.body : limits.stranger_body;
    if (parser.content_length_remaining().value_or(0) > most) {
      const Denial log_in{403, "web.log_in"};  // a log-in may have ended meanwhile: its body is not too large
      incoming.deny(request.language, log_in);
      co_return;
    }
    parser.body_limit(most);
  }
  if (!error && ascii_lower(request.header("expect")) == "100-continue" && !parser.is_done()) {
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(socket_, asio::buffer(go_on), token);
  }
  const auto all_done = [](const Parser& one) { return one.is_done(); };
  parser.eager(true);
  if (!error && !parser.is_done()) co_await parse(incoming, parser, all_done, error);
  if (error) {
    if (const auto denial = denial_of(error)) incoming.deny(request.language, *denial);
    co_return;
  }
  incoming.keep_alive = parser.keep_alive();
  request.body = std::move(parser.get().body());
  request.descriptors = std::move(incoming.descriptors);
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
