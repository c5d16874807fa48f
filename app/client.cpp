// Comes in: a question. Leaves: an answer, or NotReachable. Blocks the calling thread.
// The only source of this room that includes Beast.
#include "app/client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <span>
#include <sstream>

#include <boost/asio/connect.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <sys/socket.h>

#include "base/asio.h"
#include "web/http/socket_path.h"

namespace edu::app {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using Socket = asio::generic::stream_protocol::socket;

constexpr std::size_t kReplyPiece = 16384;
constexpr std::uint64_t kLargestAnswer = 1ull << 30;  // a book of a hundred years is smaller

Socket connect(asio::io_context& loop, const Address& address) {
  if (address.local()) {
    const web::SocketPath path(std::filesystem::path(address.folder()) / "api.sock");
    Socket socket(loop);
    socket.connect(asio::local::stream_protocol::endpoint(path.address()));
    return socket;
  }
  asio::ip::tcp::socket socket(loop);
  asio::ip::tcp::resolver resolver(loop);
  asio::connect(socket, resolver.resolve(address.host(), address.port()));
  return Socket(std::move(socket));
}

http::request<http::string_body> message_of(const Address& address, const Question& question) {
  http::request<http::string_body> message;
  message.method_string(question.method);
  message.target(question.target);
  message.version(11);
  message.set(http::field::host, address.local() ? "localhost" : address.host() + ":" + address.port());
  message.set(http::field::accept, question.accept);
  if (!question.language.empty()) message.set(http::field::accept_language, question.language);
  message.set(http::field::user_agent, "edustation/" EDU_VERSION);
  if (!question.content_type.empty()) message.set(http::field::content_type, question.content_type);
  if (!question.last_event_id.empty()) message.set("Last-Event-ID", question.last_event_id);
  message.keep_alive(false);
  message.body() = question.body;
  if (question.method != "GET") message.prepare_payload();
  return message;
}

using Parser = http::response_parser<http::buffer_body>;

// Reads the body piece by piece; false of `take` ends it.
void read_body(Socket& socket, boost::beast::flat_buffer& buffer, Parser& parser,
               const std::function<bool(std::string_view)>& take) {
  std::array<char, kReplyPiece> piece;
  bool more = true;
  while (more && !parser.is_done()) {
    parser.get().body().data = piece.data();
    parser.get().body().size = piece.size();
    error_code error;
    http::read_some(socket, buffer, parser, error);
    const auto size = piece.size() - parser.get().body().size;
    if (size > 0) more = take(std::string_view(piece.data(), size));
    if (error == http::error::end_of_stream) return;
    if (error && error != http::error::need_buffer) throw boost::system::system_error(error);
  }
}

// The request's first bytes take the descriptors along (unix(7), SCM_RIGHTS).
void send_with(Socket& socket, const std::string& bytes, std::span<const int> descriptors,
               error_code& error) {
  std::vector<char> control(CMSG_SPACE(descriptors.size_bytes()));
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};  // it is not written to
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  auto* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(descriptors.size_bytes());
  std::memcpy(CMSG_DATA(head), descriptors.data(), descriptors.size_bytes());
  const auto sent = ::sendmsg(socket.native_handle(), &message, MSG_NOSIGNAL);
  if (sent < 0) {
    error.assign(errno, boost::system::system_category());
    return;
  }
  asio::write(socket, asio::buffer(bytes) + static_cast<std::size_t>(sent), error);
}

void send(Socket& socket, const Address& address, const Question& question, error_code& error) {
  const auto message = message_of(address, question);
  if (question.descriptors.empty() || !address.local()) {
    http::write(socket, message, error);
    return;
  }
  std::ostringstream text;
  text << message;
  send_with(socket, text.str(), question.descriptors, error);
}

Answer exchange(const Address& address, const Question& question,
                const std::function<bool(std::string_view)>& take) {
  asio::io_context loop;
  auto socket = connect(loop, address);
  error_code unsent;  // a station that has no place answers without reading; what it says is read below
  send(socket, address, question, unsent);
  boost::beast::flat_buffer buffer;
  Parser parser;
  parser.body_limit(kLargestAnswer);
  http::read_header(socket, buffer, parser);
  Answer answer;
  answer.status = parser.get().result_int();
  answer.content_type = std::string(parser.get()[http::field::content_type]);
  answer.language = std::string(parser.get()[http::field::content_language]);
  const auto keep = [&](std::string_view piece) {
    answer.body += piece;
    return true;
  };
  if (answer.good() && take)
    read_body(socket, buffer, parser, take);
  else
    read_body(socket, buffer, parser, keep);
  return answer;
}

}  // namespace

Address::Address(const std::string& station) {
  if (station.find("://") == std::string::npos) {
    folder_ = station;
    return;
  }
  constexpr std::string_view scheme = "http://";
  auto rest = std::string_view(station);
  if (!rest.starts_with(scheme)) throw std::invalid_argument(station);
  rest.remove_prefix(scheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const auto colon = rest.find(':');
  host_ = rest.substr(0, colon);
  port_ = colon == std::string_view::npos ? "80" : rest.substr(colon + 1);
  const bool digits =
      !port_.empty() && std::ranges::all_of(port_, [](char c) { return c >= '0' && c <= '9'; });
  if (host_.empty() || !digits || host_.find_first_of("/?#@[]") != std::string::npos)
    throw std::invalid_argument(station);
}

std::string Address::text() const { return local() ? folder_ : "http://" + host_ + ":" + port_; }

Answer ask(const Address& address, const Question& question) { return listen(address, question, {}); }

Answer listen(const Address& address, const Question& question,
              const std::function<bool(std::string_view)>& take) {
  try {
    return exchange(address, question, take);
  } catch (const boost::system::system_error& error) {
    throw NotReachable(error.code().message());
  } catch (const std::system_error& error) {  // of SocketPath
    throw NotReachable(error.code().message());
  }
}

}  // namespace edu::app
