// HTTP as this room needs it: one GET whose body goes to a sink as it comes. The only file beside
// http_client.cpp that knows how; behind it is libcurl.
//
// fetch() is awaited on the loop. The transfer itself, and every call of its sink, runs on a thread of the
// client's own, so that neither names nor disks hold the loop up.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/address_place.h"
#include "base/asio.h"
#include "base/result.h"

namespace edu::catalogue {

inline constexpr int kMostRedirects = 5;
inline constexpr std::size_t kLongestUrl = 8000;       // bytes, as RFC 9110 section 4.1 asks for
inline constexpr std::size_t kLargestHead = 64 << 10;  // bytes of all header lines of one answer
inline constexpr long kConnectSeconds = 30;
inline constexpr long kSlowSeconds = 60;  // below kSlowBytes a second for so long, a transfer is given up
inline constexpr long kSlowBytes = 100;

// How a server is reached, and which.
struct Access {
  std::string proxy{};              // a URL; empty: none, whatever the environment says
  std::filesystem::path ca_file{};  // certificates to trust instead of the system's; empty: the system's
  std::uint64_t rate = 0;           // bytes a second at most; 0: as fast as it comes
  // Hosts that a setting names: they may lie anywhere. Any other one that a link or a redirect names may lie
  // in the public net, and in a private one where `private_too` says so or where the redirect came from one.
  std::vector<std::string> named{};
  bool private_too = false;
};

struct Request {
  std::string url;
  std::uint64_t largest = 0;            // bytes; a longer body is refused, whatever is declared
  std::uint64_t from = 0;               // the first byte that is wanted
  std::optional<std::uint64_t> last{};  // the last one; none: all to the end
  std::string if_range;                 // with `from`: only while the server's file is still this one
  std::string etag, modified;           // what we have already: answered by status 304
  long seconds = 0;                     // for all of it; 0: as long as it does not stall
};

struct Response {
  int status = 0;   // 200, 206 or 304
  std::string url;  // after redirects
  std::string etag, modified;
  std::string type;                     // as it was declared; it may be wrong
  std::uint64_t from = 0;               // of the file, the first byte of this body
  std::optional<std::uint64_t> length;  // of the whole file, where it is declared
  bool encoded = false;                 // it was compressed on the way: nothing can be asked for in pieces
  Place place = Place::public_net;      // where the server lies, as far as it is known
};

// On the client's thread; a refusal ends the transfer with it, and so does an exception.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual Result<void> begin(const Response& head) = 0;  // before the first byte; not for a 304
  virtual Result<void> take(std::span<const std::uint8_t> bytes) = 0;
};

// Refusals, each with {host} or {url}; kind `unavailable` where trying again may help:
// catalogue.url, .private_address, .login_page (status 511), .dns, .connect, .proxy, .timeout, .tls,
// .certificate {what}, .ca_file, .redirect, .redirects, .not_found, .forbidden, .status {status}, .too_large
// {most}, .cut_short, .range, .transfer {what}; and the sink's own. Only cancellation throws, once the sink
// is not used any more.
using Fetch = std::function<awaitable<Result<Response>>(Request request, Access access, Sink& sink)>;

class HttpClient {
 public:
  // `own_ports`: of this machine's, which no address leads to, whoever names it.
  explicit HttpClient(std::vector<std::uint16_t> own_ports = {});
  ~HttpClient();  // what is under way ends without an answer
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  awaitable<Result<Response>> fetch(Request request, Access access, Sink& sink);

  class Engine;

 private:
  std::unique_ptr<Engine> engine_;
};

// An http or https URL, absolute, or `reference` as it is meant on the page `base` (RFC 3986 section 5). What
// browsers take is taken: blanks around it and line breaks in it go, blanks, Chinese characters and other
// bytes are escaped, a host of other letters than ASCII gets its ASCII form (UTS 46). No user names, no other
// schemes, at most kLongestUrl bytes; nullopt for anything else.
std::optional<std::string> absolute_url(std::string_view base, std::string_view reference);
std::string host_of(const std::string& url);  // lower case, as it was asked for; may be empty
// Without query and fragment, which may hold a key: for records and diagnostics.
std::string shown_url(const std::string& url);
// The last segment of its path, decoded, as any bytes; may be empty.
std::string file_name_of(const std::string& url);

}  // namespace edu::catalogue
