// Finds the route of a request, after the checks that hold for all of them: is it meant for us (Host), may a
// page of somebody else have sent it (Content-Type of what changes something). HEAD is served by GET's route.
#pragma once

#include <string>
#include <vector>

#include "web/http/http.h"

namespace edu::web {

class Router {
 public:
  // `pattern`: segments, "{name}" captures one of them: "/api/v1/library/{no}". `accepts`: the media type
  // that a body must have; methods other than GET must name one.
  void add(std::string method, std::string_view pattern, Handler handler,
           std::string accepts = "application/json");

  // 404, 405 with Allow, 403 (host), 415 as problems; an exception of a route is a 500, logged once.
  awaitable<Response> serve(Request request) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> segments;
    Handler handler;
    std::string accepts;
  };
  const Route* find(Request& request, std::string& allow) const;

  std::vector<Route> routes_;
};

}  // namespace edu::web
