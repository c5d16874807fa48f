// /api/v1/journal and /api/v1/events: the journal's newest records, its check, and what is written to it
// live.
#include "web/api/context.h"
#include "web/api/verdict.h"

namespace edu::web {
namespace {

constexpr std::int64_t kUsualTail = 20, kLongestTail = 1000;

// An account stands in the records by its id, and is shown by its name.
std::string actor_text(const Gate& gate, const std::string& actor) {
  const auto* account = gate.account(actor);
  return account ? account->name : actor;
}

Table tail_table(const std::vector<logs::Record>& records, const Context& context, Language language) {
  const auto& zone = context.rooms.zone;
  auto table = headed(language, "web.journal", {"seq", "at", "kind", "actor", "clock", "payload"});
  table.title = text(language, "web.journal.title");
  for (const auto& record : records) {
    const auto fields = record.fields();
    table.rows.push_back({Count{record.seq}, zone.instant_to_the_second(from_ms(get_int(fields, "at"))),
                          get_string(fields, "kind"), actor_text(context.gate, get_string(fields, "actor")),
                          get_string(fields, "clock"), canonical(get_object(fields, "payload"))});
  }
  name_year(table);
  return table;
}

}  // namespace

Answer show_journal(Context& context, Request request) {
  Asked asked(request);
  const auto count = asked.within("n", kUsualTail, kLongestTail, "web.tail");
  if (!asked) co_return asked.refused();
  auto work = [count](Database& database) { return logs::journal::tail(database, count); };
  const auto records = co_await read(context, work);
  co_return table_answer(request, tail_table(records, context, request.language));
}

Answer verify_journal(Context& context, Request request) {
  const auto turn = context.verifying.try_take();
  if (!turn) co_return refuse("web.verifying", {}, Refusal::Kind::unavailable);
  auto work = [&projections = context.rooms.ledger.projections()](Database& database) {
    return logs::journal::verify(database, projections);
  };
  const auto verdict = co_await read(context, work);
  const auto result = verdict_json(verdict, request.language);
  co_return done_answer(request, result, get_string(result, "text"));
}

Answer follow_events(Context& context, Request request) {
  Response response;
  response.content_type = "text/event-stream; charset=utf-8";
  const auto stream = context.hub.subscribe(
      request.caller.login);  // before the journal is read: between the two nothing is lost
  if (const auto given = request.header("last-event-id"); !given.empty()) {
    const auto last_seen = number_in(given);
    if (!last_seen) co_return Unexpected(last_seen.error());
    auto work = [last_seen = *last_seen](Database& database) { return missed_since(database, last_seen); };
    const auto missed = co_await read(context, work);
    stream->replay(missed);
  }
  response.stream = stream;
  co_return response;
}

}  // namespace edu::web
