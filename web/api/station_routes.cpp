// /api/v1/station: which station this is, and the language that it speaks where nobody asks for another.
#include "web/api/context.h"

namespace edu::web {

Answer show_station(Context& context, Request request) {
  const auto& station = context.rooms.station;
  json::object body;
  body["name"] = station.name;
  body["number"] = station.number;
  body["time_zone"] = station.time_zone;
  body["language"] = station.language;
  auto response = json_answer(body);
  response.headers.emplace_back("Content-Language", tag(request.language));
  co_return response;
}

}  // namespace edu::web
