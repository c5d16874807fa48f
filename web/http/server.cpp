// The listeners and the list of who is connected.
//
// Comes in: connections on the Unix socket and on 127.0.0.1. Leaves: a Connection for each
// (web/http/connection.h), no more of each kind than the settings allow. On the loop, all of it.
#include "web/http/server.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <list>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "web/http/account.h"
#include "web/http/connection.h"
#include "web/http/socket_path.h"

namespace edu::web {
namespace {

namespace local = asio::local;
using asio::ip::tcp;
using boost::system::error_code;

constexpr milliseconds kWatch{1000};   // how often the times of the connections are looked at
constexpr milliseconds kBackOff{200};  // after an accept that failed
constexpr std::size_t kMostAccounts = 256;
constexpr std::size_t kTurnedAway = 32;  // being told 503 at the same time; beyond that closed without a word

[[noreturn]] void fail(int error, const std::string& what) {
  throw std::system_error(error, std::generic_category(), what);
}

bool somebody_listens(const std::string& address) {
  const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, address.data(), address.size());  // SocketPath keeps it within bounds
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0 ||
         errno == EAGAIN;
}

void remove_stale(const std::filesystem::path& file, const std::string& address) {
  struct stat found {};
  if (::lstat(file.c_str(), &found) != 0) return;
  if (!S_ISSOCK(found.st_mode)) fail(EEXIST, file.string() + " is not a socket");
  if (somebody_listens(address))
    fail(EADDRINUSE, file.string() + ": another edustationd serves this data folder");
  if (::unlink(file.c_str()) != 0) fail(errno, file.string());
}

local::stream_protocol::acceptor bound_unix(const asio::any_io_executor& executor,
                                            const std::filesystem::path& file) {
  const SocketPath path(file);
  remove_stale(file, path.address());
  local::stream_protocol::acceptor acceptor(executor);
  acceptor.open(local::stream_protocol());
  ::fchmod(acceptor.native_handle(), 0660);  // never wider than this, even before the line below
  error_code error;
  acceptor.bind(local::stream_protocol::endpoint(path.address()), error);
  if (error) fail(error.value(), file.string());
  if (::chmod(file.c_str(), 0660) != 0) fail(errno, file.string());
  acceptor.listen();
  return acceptor;
}

tcp::acceptor bound_tcp(const asio::any_io_executor& executor, std::uint16_t port) {
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  tcp::acceptor acceptor(executor);
  acceptor.open(tcp::v4());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  error_code error;
  acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) fail(error.value(), "web.port " + std::to_string(port));
  return acceptor;
}

}  // namespace

class Server::State : public std::enable_shared_from_this<State> {
 public:
  State(asio::any_io_executor executor, std::shared_ptr<Service> service, Caller on_unix,
        std::function<bool(int pid)> turned_away)
      : executor_(executor),
        service_(std::move(service)),
        is_turned_away_(std::move(turned_away)),
        unix_entrance_{Transport::unix_socket, std::move(on_unix)},
        tcp_entrance_{Transport::tcp, {}},
        unix_(executor),
        tcp_(executor),
        drained_(executor, asio::steady_timer::time_point::max()) {}

  void listen(const std::filesystem::path& file);
  void listen_tcp(std::uint16_t port);
  void close() noexcept;
  awaitable<void> drain(milliseconds grace);
  std::uint16_t port() const { return tcp_.is_open() ? tcp_.local_endpoint().port() : 0; }
  std::size_t open() const { return open_.size(); }
  std::uint64_t held() const { return service_->held; }

 private:
  template <class Acceptor>
  static awaitable<void> accept_from(std::shared_ptr<State> self, Acceptor& acceptor,
                                     const Entrance& entrance);
  static awaitable<void> watch(std::shared_ptr<State> self);
  void spawn_loop(awaitable<void> loop);
  void spawn_watch();
  void admit(Socket socket, Entrance from);
  void run(std::shared_ptr<Connection> connection, bool turned_away);
  bool make_room(Transport kind);
  void name_caller(int socket, Caller& caller);
  void drop(const std::shared_ptr<Connection>& connection) noexcept;
  void forget(const std::shared_ptr<Connection>& connection) noexcept;
  std::vector<std::shared_ptr<Connection>> everyone() const;
  awaitable<void> until_drained();
  bool is_helper(int socket) const;

  asio::any_io_executor executor_;
  std::shared_ptr<Service> service_;
  std::function<bool(int pid)> is_turned_away_;
  const Entrance unix_entrance_, tcp_entrance_;
  local::stream_protocol::acceptor unix_;
  tcp::acceptor tcp_;
  std::filesystem::path file_;
  std::list<asio::cancellation_signal> loops_;
  bool watched_ = false;
  std::vector<std::shared_ptr<Connection>> open_;         // served, at most limits.connections
  std::vector<std::shared_ptr<Connection>> turned_away_;  // at most kTurnedAway
  std::map<uid_t, std::string> accounts_;                 // names of who has come by the Unix socket
  std::size_t running_ = 0;                               // coroutines of both that have not ended
  asio::steady_timer drained_;                            // cancelled when the last of them has ended
};

void Server::State::listen(const std::filesystem::path& file) {
  unix_ = bound_unix(executor_, file);
  file_ = file;
  spawn_loop(accept_from(shared_from_this(), unix_, unix_entrance_));
  spawn_watch();
}

void Server::State::listen_tcp(std::uint16_t port) {
  tcp_ = bound_tcp(executor_, port);
  spawn_loop(accept_from(shared_from_this(), tcp_, tcp_entrance_));
  spawn_watch();
}

void Server::State::spawn_watch() {
  if (!std::exchange(watched_, true)) spawn_loop(watch(shared_from_this()));
}

void Server::State::spawn_loop(awaitable<void> loop) {
  auto& signal = loops_.emplace_back();
  auto ended = [self = shared_from_this()](std::exception_ptr error) noexcept {
    try {
      if (error) std::rethrow_exception(error);
    } catch (const boost::system::system_error& failure) {
      if (failure.code() != asio::error::operation_aborted)
        spdlog::error("web: a loop ended: {}", failure.what());
    } catch (const std::exception& failure) {
      spdlog::error("web: a loop ended: {}", failure.what());
    }
  };
  asio::co_spawn(executor_, std::move(loop), asio::bind_cancellation_slot(signal.slot(), std::move(ended)));
}

template <class Acceptor>
awaitable<void> Server::State::accept_from(std::shared_ptr<State> self, Acceptor& acceptor,
                                           const Entrance& entrance) {
  bool failing = false;
  while (acceptor.is_open()) {
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    auto socket = co_await acceptor.async_accept(token);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // no descriptors left, or the like: it may pass
      if (!failing) spdlog::warn("web: accept: {}", error.message());
      failing = true;
      co_await self->service_->clock.pause(kBackOff);
      continue;
    }
    failing = false;
    if (entrance.transport == Transport::unix_socket && self->is_helper(socket.native_handle())) continue;
    auto from = entrance;
    if constexpr (std::is_same_v<Acceptor, tcp::acceptor>) {
      socket.set_option(tcp::no_delay(true), error);
      const auto peer = socket.remote_endpoint(error);
      if (!error) from.caller.address = peer.address().to_string();
    }
    self->admit(Socket(std::move(socket)), std::move(from));
  }
}

bool Server::State::is_helper(int socket) const {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (!is_turned_away_ || ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  const bool helper = is_turned_away_(peer.pid);
  if (helper) spdlog::error("web: process {} is a helper of ours and has no business here", peer.pid);
  return helper;
}

awaitable<void> Server::State::watch(std::shared_ptr<State> self) {
  while (!self->service_->stopping) {
    co_await self->service_->clock.pause(kWatch);
    const auto all = self->everyone();
    for (const auto& connection : all)
      if (connection->past_its_time()) self->drop(connection);
  }
}

void Server::State::admit(Socket socket, Entrance from) {
  const auto kind = from.transport;
  const auto same = [kind](const auto& one) { return one->transport() == kind; };
  const auto& limits = service_->limits;
  const auto places = kind == Transport::tcp ? limits.tcp_connections : limits.connections;
  const bool room = std::cmp_less(std::ranges::count_if(open_, same), places) || make_room(kind);
  if (!room && std::cmp_greater_equal(std::ranges::count_if(turned_away_, same), kTurnedAway))
    return;  // the socket closes here
  if (kind == Transport::unix_socket) name_caller(socket.native_handle(), from.caller);
  auto connection = std::make_shared<Connection>(std::move(socket), std::move(from), service_);
  (room ? open_ : turned_away_).push_back(connection);
  run(std::move(connection), !room);
}

bool Server::State::make_room(Transport kind) {
  std::shared_ptr<Connection> oldest;
  for (const auto& connection : open_) {
    if (connection->transport() != kind || !connection->waits_for_request()) continue;
    if (!oldest || connection->since() < oldest->since()) oldest = connection;
  }
  if (oldest) drop(oldest);
  return oldest != nullptr;
}

// By the account that the kernel says has connected.
void Server::State::name_caller(int socket, Caller& caller) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return;
  caller.uid = peer.uid;
  auto known = accounts_.find(peer.uid);
  if (known == accounts_.end() && accounts_.size() < kMostAccounts)
    known = accounts_.emplace(peer.uid, account_name(peer.uid)).first;
  caller.actor = known == accounts_.end() ? account_name(peer.uid) : known->second;
}

void Server::State::run(std::shared_ptr<Connection> connection, bool turned_away) {
  ++running_;
  auto ended = [self = shared_from_this(), connection](std::exception_ptr error) noexcept {
    self->forget(connection);
    if (--self->running_ == 0) self->drained_.cancel();
    try {
      if (error) std::rethrow_exception(error);
    } catch (const std::exception& failure) {
      spdlog::error("web: a connection ended: {}", failure.what());
    }
  };
  auto task = turned_away ? Connection::turn_away(connection) : Connection::serve(connection);
  asio::co_spawn(executor_, std::move(task),
                 asio::bind_cancellation_slot(connection->slot(), std::move(ended)));
}

void Server::State::drop(const std::shared_ptr<Connection>& connection) noexcept {
  forget(connection);
  connection->close();
}

void Server::State::forget(const std::shared_ptr<Connection>& connection) noexcept {
  std::erase(open_, connection);
  std::erase(turned_away_, connection);
}

std::vector<std::shared_ptr<Connection>> Server::State::everyone() const {
  auto all = open_;
  all.insert(all.end(), turned_away_.begin(), turned_away_.end());
  return all;
}

void Server::State::close() noexcept {
  service_->stopping = true;
  error_code ignored;
  unix_.close(ignored);
  tcp_.close(ignored);
  for (auto& loop : loops_) loop.emit(asio::cancellation_type::terminal);
  const auto all = everyone();
  for (const auto& connection : all) drop(connection);
  if (!file_.empty()) ::unlink(std::exchange(file_, {}).c_str());
}

awaitable<void> Server::State::drain(milliseconds grace) {
  using namespace asio::experimental::awaitable_operators;
  service_->stopping = true;
  const auto all = open_;
  for (const auto& connection : all)
    if (connection->waits_for_request() || connection->streams()) drop(connection);
  error_code ignored;
  unix_.close(ignored);
  tcp_.close(ignored);
  if (running_ > 0) co_await (until_drained() || service_->clock.pause(grace));
  close();
}

awaitable<void> Server::State::until_drained() {
  error_code woken;
  auto token = asio::redirect_error(asio::use_awaitable, woken);
  co_await drained_.async_wait(token);
}

Server::Server(asio::any_io_executor executor, Clock& clock, Options options, Handler handler) {
  auto service = std::make_shared<Service>(
      Service{clock, options.limits, options.language, std::move(handler), std::move(options.identify)});
  state_ = std::make_shared<State>(executor, std::move(service), std::move(options.on_unix),
                                   std::move(options.turned_away));
}

Server::~Server() { state_->close(); }

void Server::listen(const std::filesystem::path& file) { state_->listen(file); }
void Server::listen_tcp(std::uint16_t port) { state_->listen_tcp(port); }
std::uint16_t Server::port() const { return state_->port(); }
std::size_t Server::connections() const { return state_->open(); }
std::uint64_t Server::held() const { return state_->held(); }
awaitable<void> Server::stop(milliseconds grace) { return state_->drain(grace); }

}  // namespace edu::web
