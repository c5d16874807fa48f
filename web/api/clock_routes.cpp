// /api/v1/clock: a person's word for the clock of a station that no time service holds.
#include "web/api/context.h"

namespace edu::web {

Answer confirm_clock(Context& context, Request request) {
  const auto now = context.rooms.clock.now();
  const auto confirmed = co_await context.rooms.confirm_clock(request.caller.actor);
  if (!confirmed) co_return Unexpected(confirmed.error());
  json::object result;
  result["now"] = context.rooms.zone.iso8601(now);
  const Args args{{"now", context.rooms.zone.iso8601(now)}};
  co_return done_answer(request, result, text(request.language, "web.clock_confirmed", args));
}

Answer set_clock_floor(Context& context, Request request) {
  Asked asked(request);
  const auto local = asked.local_time("at");
  if (!asked) co_return asked.refused();
  const auto floor = context.rooms.zone.to_utc(local);
  co_await context.rooms.set_clock_floor(floor, request.caller.actor);
  json::object result;
  result["floor"] = context.rooms.zone.iso8601(floor);
  const Args args{{"floor", context.rooms.zone.iso8601(floor)}};
  co_return done_answer(request, result, text(request.language, "web.clock_floor_set", args));
}

}  // namespace edu::web
