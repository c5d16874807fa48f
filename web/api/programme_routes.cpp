// /api/v1/programmes and /api/v1/timeline: what plays when. The timetable lies in memory, so nothing is read
// here.
#include "scheduler/timetable/programme_json.h"
#include "web/api/context.h"

namespace edu::web {
namespace {

constexpr int kUsualDays = 14;
constexpr int kMostDays = scheduler::kConflictDays;

awaitable<Response> list(Context& context, Request request) {
  const auto& rooms = context.rooms;
  co_return table_answer(
      request, scheduler::programme_table(rooms.timetable.programmes(), rooms.clock.now(), request.language));
}

awaitable<Response> show(Context& context, Request request) {
  const auto id = number(request.capture("id"));
  if (!id) co_return problem(request.language, id.error());
  const auto* programme = context.rooms.timetable.find(*id);
  const Refusal unknown{
      "scheduler.programme_unknown", {{"programme", request.capture("id")}}, Refusal::Kind::not_found};
  if (!programme) co_return problem(request.language, unknown);
  const auto format = format_of(request);
  if (format && *format == Format::json) co_return json_answer(scheduler::to_json(*programme));
  const auto table = scheduler::programme_table({*programme}, context.rooms.clock.now(), request.language);
  co_return table_answer(request, turned(table, request.language));
}

std::string next_text(const Context& context, const scheduler::Programme& programme, Language language) {
  const auto next = scheduler::next_start(programme, context.rooms.clock.now());
  return next ? Zone(programme.zone).iso8601(*next) : text(language, "web.never");
}

awaitable<Response> add(Context& context, Request request) {
  const auto body = json_body(request);
  if (!body) co_return problem(request.language, body.error());
  auto draft = scheduler::read_draft(*body);
  if (!draft) co_return problem(request.language, draft.error());
  auto adding = context.rooms.timetable.add(std::move(*draft), kActor);
  const auto programme = co_await std::move(adding);
  if (!programme) co_return problem(request.language, programme.error());
  const Args args{{"programme", std::to_string(programme->id)},
                  {"title", programme->title},
                  {"next", next_text(context, *programme, request.language)}};
  co_return done_answer(request, scheduler::to_json(*programme),
                        text(request.language, "web.programme_added", args), 201);
}

awaitable<Response> cancel(Context& context, Request request) {
  const auto id = number(request.capture("id"));
  if (!id) co_return problem(request.language, id.error());
  const auto body = json_body(request);
  if (!body) co_return problem(request.language, body.error());
  const auto reason = member_text(*body, "reason");
  if (!reason) co_return problem(request.language, reason.error());
  const auto on = get_string(*body, "on");
  const auto occurrence = parse_local_time(on);
  if (!on.empty() && !occurrence)
    co_return problem(request.language, Refusal{"web.local_time", {{"value", on}}, {}});
  auto cancelling = context.rooms.timetable.cancel(*id, occurrence, *reason, kActor);
  const auto programme = co_await std::move(cancelling);
  if (!programme) co_return problem(request.language, programme.error());
  const Args args{{"programme", std::to_string(*id)}, {"title", programme->title}, {"on", on}};
  const auto* sentence = on.empty() ? "web.programme_cancelled" : "web.occurrence_cancelled";
  co_return done_answer(request, scheduler::to_json(*programme), text(request.language, sentence, args));
}

awaitable<Response> timeline(Context& context, Request request) {
  const auto given = request.parameter("days");
  const auto days = given.empty() ? Result<std::int64_t>(kUsualDays) : number(given);
  if (!days || *days < 1 || *days > kMostDays)
    co_return problem(request.language, Refusal{"web.days", {{"most", std::to_string(kMostDays)}}, {}});
  const auto& rooms = context.rooms;
  const auto coming = rooms.timeline(static_cast<int>(*days));
  co_return table_answer(request, scheduler::timeline_table(coming, rooms.zone, request.language));
}

}  // namespace

void add_programme_routes(Router& router, Context& context) {
  router.add("GET", "/api/v1/programmes", with(context, list));
  router.add("POST", "/api/v1/programmes", with(context, add));
  router.add("GET", "/api/v1/programmes/{id}", with(context, show));
  router.add("POST", "/api/v1/programmes/{id}/cancel", with(context, cancel));
  router.add("GET", "/api/v1/timeline", with(context, timeline));
}

}  // namespace edu::web
