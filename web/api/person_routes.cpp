// /api/v1/roster/…: what is done to one person.
#include "logs/study/roster_changes.h"
#include "web/api/context.h"

namespace edu::web {
namespace {

Result<Response> told(const Request& request, const Result<people::Person>& person, const char* sentence,
                      Args args = {}) {
  if (!person) return Unexpected(person.error());
  args["person"] = person->number + " " + person->name;
  return done_answer(request, {}, text(request.language, sentence, args));
}

}  // namespace

Answer merge_people(Context& context, Request request) {
  Asked asked(request);
  const auto gone = asked.text("member"), kept = asked.text("into");
  if (!asked) co_return asked.refused();
  auto unit = [gone, kept, today = context.today(),
               actor = request.caller.actor](logs::Transaction& transaction) {
    return logs::merge_people(transaction, gone, kept, today, actor);
  };
  const auto person = co_await context.rooms.ledger.write(std::move(unit));
  const Args args{{"gone", gone}};
  co_return told(request, person, "web.roster.merged", args);
}

Answer move_person_out(Context& context, Request request) {
  Asked asked(request);
  const auto member = asked.text("member");
  const auto since = asked.day_or("since", context.today());
  if (!asked) co_return asked.refused();
  auto unit = [member, since, today = context.today(),
               actor = request.caller.actor](logs::Transaction& transaction) {
    return logs::move_out(transaction, member, since, today, actor);
  };
  const auto person = co_await context.rooms.ledger.write(std::move(unit));
  const Args args{{"since", to_string(since)}};
  co_return told(request, person, "web.roster.moved_out", args);
}

Answer erase_person(Context& context, Request request) {
  Asked asked(request);
  const auto member = asked.text("member"), reason = asked.text("reason");
  if (!asked) co_return asked.refused();
  auto unit = [member, reason, today = context.today(),
               actor = request.caller.actor](logs::Transaction& transaction) {
    return logs::erase_person(transaction, member, reason, today, actor);
  };
  const auto person = co_await context.rooms.ledger.write(std::move(unit));
  if (person) co_await context.gate.erase(person->id, request.caller.actor);
  co_return told(request, person, "web.roster.erased");
}

}  // namespace edu::web
