// What a request and an answer are inside this room: plain values, without a type of the HTTP library.
// One handler serves every listener (web/http/server.h); web/http/router.h finds the route.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/asio.h"
#include "base/fd.h"
#include "base/messages.h"

namespace edu::web {

enum class Transport { unix_socket, tcp };

inline constexpr std::size_t kMostDescriptors = 4;  // with one request

// Who is behind a request, as its listener knows it.
struct Caller {
  std::string actor;                 // the name that is recorded of what they do
  std::vector<std::string> roles{};  // which routes they may use (web/http/router.h); none: nobody knows them
  std::optional<unsigned> uid{};     // of the account, where the system vouches for it: on the Unix socket
  std::string address{};             // where they come from, on TCP
  std::string login{};               // what they are known by there (Server::Options::identify)

  bool known() const { return !roles.empty(); }
};

struct Request {
  Transport transport = Transport::unix_socket;
  Caller caller;
  std::string method;                                     // as sent, "GET"
  std::string path;                                       // percent-decoded UTF-8, "/api/v1/library"
  std::map<std::string, std::string, std::less<>> query;  // decoded UTF-8; of a repeated name the last
  std::map<std::string, std::string, std::less<>>
      headers;  // names in lower case; repeated ones joined by ", "
  std::map<std::string, std::string, std::less<>> captures;  // of the route's pattern: {no} → "12"
  std::string body;
  std::vector<std::shared_ptr<Fd>>
      descriptors;  // that came along, on the Unix socket; at most kMostDescriptors
  Language language = Language::zh;

  std::string header(std::string_view name) const;
  std::string parameter(std::string_view name) const;  // of the query; empty when it lacks
  std::string capture(std::string_view name) const;
};

// An answer that is written piece by piece. The connection owns it; loop thread.
class Stream {
 public:
  virtual ~Stream() = default;
  // The next piece; an empty one ends the answer. Only cancellation throws.
  virtual awaitable<std::string> next() = 0;
};

struct Response {
  int status = 200;
  std::string content_type;  // empty with an empty body
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // further ones
  std::shared_ptr<Stream> stream;                            // instead of `body`
};

// Runs on the loop, and throws only when it is cancelled.
using Handler = std::function<awaitable<Response>(Request)>;

}  // namespace edu::web
