// /api/v1/recordings: live channels are recorded, now or by plan.
#include "base/text.h"
#include "library/courses.h"
#include "web/api/context.h"

namespace edu::web {
namespace {

std::string time_text(const Zone& zone, WallTime at, Language language) {
  return shown(zone.instant(at), language);
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

Row row_of(const live::Tape& tape, const Zone& zone, Language language) {
  const auto& one = tape.recording();
  return {one.plan == 0 ? Cell(Text()) : Cell(Count{one.plan}),
          one.channel,
          one.title,
          zone.instant(from_ms(one.begin_ms)),
          zone.instant(from_ms(one.planned_end_ms)),
          state_text(tape, language),
          Bytes{static_cast<std::uint64_t>(tape.bytes())},
          gaps_text(one, language),
          ""};
}

Row row_of(const live::Plan& plan, const live::Recordings& recordings, const Zone& zone, Language language) {
  const auto next = recordings.next_start(plan);
  const auto at = [&](std::chrono::minutes after) {
    return next ? Cell(zone.instant(*next + after)) : Cell(Text());
  };
  return {Count{plan.no},
          plan.channel,
          plan.title,
          at(std::chrono::minutes(0)),
          at(std::chrono::minutes(plan.minutes)),
          text(language, next ? "recording.state.planned" : "recording.state.over"),
          "",
          "",
          plan.rrule};
}

Table table_of(const live::Recordings& recordings, const Zone& zone, Language language) {
  auto table = headed(language, "recording.column",
                      {"plan", "channel", "title", "start", "end", "state", "size", "gaps", "repeat"});
  table.title = text(language, "recording.title");
  for (const auto* tape : recordings.tapes()) table.rows.push_back(row_of(*tape, zone, language));
  for (const auto& plan : recordings.plans()) table.rows.push_back(row_of(plan, recordings, zone, language));
  name_year(table);
  return table;
}

json::object recording_json(const live::Recording& recording, const Zone& zone) {
  json::object out;
  out["channel"] = recording.channel;
  out["title"] = recording.title;
  out["begin"] = zone.iso8601(from_ms(recording.begin_ms));
  out["end"] = zone.iso8601(from_ms(recording.end_ms));
  return out;
}

live::PlanDraft draft_of(Asked& asked) {
  live::PlanDraft draft;
  draft.channel = asked.text("channel");
  draft.title = one_line(asked.text_or("title", ""));
  draft.local_start = asked.local_time("local_start");
  draft.rrule = asked.text_or("rrule", "");
  draft.minutes = asked.integer("minutes");
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

}  // namespace

Answer list_recordings(Context& context, Request request) {
  co_return table_answer(request, table_of(context.rooms.recordings, context.rooms.zone, request.language));
}

Answer start_recording(Context& context, Request request) {
  Asked asked(request);
  const auto channel = asked.text("channel"), title = one_line(asked.text_or("title", ""));
  const auto minutes = asked.has("minutes") ? asked.integer("minutes") : 0;
  if (!asked) co_return asked.refused();
  const auto begun = co_await context.rooms.recordings.start(channel, title, minutes, request.caller.actor);
  if (!begun) co_return Unexpected(begun.error());
  const auto& zone = context.rooms.zone;
  const Args args{{"channel", channel},
                  {"title", begun->title},
                  {"end", time_text(zone, from_ms(begun->planned_end_ms), request.language)}};
  co_return done_answer(request, recording_json(*begun, zone),
                        text(request.language, "recording.started", args), 201);
}

Answer stop_recording(Context& context, Request request) {
  Asked asked(request);
  const auto channel = asked.text("channel");
  if (!asked) co_return asked.refused();
  const auto ended = co_await context.rooms.recordings.stop(channel, request.caller.actor);
  if (!ended) co_return Unexpected(ended.error());
  const Args args{{"channel", channel}, {"title", ended->title}};
  co_return done_answer(request, recording_json(*ended, context.rooms.zone),
                        text(request.language, "recording.stopped", args));
}

Answer add_plan(Context& context, Request request) {
  Asked asked(request);
  const auto draft = draft_of(asked);
  if (!asked) co_return asked.refused();
  const auto plan = co_await context.rooms.recordings.add(draft, request.caller.actor);
  if (!plan) co_return Unexpected(plan.error());
  const auto next = context.rooms.recordings.next_start(*plan);
  const Args args{{"no", std::to_string(plan->no)},
                  {"channel", plan->channel},
                  {"start", next ? time_text(context.rooms.zone, *next, request.language) : ""},
                  {"minutes", std::to_string(plan->minutes)}};
  co_return done_answer(request, plan_json(*plan), text(request.language, "recording.planned", args), 201);
}

Answer remove_plan(Context& context, Request request) {
  Asked asked(request);
  const auto no = asked.number("plan");
  if (!asked) co_return asked.refused();
  const auto plan = co_await context.rooms.recordings.remove(no, request.caller.actor);
  if (!plan) co_return Unexpected(plan.error());
  const Args args{{"no", request.capture("plan")}, {"channel", plan->channel}};
  co_return done_answer(request, plan_json(*plan), text(request.language, "recording.removed", args));
}

}  // namespace edu::web
