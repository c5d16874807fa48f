#include "web/http/router.h"

#include <algorithm>
#include <optional>

#include <spdlog/spdlog.h>

#include "base/storage_trouble.h"
#include "base/text.h"
#include "web/http/answers.h"

namespace edu::web {
namespace {

constexpr std::size_t kLargestJson = 512 << 10;  // bytes: it is read on the loop, within a few milliseconds

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const auto segment = path.substr(0, path.find('/'));
    segments.emplace_back(segment);
    path.remove_prefix(segment.size());
  }
  return segments;
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path,
             Request& request) {
  if (pattern.size() != path.size()) return false;
  decltype(request.captures) captures;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const auto& name = pattern[i];
    if (name.starts_with('{')) {
      if (path[i].empty()) return false;
      captures[name.substr(1, name.size() - 2)] = path[i];
    } else if (name != path[i]) {
      return false;
    }
  }
  request.captures = std::move(captures);
  return true;
}

// A name server of somebody else can point a name of theirs at 127.0.0.1 and let a browser here read our
// answers (DNS rebinding); the Host header then names them.
bool meant_for_us(const Request& request) {
  if (request.transport == Transport::unix_socket) return true;
  auto host = ascii_lower(request.header("host"));
  if (const auto colon = host.rfind(':'); colon != std::string::npos) {
    const auto port = host.substr(colon + 1);
    if (!std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; })) return false;
    host.erase(colon);
  }
  return host == "127.0.0.1" || host == "localhost";
}

// A browser says with every POST which page sent it; one of somebody else's may not (RFC 6454).
bool sent_by_us(const Request& request) {
  if (request.transport == Transport::unix_socket || request.method == "GET" || request.method == "HEAD")
    return true;
  const auto origin = ascii_lower(request.header("origin"));
  return origin == "http://" + ascii_lower(request.header("host"));
}

// One of the words of `roles`.
bool may(const Caller& caller, std::string_view roles) {
  while (!roles.empty()) {
    const auto one = roles.substr(0, roles.find(' '));
    if (std::ranges::find(caller.roles, one) != caller.roles.end()) return true;
    roles.remove_prefix(std::min(roles.size(), one.size() + 1));
  }
  return false;
}

bool has_type(const Request& request, const std::string& accepts) {
  const auto sent = request.header("content-type");
  auto type = ascii_lower(sent.substr(0, sent.find(';')));
  type.erase(type.find_last_not_of(" \t") + 1);
  return !type.empty() && (", " + accepts + ", ").find(", " + type + ", ") != std::string::npos;
}

void log_failure(const std::string& what, const std::exception_ptr& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    spdlog::error("web: {}: {}", what, error.what());
  } catch (...) {
    spdlog::error("web: {}: an exception of no known type", what);
  }
}

}  // namespace

void Router::add(Route route) {
  auto segments = segments_of(route.pattern);
  routes_.push_back({std::move(route), std::move(segments)});
}

const Route* Router::find(Request& request, std::string& allow) const {
  const auto path = segments_of(request.path);
  const auto method = request.method == "HEAD" ? std::string("GET") : request.method;
  for (const auto& [route, segments] : routes_) {
    if (!matches(segments, path, request)) continue;
    if (route.method == method) return &route;
    if (!allow.empty()) allow += ", ";
    allow += route.method == "GET" ? "GET, HEAD" : route.method;
  }
  return nullptr;
}

awaitable<Response> Router::serve(Request request) const {
  const auto language = request.language;
  if (!meant_for_us(request))
    co_return problem(language, Refusal{"web.host", {{"host", one_line(request.header("host"))}}, {}}, 403);
  std::string allow;
  const auto* route = find(request, allow);
  if (!request.caller.known() && (!route || route->roles != kPublic))
    co_return problem(language, Refusal{"web.log_in", {}, {}}, 403);
  if (!route && allow.empty())
    co_return problem(language, Refusal{"web.no_route", {{"path", one_line(request.path)}}, {}}, 404);
  if (!route) {
    auto response =
        problem(language, Refusal{"web.method", {{"method", request.method}, {"allow", allow}}, {}}, 405);
    response.headers.emplace_back("Allow", allow);
    co_return response;
  }
  if (route->roles != kPublic && !may(request.caller, route->roles))
    co_return problem(language, Refusal{"web.role", {{"roles", route->roles}}, {}}, 403);
  if (!sent_by_us(request))
    co_return problem(language, Refusal{"web.origin", {{"origin", one_line(request.header("origin"))}}, {}},
                      403);
  if (route->method != "GET" && !has_type(request, route->accepts))
    co_return problem(language, Refusal{"web.content_type", {{"type", route->accepts}}, {}}, 415);

  if (route->accepts == "application/json" && request.body.size() > kLargestJson)
    co_return problem(language, Refusal{"web.body_limit", {}, {}}, 413);

  const auto what = one_line(request.method + " " + request.path);
  std::optional<Result<Response>> answer;
  std::exception_ptr failure;
  try {
    answer = co_await route->action(std::move(request));
  } catch (...) {
    failure = std::current_exception();
  }
  if (answer) co_return *answer ? **std::move(answer) : problem(language, answer->error());
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) std::rethrow_exception(failure);
  log_failure(what, failure);
  if (const auto trouble = storage_trouble(failure)) co_return problem(language, *trouble, 507);
  co_return problem(language, Refusal{"web.internal", {}, {}}, 500);
}

}  // namespace edu::web
