// /api/v1/programmes and /api/v1/timeline: what plays when. The timetable lies in memory, so nothing is read
// here.
#include "calendar/schedule.h"
#include "people/roster.h"
#include "scheduler/timetable/programme_json.h"
#include "web/api/context.h"

namespace edu::web {
namespace {

constexpr int kUsualDays = 14;
constexpr int kMostDays = calendar::kConflictDays;

std::string next_text(const Context& context, const scheduler::Programme& programme, Language language) {
  const auto next = scheduler::next_start(programme, context.rooms.clock.now());
  return next ? shown(Zone(programme.zone).instant(*next), language) : text(language, "web.never");
}

}  // namespace

Answer list_programmes(Context& context, Request request) {
  const auto& rooms = context.rooms;
  co_return table_answer(
      request, scheduler::programme_table(rooms.timetable.programmes(), rooms.clock.now(), request.language));
}

Answer show_programme(Context& context, Request request) {
  Asked asked(request);
  const auto id = asked.number("id");
  if (!asked) co_return asked.refused();
  const auto* programme = context.rooms.timetable.find(id);
  if (!programme)
    co_return refuse("scheduler.programme_unknown", {{"programme", request.capture("id")}},
                     Refusal::Kind::not_found);
  const auto format = format_of(request);
  if (format && *format == Format::json) co_return json_answer(scheduler::to_json(*programme));
  const auto table = scheduler::programme_table({*programme}, context.rooms.clock.now(), request.language);
  co_return table_answer(request, turned(table, request.language));
}

Answer add_programme(Context& context, Request request) {
  Asked asked(request);
  const auto& body = asked.body();
  auto draft = asked ? asked.value(scheduler::read_draft(body)) : scheduler::ProgrammeDraft();
  if (!asked) co_return asked.refused();
  auto names = [](Database& database) { return people::group_names(database); };
  const auto known = co_await read(context, names);
  const auto groups = people::invited_groups(known, draft.groups);
  if (!groups) co_return Unexpected(groups.error());
  draft.groups = *groups;
  const auto programme = co_await context.rooms.timetable.add(draft, request.caller.actor);
  if (!programme) co_return Unexpected(programme.error());
  const Args args{{"programme", std::to_string(programme->id)},
                  {"title", programme->title},
                  {"next", next_text(context, *programme, request.language)}};
  co_return done_answer(request, scheduler::to_json(*programme),
                        text(request.language, "web.programme_added", args), 201);
}

Answer cancel_programme(Context& context, Request request) {
  Asked asked(request);
  const auto id = asked.number("id");
  const auto reason = asked.line("reason"), on = asked.text_or("on", "");
  std::optional<LocalTime> occurrence;
  if (!on.empty()) occurrence = asked.local_time("on");
  if (!asked) co_return asked.refused();
  const auto programme =
      co_await context.rooms.timetable.cancel(id, occurrence, reason, request.caller.actor);
  if (!programme) co_return Unexpected(programme.error());
  const Args args{{"programme", std::to_string(id)}, {"title", programme->title}, {"on", on}};
  const auto* sentence = on.empty() ? "web.programme_cancelled" : "web.occurrence_cancelled";
  co_return done_answer(request, scheduler::to_json(*programme), text(request.language, sentence, args));
}

Answer show_timeline(Context& context, Request request) {
  Asked asked(request);
  const auto days = asked.within("days", kUsualDays, kMostDays, "web.days");
  if (!asked) co_return asked.refused();
  const auto& rooms = context.rooms;
  const auto coming = co_await rooms.timeline(static_cast<int>(days));
  co_return table_answer(request, scheduler::timeline_table(coming, rooms.zone, request.language));
}

}  // namespace edu::web
