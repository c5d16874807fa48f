// /api/v1/recordings: live channels are recorded, now or by plan.
#include "base/text.h"
#include "library/catalogue.h"
#include "web/api/context.h"

namespace edu::web {
namespace {

std::string local_text(const Zone& zone, WallTime at) {
  return to_string(zone.to_local(at)).replace(10, 1, " ").substr(0, 16);
}

std::string state_text(const live::Tape& tape, Language language) {
  if (tape.trouble()) return text(language, *tape.trouble());
  const auto* phase = tape.phase() == live::Phase::recording ? "recording"
                      : tape.phase() == live::Phase::joining ? "joining"
                                                             : "storing";
  return text(language, std::string("recording.state.") + phase);
}

std::string gaps_text(const live::Recording& recording, Language language) {
  if (recording.gaps == 0) return "";
  return text(language, "recording.gaps",
              {{"count", std::to_string(recording.gaps)},
               {"length", clock_duration(milliseconds(recording.gap_ms))}});
}

std::vector<std::string> row_of(const live::Tape& tape, const Zone& zone, Language language) {
  const auto& one = tape.recording();
  return {one.plan == 0 ? "" : std::to_string(one.plan),
          one.channel,
          one.title,
          local_text(zone, from_ms(one.begin_ms)),
          local_text(zone, from_ms(one.planned_end_ms)),
          state_text(tape, language),
          library::size_text(static_cast<std::uint64_t>(tape.bytes())),
          gaps_text(one, language),
          ""};
}

std::vector<std::string> row_of(const live::Plan& plan, const live::Recordings& recordings, const Zone& zone,
                                Language language) {
  const auto next = recordings.next_start(plan);
  const auto end = next ? local_text(zone, *next + std::chrono::minutes(plan.minutes)) : "";
  return {std::to_string(plan.no),
          plan.channel,
          plan.title,
          next ? local_text(zone, *next) : "",
          end,
          text(language, next ? "recording.state.planned" : "recording.state.over"),
          "",
          "",
          plan.rrule};
}

Table table_of(const live::Recordings& recordings, const Zone& zone, Language language) {
  Table table;
  table.title = text(language, "recording.title");
  for (const auto* key : {"plan", "channel", "title", "start", "end", "state", "size", "gaps", "repeat"})
    table.columns.push_back({key, text(language, std::string("recording.column.") + key)});
  for (const auto* tape : recordings.tapes()) table.rows.push_back(row_of(*tape, zone, language));
  for (const auto& plan : recordings.plans()) table.rows.push_back(row_of(plan, recordings, zone, language));
  return table;
}

awaitable<Response> list(Context& context, Request request) {
  co_return table_answer(request, table_of(context.rooms.recordings, context.rooms.zone, request.language));
}

json::object recording_json(const live::Recording& recording, const Zone& zone) {
  json::object out;
  out["channel"] = recording.channel;
  out["title"] = recording.title;
  out["begin"] = zone.iso8601(from_ms(recording.begin_ms));
  out["end"] = zone.iso8601(from_ms(recording.end_ms));
  return out;
}

awaitable<Response> start(Context& context, Request request) {
  const auto body = json_body(request);
  if (!body) co_return problem(request.language, body.error());
  const auto channel = member_text(*body, "channel");
  if (!channel) co_return problem(request.language, channel.error());
  const auto minutes = body->contains("minutes") ? member_number(*body, "minutes") : Result<std::int64_t>(0);
  if (!minutes) co_return problem(request.language, minutes.error());
  const auto title = one_line(member_or(*body, "title", ""));
  auto starting = context.rooms.recordings.start(*channel, title, *minutes, kActor);
  const auto begun = co_await std::move(starting);
  if (!begun) co_return problem(request.language, begun.error());
  const auto& zone = context.rooms.zone;
  const Args args{{"channel", *channel},
                  {"title", begun->title},
                  {"end", local_text(zone, from_ms(begun->planned_end_ms))}};
  co_return done_answer(request, recording_json(*begun, zone),
                        text(request.language, "recording.started", args), 201);
}

awaitable<Response> stop(Context& context, Request request) {
  const auto body = json_body(request);
  if (!body) co_return problem(request.language, body.error());
  const auto channel = member_text(*body, "channel");
  if (!channel) co_return problem(request.language, channel.error());
  auto stopping = context.rooms.recordings.stop(*channel, kActor);
  const auto ended = co_await std::move(stopping);
  if (!ended) co_return problem(request.language, ended.error());
  const Args args{{"channel", *channel}, {"title", ended->title}};
  co_return done_answer(request, recording_json(*ended, context.rooms.zone),
                        text(request.language, "recording.stopped", args));
}

Result<live::PlanDraft> draft_of(const json::object& body) {
  live::PlanDraft draft;
  const auto channel = member_text(body, "channel");
  if (!channel) return Unexpected(channel.error());
  const auto at = member_text(body, "local_start");
  if (!at) return Unexpected(at.error());
  const auto minutes = member_number(body, "minutes");
  if (!minutes) return Unexpected(minutes.error());
  const auto start = parse_local_time(*at);
  if (!start) return refuse("web.local_time", {{"value", *at}});
  draft.channel = *channel;
  draft.title = one_line(member_or(body, "title", ""));
  draft.local_start = *start;
  draft.rrule = member_or(body, "rrule", "");
  draft.minutes = *minutes;
  return draft;
}

json::object plan_json(const live::Plan& plan) {
  json::object out;
  out["plan"] = plan.no;
  out["channel"] = plan.channel;
  out["title"] = plan.title;
  out["local_start"] = to_string(plan.local_start);
  out["zone"] = plan.zone;
  out["rrule"] = plan.rrule;
  out["minutes"] = plan.minutes;
  return out;
}

awaitable<Response> add(Context& context, Request request) {
  const auto body = json_body(request);
  if (!body) co_return problem(request.language, body.error());
  const auto draft = draft_of(*body);
  if (!draft) co_return problem(request.language, draft.error());
  auto adding = context.rooms.recordings.add(*draft, kActor);
  const auto plan = co_await std::move(adding);
  if (!plan) co_return problem(request.language, plan.error());
  const auto next = context.rooms.recordings.next_start(*plan);
  const Args args{{"no", std::to_string(plan->no)},
                  {"channel", plan->channel},
                  {"start", next ? local_text(context.rooms.zone, *next) : ""},
                  {"minutes", std::to_string(plan->minutes)}};
  co_return done_answer(request, plan_json(*plan), text(request.language, "recording.planned", args), 201);
}

awaitable<Response> remove(Context& context, Request request) {
  const auto no = number(request.capture("plan"));
  if (!no) co_return problem(request.language, no.error());
  auto removing = context.rooms.recordings.remove(*no, kActor);
  const auto plan = co_await std::move(removing);
  if (!plan) co_return problem(request.language, plan.error());
  const Args args{{"no", request.capture("plan")}, {"channel", plan->channel}};
  co_return done_answer(request, plan_json(*plan), text(request.language, "recording.removed", args));
}

}  // namespace

void add_recording_routes(Router& router, Context& context) {
  router.add("GET", "/api/v1/recordings", with(context, list));
  router.add("POST", "/api/v1/recordings", with(context, add));
  router.add("POST", "/api/v1/recordings/start", with(context, start));
  router.add("POST", "/api/v1/recordings/stop", with(context, stop));
  router.add("POST", "/api/v1/recordings/{plan}/remove", with(context, remove));
}

}  // namespace edu::web
