// Finds the route of a request, after the checks that hold for all of them: is it meant for us (Host), may
// the caller use the route (roles), may a page of somebody else have sent it (Origin and Content-Type of what
// changes something). HEAD is served by GET's route.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "web/http/http.h"

namespace edu::web {

// What a route does. A refusal becomes a problem (RFC 9457) in the caller's language, with the status of its
// kind; an exception is a 500.
using Action = std::function<awaitable<Result<Response>>(Request)>;

// The role of routes that are for all. Of others, whom nobody knows is not even told what is there.
inline constexpr auto kPublic = "public";

struct Route {
  std::string method;
  std::string pattern;  // segments; "{name}" captures one of them: "/api/v1/library/{no}"
  std::string roles;    // "operator tutor": one of them is the caller's, or kPublic; else 403
  Action action;
  // The media types of a body, with ", " between them; all but GET must name one.
  std::string accepts = "application/json";
};

class Router {
 public:
  void add(Route route);

  // 404, 405 with Allow, 403 (host, origin, role; of whom nobody knows all that is not public), 415 as
  // problems; an exception of a route is a 500, logged once.
  awaitable<Response> serve(Request request) const;

 private:
  struct Known {
    Route route;
    std::vector<std::string> segments;
  };
  const Route* find(Request& request, std::string& allow) const;

  std::vector<Known> routes_;
};

}  // namespace edu::web
