// /api/v1/roster/…: what is done to one person, and to their account with them.
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

// Who is one person now, and the id that the other entry had: an account of theirs goes along.
struct Merged {
  std::string before;
  people::Person now;
};

}  // namespace

Answer merge_people(Context& context, Request request) {
  Asked asked(request);
  const auto gone = asked.text("member"), kept = asked.text("into");
  if (!asked) co_return asked.refused();
  auto unit = [gone, kept, today = context.today(),
               actor = request.caller.actor](logs::Transaction& transaction) -> Result<Merged> {
    const auto before = people::find(transaction.db, gone, today);
    const auto person = logs::merge_people(transaction, gone, kept, today, actor);
    if (!person) return Unexpected(person.error());
    const bool has_one = access::account_by_id(transaction.db, person->id).has_value();
    if (access::move(transaction.db, before->id, person->id)) {
      transaction.append(actor, logs::AccountChanged{before->id, {}, 0});
      const auto now = access::account_by_id(transaction.db, person->id);
      if (!has_one) transaction.append(actor, logs::AccountAdded{now->id, access::keys_of(now->roles)});
    }
    return Merged{before->id, *person};
  };
  const auto turn = co_await context.gate.turn();
  const auto merged = co_await context.rooms.ledger.write(std::move(unit));
  if (merged) context.gate.moved(merged->before, merged->now.id);
  const auto person = merged.map([](const Merged& one) { return one.now; });
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
    auto person = logs::erase_person(transaction, member, reason, today, actor);
    if (person && access::erase(transaction.db, person->id))
      transaction.append(actor, logs::AccountChanged{person->id, {}, 0});
    return person;
  };
  const auto turn = co_await context.gate.turn();
  const auto person = co_await context.rooms.ledger.write(std::move(unit));
  if (person) context.gate.moved(person->id, "");
  co_return told(request, person, "web.roster.erased");
}

}  // namespace edu::web
