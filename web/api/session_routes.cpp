// /api/v1/sessions: study sessions and who is there.
#include <algorithm>
#include <array>

#include "logs/books/session_list.h"
#include "web/api/context.h"

namespace edu::web {
namespace {

constexpr std::array<std::string_view, 6> kMeans{"roll-call", "paper", "qr", "kiosk", "pin", "card"};

Result<logs::Period> period_of(const Request& request) {
  const auto from = day(request.parameter("from"));
  if (!from) return Unexpected(from.error());
  const auto to = day(request.parameter("to"));
  if (!to) return Unexpected(to.error());
  return logs::Period{*from, *to};
}

awaitable<Response> list(Context& context, Request request) {
  const auto period = period_of(request);
  if (!period) co_return problem(request.language, period.error());
  auto work = [period = *period, zone = context.rooms.zone, language = request.language](Database& database) {
    return logs::session_list(database, period, zone, language);
  };
  auto reading = read(context, work);
  const auto table = co_await std::move(reading);
  co_return table_answer(request, table);
}

awaitable<Response> show(Context& context, Request request) {
  const auto session = number(request.capture("id"));
  if (!session) co_return problem(request.language, session.error());
  auto work = [session = *session, zone = context.rooms.zone, language = request.language](
                  Database& database) { return logs::session_sheet(database, session, zone, language); };
  auto reading = read(context, work);
  const auto table = co_await std::move(reading);
  co_return table_answer(request, table);
}

json::array strings(const std::vector<std::string>& items) { return json::array(items.begin(), items.end()); }

std::string joined(const std::vector<std::string>& items, Language language) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : text(language, "web.comma")) + item;
  return out;
}

// `kind`: sign_in or sign_out, of the texts.
Response reported(const Request& request, const Result<logs::SignInReport>& report, const std::string& kind) {
  if (!report) return problem(request.language, report.error());
  const auto language = request.language;
  json::object result;
  result["done"] = strings(report->done);
  result["already"] = strings(report->already);
  const auto say = [&](const std::string& key, const std::vector<std::string>& who) {
    return text(language, "web." + kind + key,
                {{"count", std::to_string(who.size())}, {"people", joined(who, language)}});
  };
  auto sentence = report->done.empty() ? std::string() : say("_done", report->done);
  if (!report->already.empty()) sentence += (sentence.empty() ? "" : "\n") + say("_already", report->already);
  return done_answer(request, result, sentence);
}

struct Asked {
  std::int64_t session = 0;
  json::object body;
};
Result<Asked> asked(const Request& request) {
  const auto session = number(request.capture("id"));
  if (!session) return Unexpected(session.error());
  auto body = json_body(request);
  if (!body) return Unexpected(body.error());
  return Asked{*session, std::move(*body)};
}

Result<std::vector<std::string>> members_of(const json::object& body) {
  auto members = member_texts(body, "members");
  if (members && members->empty()) return refuse("web.member_missing", {{"name", "members"}});
  return members;
}

awaitable<Response> sign_in(Context& context, Request request) {
  const auto given = asked(request);
  if (!given) co_return problem(request.language, given.error());
  const auto members = members_of(given->body);
  if (!members) co_return problem(request.language, members.error());
  const auto means = member_or(given->body, "means", kMeans.front());
  if (std::ranges::find(kMeans, means) == kMeans.end())
    co_return problem(request.language, Refusal{"web.means", {{"value", means}}, {}});
  auto signing = context.rooms.sessions.sign_in(given->session, *members, means, kActor);
  const auto report = co_await std::move(signing);
  co_return reported(request, report, "sign_in");
}

awaitable<Response> sign_out(Context& context, Request request) {
  const auto given = asked(request);
  if (!given) co_return problem(request.language, given.error());
  const auto members = members_of(given->body);
  if (!members) co_return problem(request.language, members.error());
  auto signing = context.rooms.sessions.sign_out(given->session, *members, kActor);
  const auto report = co_await std::move(signing);
  co_return reported(request, report, "sign_out");
}

awaitable<Response> excuse(Context& context, Request request) {
  const auto given = asked(request);
  if (!given) co_return problem(request.language, given.error());
  const auto member = member_text(given->body, "member"), reason = member_text(given->body, "reason");
  if (!member) co_return problem(request.language, member.error());
  if (!reason) co_return problem(request.language, reason.error());
  auto excusing = context.rooms.sessions.excuse(given->session, *member, *reason, kActor);
  const auto done = co_await std::move(excusing);
  if (!done) co_return problem(request.language, done.error());
  const Args args{{"member", *member}, {"reason", *reason}};
  co_return done_answer(request, given->body, text(request.language, "web.excused", args));
}

awaitable<Response> visitors(Context& context, Request request) {
  const auto given = asked(request);
  if (!given) co_return problem(request.language, given.error());
  const auto count = member_number(given->body, "count");
  if (!count) co_return problem(request.language, count.error());
  auto counting = context.rooms.sessions.count_visitors(given->session, *count, kActor);
  const auto done = co_await std::move(counting);
  if (!done) co_return problem(request.language, done.error());
  const Args args{{"count", std::to_string(*count)}};
  co_return done_answer(request, given->body, text(request.language, "web.visitors", args));
}

}  // namespace

void add_session_routes(Router& router, Context& context) {
  router.add("GET", "/api/v1/sessions", with(context, list));
  router.add("GET", "/api/v1/sessions/{id}", with(context, show));
  router.add("POST", "/api/v1/sessions/{id}/sign-in", with(context, sign_in));
  router.add("POST", "/api/v1/sessions/{id}/sign-out", with(context, sign_out));
  router.add("POST", "/api/v1/sessions/{id}/excuse", with(context, excuse));
  router.add("POST", "/api/v1/sessions/{id}/visitors", with(context, visitors));
}

}  // namespace edu::web
