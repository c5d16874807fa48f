// /api/v1/sessions: study sessions and who is there.
#include "base/text.h"
#include "logs/books/session_list.h"
#include "logs/study/sign_in.h"
#include "web/api/context.h"

namespace edu::web {
namespace {

json::array strings(const std::vector<std::string>& items) { return json::array(items.begin(), items.end()); }

std::string joined(const std::vector<std::string>& items, Language language) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : text(language, "web.comma")) + item;
  return out;
}

// `kind`: sign_in or sign_out, of the texts.
Result<Response> reported(const Request& request, const Result<logs::SignInReport>& report,
                          const std::string& kind) {
  if (!report) return Unexpected(report.error());
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

std::vector<std::string> members_of(Asked& asked) {
  auto members = asked.texts("members");
  if (members.empty()) asked.refuse({"web.member_missing", {{"name", "members"}}, {}});
  return members;
}

}  // namespace

Answer list_sessions(Context& context, Request request) {
  Asked asked(request);
  const auto [from, to] = asked.days("from", "to");
  const logs::Period period{from, to};
  if (!asked) co_return asked.refused();
  auto work = [period, zone = context.rooms.zone, language = request.language](Database& database) {
    return logs::session_list(database, period, zone, language);
  };
  const auto table = co_await read(context, work);
  co_return table_answer(request, table);
}

Answer show_session(Context& context, Request request) {
  Asked asked(request);
  const auto session = asked.number("id");
  if (!asked) co_return asked.refused();
  auto work = [session, zone = context.rooms.zone, language = request.language](Database& database) {
    return logs::session_sheet(database, session, zone, language);
  };
  const auto table = co_await read(context, work);
  co_return table_answer(request, table);
}

Answer sign_in(Context& context, Request request) {
  Asked asked(request);
  const auto session = asked.number("id");
  const auto members = members_of(asked);
  const auto means = asked.text_or("means", logs::kSignInMeans.front());
  if (!logs::is_sign_in_means(means)) asked.refuse({"web.means", {{"value", means}}, {}});
  if (!asked) co_return asked.refused();
  const auto report = co_await context.rooms.sessions.sign_in(session, members, means, request.caller.actor);
  co_return reported(request, report, "sign_in");
}

Answer sign_out(Context& context, Request request) {
  Asked asked(request);
  const auto session = asked.number("id");
  const auto members = members_of(asked);
  if (!asked) co_return asked.refused();
  const auto report = co_await context.rooms.sessions.sign_out(session, members, request.caller.actor);
  co_return reported(request, report, "sign_out");
}

Answer excuse(Context& context, Request request) {
  Asked asked(request);
  const auto session = asked.number("id");
  const auto member = asked.text("member"), reason = asked.text("reason");
  if (!asked) co_return asked.refused();
  const auto done = co_await context.rooms.sessions.excuse(session, member, reason, request.caller.actor);
  if (!done) co_return Unexpected(done.error());
  const Args args{{"member", member}, {"reason", one_line(reason)}};
  co_return done_answer(request, asked.body(), text(request.language, "web.excused", args));
}

Answer count_visitors(Context& context, Request request) {
  Asked asked(request);
  const auto session = asked.number("id");
  const auto count = asked.integer("count");
  if (!asked) co_return asked.refused();
  const auto done = co_await context.rooms.sessions.count_visitors(session, count, request.caller.actor);
  if (!done) co_return Unexpected(done.error());
  const Args args{{"count", std::to_string(count)}};
  co_return done_answer(request, asked.body(), text(request.language, "web.visitors", args));
}

}  // namespace edu::web
