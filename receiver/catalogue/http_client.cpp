// The only user of libcurl. Requests come in from the loop, bodies leave to sinks on this thread, answers go
// back to the loop.
// Long: one wrapper for all of libcurl; its callbacks and options belong to one transfer each.
#include <atomic>
#include <deque>
#include <limits>
#include <map>
#include <mutex>
#include <thread>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/prefer.hpp>
#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "library/courses.h"
#include "receiver/catalogue/certificate_files.h"
#include "receiver/catalogue/door.h"
#include "receiver/catalogue/http.h"

namespace edu::catalogue {
namespace {

constexpr std::size_t kIgnoredBody = 1 << 20;  // bytes of an error page that are read over
constexpr int kPoll = 1000;                    // ms; a wake-up comes at once whatever this is

struct FreeEasy {  // CURL and CURLM are the same type: void
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};
struct Free {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

Refusal trouble(const char* code, const std::string& url, Refusal::Kind kind, std::string what = "") {
  Refusal refusal{std::string("catalogue.") + code, {{"host", host_of(url)}}, kind};
  if (!what.empty()) refusal.args["what"] = one_line(to_utf8(what));
  return refusal;
}

Refusal refusal_of(CURLcode code, const std::string& url, const char* what) {
  using Kind = Refusal::Kind;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return trouble("dns", url, Kind::unavailable);
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:  // libcurl's own words may repeat the proxy's address, and a password in it
      return trouble("proxy", url, Kind::unavailable, curl_easy_strerror(code));
    case CURLE_COULDNT_CONNECT:
      return trouble("connect", url, Kind::unavailable, what);
    case CURLE_OPERATION_TIMEDOUT:
      return trouble("timeout", url, Kind::unavailable);
    case CURLE_PEER_FAILED_VERIFICATION:
      return trouble("certificate", url, Kind::invalid, what);
    case CURLE_SSL_CACERT_BADFILE:
      return trouble("ca_file", url, Kind::invalid, what);
    case CURLE_SSL_CONNECT_ERROR:
      return trouble("tls", url, Kind::unavailable, what);
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
      return trouble("cut_short", url, Kind::unavailable);
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return trouble("url", url, Kind::invalid);
    default:
      return trouble("transfer", url, Kind::unavailable, *what ? what : curl_easy_strerror(code));
  }
}

Refusal refusal_of_status(long status, const std::string& url) {
  using Kind = Refusal::Kind;
  if (status == 404 || status == 410) return trouble("not_found", url, Kind::not_found);
  if (status == 401 || status == 403) return trouble("forbidden", url, Kind::invalid);
  if (status == 407) return trouble("proxy", url, Kind::invalid, "407");
  if (status == 416) return trouble("range", url, Kind::unavailable);
  if (status == 511) return trouble("login_page", url, Kind::unavailable);
  const bool passing = status >= 500 || status == 429 || status == 408;
  auto refusal = trouble("status", url, passing ? Kind::unavailable : Kind::invalid);
  refusal.args["status"] = std::to_string(status);
  return refusal;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  const auto last = text.find_last_not_of(" \t\r\n");
  return first == text.npos || last < first ? "" : std::string(text.substr(first, last - first + 1));
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

struct Transfer {
  Request request;
  Access access;
  Door door;
  bool raw = false;  // the body as it comes, whatever the server says of how it is packed
  Sink* sink = nullptr;
  std::function<void(Result<Response>, bool cancelled)> answer;

  std::atomic<bool> cancelled{false};
  std::unique_ptr<CURL, FreeEasy> easy;
  std::unique_ptr<curl_slist, Free> headers;
  char error[CURL_ERROR_SIZE] = "";
  std::map<std::string, std::string> head;  // lines of the newest answer
  std::size_t head_bytes = 0;
  std::uint64_t body = 0;
  bool begun = false;
  bool turned_away = false;  // by the door
  bool unpack_failed = false;
  std::string redirect;  // where this answer sends us
  Response response;
  std::optional<Refusal> refusal;

  void prepare(CertificateFiles& files);
  bool set_headers();
  void set_certificates(CertificateFiles& files);
  void on_header(std::string_view line);
  bool on_body(std::span<const std::uint8_t> bytes);
  void begin();
  bool wanted() const { return response.status == 200 || response.status == 206; }
  void refuse_too_large();
  void finish(CURLcode code);
};

std::size_t header_arrived(char* text, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.head_bytes += size;
  if (transfer.head_bytes > kLargestHead) {
    transfer.refusal = trouble("head", transfer.request.url, Refusal::Kind::invalid);
    return 0;
  }
  transfer.on_header({text, size});
  return size;
}

std::size_t body_arrived(char* text, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(text), size);
  return transfer.on_body(bytes) ? size : 0;
}

bool let_through(Transfer& transfer, Place place, std::uint16_t port) {
  transfer.response.place = place;
  const bool open = transfer.door.open(place, port);
  transfer.turned_away = transfer.turned_away || !open;
  return open;
}

curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  if (!let_through(*static_cast<Transfer*>(self), place_of(address->addr), port_of(address->addr)))
    return CURL_SOCKET_BAD;
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// Before a request goes out, also on a connection that another transfer opened.
int connected(void* self, char* address, char*, int port, int) {
  const bool open =
      let_through(*static_cast<Transfer*>(self), place_of_host(address), static_cast<std::uint16_t>(port));
  return open ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

int still_wanted(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(self)->cancelled ? 1 : 0;
}

bool Transfer::set_headers() {
  const auto add = [this](const std::string& line) {
    auto* longer = curl_slist_append(headers.get(), line.c_str());
    if (!longer) return;
    static_cast<void>(headers.release());
    headers.reset(longer);
  };
  if (!request.etag.empty()) add("If-None-Match: " + request.etag);
  if (!request.modified.empty()) add("If-Modified-Since: " + request.modified);
  if (request.from != 0 && !request.if_range.empty()) add("If-Range: " + request.if_range);
  return headers != nullptr;
}

// libcurl copies what it is given.
void Transfer::set_certificates(CertificateFiles& files) {
  if (access.ca_file.empty()) return;
  const auto read = files.read(access.ca_file);
  if (!read) {
    refusal = trouble("ca_file", request.url, Refusal::Kind::invalid, read.error());
    return;
  }
  curl_blob blob{const_cast<char*>((*read)->data()), (*read)->size(), CURL_BLOB_COPY};
  curl_easy_setopt(easy.get(), CURLOPT_CAINFO_BLOB, &blob);
  curl_easy_setopt(easy.get(), CURLOPT_CAPATH, static_cast<const char*>(nullptr));
}

void Transfer::prepare(CertificateFiles& files) {
  easy.reset(curl_easy_init());
  const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(easy.get(), option, value); };
  set(CURLOPT_ERRORBUFFER, static_cast<char*>(error));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);  // fetch() looks at each redirect itself
  set(CURLOPT_USERAGENT, "EduStation/" EDU_VERSION);
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROXY, access.proxy.c_str());
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  set(CURLOPT_LOW_SPEED_LIMIT, kSlowBytes);
  set(CURLOPT_LOW_SPEED_TIME, kSlowSeconds);
  set(CURLOPT_TIMEOUT, request.seconds);
  set(CURLOPT_HEADERFUNCTION, header_arrived);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, body_arrived);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, still_wanted);
  set(CURLOPT_XFERINFODATA, this);
  set(CURLOPT_OPENSOCKETFUNCTION, open_socket);
  set(CURLOPT_OPENSOCKETDATA, this);
  set(CURLOPT_PREREQFUNCTION, connected);
  set(CURLOPT_PREREQDATA, this);
  if (!raw) set(CURLOPT_ACCEPT_ENCODING, "identity");  // asks for nothing, and unpacks what comes packed
  set_certificates(files);
  if (access.rate != 0) set(CURLOPT_MAX_RECV_SPEED_LARGE, static_cast<curl_off_t>(access.rate));
  if (request.last)
    set(CURLOPT_RANGE, fmt::format("{}-{}", request.from, *request.last).c_str());
  else if (request.from != 0)
    set(CURLOPT_RANGE, fmt::format("{}-", request.from).c_str());
  if (set_headers()) set(CURLOPT_HTTPHEADER, headers.get());
}

void Transfer::on_header(std::string_view line) {
  if (line.starts_with("HTTP/")) {
    head.clear();
    return;
  }
  const auto colon = line.find(':');
  if (colon != line.npos) head[ascii_lower(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
  if (!trimmed(line).empty()) return;
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  response.url = request.url;
  response.etag = head["etag"];
  response.modified = head["last-modified"];
  response.from = 0;
  response.type = head["content-type"];
  const auto encoding = ascii_lower(head["content-encoding"]);
  response.encoded = !raw && !encoding.empty() && encoding != "identity";
  response.length = response.encoded ? std::nullopt : whole_number(head["content-length"]);
  if (status != 206) return;
  // "bytes 100-999/1000"
  const auto& range = head["content-range"];
  const auto slash = range.find('/');
  std::uint64_t from = UINT64_MAX;
  if (range.starts_with("bytes "))
    from = whole_number(range.substr(6, range.find('-') - 6)).value_or(UINT64_MAX);
  response.length = slash == range.npos ? std::nullopt : whole_number(range.substr(slash + 1));
  if (from == request.from && !response.encoded)
    response.from = from;
  else
    refusal = trouble("range", request.url, Refusal::Kind::unavailable);
}

void Transfer::refuse_too_large() {
  refusal = trouble("too_large", request.url, Refusal::Kind::invalid);
  refusal->args["most"] = library::size_text(request.largest);
}

void Transfer::begin() {
  begun = true;
  if (response.length.value_or(0) > request.largest) return refuse_too_large();
  const auto accepted = sink->begin(response);
  if (!accepted) refusal = accepted.error();
}

bool Transfer::on_body(std::span<const std::uint8_t> bytes) {
  body += bytes.size();
  if (!wanted()) return body <= kIgnoredBody;
  try {
    if (!begun && !refusal) begin();
    if (!refusal && response.from + body > request.largest) refuse_too_large();
    if (refusal) return false;
    const auto taken = sink->take(bytes);
    if (!taken) refusal = taken.error();
  } catch (const std::exception& failure) {
    spdlog::error("catalogue: {}", failure.what());
    refusal = Refusal{"receiver.storage_failed", {{"what", failure.what()}}, Refusal::Kind::unavailable};
  }
  return !refusal;
}

void Transfer::finish(CURLcode code) {
  const bool redirected = response.status >= 301 && response.status <= 308 && response.status != 304;
  if (redirected && !refusal) redirect = head["location"];
  if (!redirect.empty() || refusal) return;
  if (redirected || response.status >= 400) {
    refusal = refusal_of_status(response.status, request.url);
  } else if (code == CURLE_BAD_CONTENT_ENCODING && !begun && !raw) {
    unpack_failed = true;
  } else if (turned_away && (code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK)) {
    refusal = trouble("private_address", request.url, Refusal::Kind::invalid);
  } else if (code != CURLE_OK) {
    refusal = refusal_of(code, request.url, error);
  } else if (response.status != 304 && !wanted()) {
    refusal = refusal_of_status(response.status, request.url);
  } else if (wanted() && !begun) {
    on_body({});
  }
}

}  // namespace

// One thread, one multi handle; transfers cross by a queue.
class HttpClient::Engine {
 public:
  explicit Engine(std::vector<std::uint16_t> own_ports)
      : own_ports_(std::move(own_ports)), multi_(curl_multi_init()), thread_([this] { work(); }) {}
  std::span<const std::uint16_t> own_ports() const { return own_ports_; }
  ~Engine() {
    {
      const std::lock_guard hold(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_.get());
    thread_.join();
  }
  void submit(std::shared_ptr<Transfer> transfer) {
    {
      const std::lock_guard hold(mutex_);
      queue_.push_back(std::move(transfer));
    }
    curl_multi_wakeup(multi_.get());
  }
  void cancel(Transfer& transfer) {
    transfer.cancelled = true;
    curl_multi_wakeup(multi_.get());
  }

 private:
  void work();
  bool take_new();
  void drop_cancelled();
  void collect();
  void end(CURL* easy, CURLcode code);

  const std::vector<std::uint16_t> own_ports_;
  std::unique_ptr<CURLM, FreeMulti> multi_;
  std::mutex mutex_;  // guards queue_ and stopping_
  std::deque<std::shared_ptr<Transfer>> queue_;
  bool stopping_ = false;
  CertificateFiles certificates_;
  std::map<CURL*, std::shared_ptr<Transfer>> running_;  // the thread's alone
  std::thread thread_;
};

bool HttpClient::Engine::take_new() {
  std::deque<std::shared_ptr<Transfer>> fresh;
  {
    const std::lock_guard hold(mutex_);
    fresh.swap(queue_);
    if (stopping_) return false;
  }
  for (auto& transfer : fresh) {
    transfer->prepare(certificates_);
    auto* easy = transfer->easy.get();
    const bool refused = transfer->refusal.has_value();
    running_[easy] = std::move(transfer);
    if (refused)
      end(easy, CURLE_ABORTED_BY_CALLBACK);
    else if (curl_multi_add_handle(multi_.get(), easy) != CURLM_OK)
      end(easy, CURLE_FAILED_INIT);
  }
  return true;
}

void HttpClient::Engine::end(CURL* easy, CURLcode code) {
  const auto transfer = std::move(running_.at(easy));
  running_.erase(easy);
  transfer->finish(code);
  curl_multi_remove_handle(multi_.get(), easy);
  transfer->easy.reset();
  Result<Response> outcome = transfer->response;
  if (transfer->refusal) outcome = Unexpected(*transfer->refusal);
  transfer->answer(std::move(outcome), transfer->cancelled);
}

void HttpClient::Engine::drop_cancelled() {
  std::vector<CURL*> gone;
  for (const auto& [easy, transfer] : running_)
    if (transfer->cancelled) gone.push_back(easy);
  for (auto* easy : gone) end(easy, CURLE_ABORTED_BY_CALLBACK);
}

void HttpClient::Engine::collect() {
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi_.get(), &left))
    if (message->msg == CURLMSG_DONE) end(message->easy_handle, message->data.result);
}

void HttpClient::Engine::work() {
  while (take_new()) {
    drop_cancelled();
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    collect();
    curl_multi_poll(multi_.get(), nullptr, 0, kPoll, nullptr);
  }
  for (const auto& [easy, transfer] : running_) curl_multi_remove_handle(multi_.get(), easy);
  running_.clear();
}

namespace {

// One request without its redirects.
awaitable<Result<Response>> perform(HttpClient::Engine& engine, std::shared_ptr<Transfer> transfer) {
  auto start = [&engine, transfer](auto handler) {
    auto executor = asio::get_associated_executor(handler);
    auto keep = asio::prefer(executor, asio::execution::outstanding_work.tracked);
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    transfer->answer = [keep, shared, slot](Result<Response> outcome, bool cancelled) {
      asio::post(keep, [shared, slot, cancelled, result = std::move(outcome)]() mutable {
        auto token = slot;
        if (token.is_connected()) token.clear();
        std::exception_ptr error;
        if (cancelled)
          error = std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted));
        std::move (*shared)(error, std::move(result));
      });
    };
    if (slot.is_connected())
      slot.assign([&engine, transfer](asio::cancellation_type) { engine.cancel(*transfer); });
    engine.submit(transfer);
  };
  auto initiated =
      asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, Result<Response>)>(
          std::move(start), asio::use_awaitable);
  co_return co_await std::move(initiated);
}

}  // namespace

HttpClient::HttpClient(std::vector<std::uint16_t> own_ports) {
  // Once for the program, before its first thread that uses it; the library counts.
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("libcurl does not start");
  engine_ = std::make_unique<Engine>(std::move(own_ports));
}

HttpClient::~HttpClient() {
  engine_.reset();
  curl_global_cleanup();
}

awaitable<Result<Response>> HttpClient::fetch(Request request, Access access, Sink& sink) {
  const auto first = absolute_url("", request.url);
  if (!first) co_return Unexpected(trouble("url", request.url, Refusal::Kind::invalid));
  request.url = *first;
  std::optional<Place> from;  // where the server lies that sends us on
  bool raw = false;
  for (int hop = 0; hop <= kMostRedirects;) {
    auto transfer = std::make_shared<Transfer>();
    transfer->request = request;
    transfer->access = access;
    transfer->sink = &sink;
    transfer->raw = raw;
    transfer->door = door_to(request.url, access, from);
    transfer->door.own_ports = engine_->own_ports();
    auto response = co_await perform(*engine_, transfer);
    if (transfer->unpack_failed) {  // it is not packed as the server says
      raw = true;
      continue;
    }
    if (transfer->redirect.empty()) co_return response;
    const auto next = absolute_url(request.url, transfer->redirect);
    const bool worse = next && request.url.starts_with("https:") && !next->starts_with("https:");
    if (!next || worse) co_return Unexpected(trouble("redirect", request.url, Refusal::Kind::invalid));
    request.url = *next;
    from = transfer->response.place;
    raw = false;
    ++hop;
  }
  co_return Unexpected(trouble("redirects", request.url, Refusal::Kind::invalid));
}

}  // namespace edu::catalogue
