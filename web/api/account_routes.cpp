// /api/v1/accounts and logins: who may come in, as an operator keeps it.
#include "base/text.h"
#include "people/roster.h"
#include "web/api/context.h"

namespace edu::web {
namespace {

json::array texts_of(const std::vector<std::string>& items) {
  return json::array(items.begin(), items.end());
}

json::object account_json(const Gate& gate, const access::Account& account) {
  json::object out;
  out["id"] = account.id;
  out["name"] = account.name;
  out["roles"] = texts_of(access::keys_of(account.roles));
  out["enabled"] = account.enabled;
  out["has_password"] = !account.kept.empty();
  out["locked"] = gate.locked(account);
  return out;
}

// What was done to an account: `sentence` with its name and roles.
Response told(Context& context, const Request& request, const access::Account& account,
              const char* sentence) {
  const Args args{{"name", account.name}, {"roles", access::labels(request.language, account.roles)}};
  return done_answer(request, account_json(context.gate, account), text(request.language, sentence, args));
}

// The name of a person of the roster, where the account is to be theirs.
Result<access::Account> of_person(Database& database, const std::string& who, LocalDate today) {
  access::Account account;
  const auto person = people::find(database, who, today);
  if (!person) return Unexpected(person.error());
  account.id = person->id;
  account.name = person->name;
  return account;
}

}  // namespace

Answer list_accounts(Context& context, Request request) {
  co_return table_answer(request, access::account_table(context.gate.accounts(), request.language));
}

Answer add_account(Context& context, Request request) {
  Asked asked(request);
  const auto name = asked.text_or("name", ""), member = asked.text_or("member", ""),
             password = asked.text_or("password", "");
  const auto roles = asked.value(access::typed_roles(asked.texts("roles")));
  if (!asked) co_return asked.refused();
  access::Account account;
  if (!member.empty()) {
    auto look = [member, today = context.today()](Database& database) {
      return of_person(database, member, today);
    };
    auto found = co_await read(context, std::move(look));
    if (!found) co_return Unexpected(found.error());
    account = *std::move(found);
  }
  if (!name.empty()) account.name = name;
  account.roles = roles;
  const auto added = co_await context.gate.add(account, password, request.caller.actor);
  if (!added) co_return Unexpected(added.error());
  co_return told(context, request, *added, password.empty() ? "access.added_without" : "access.added");
}

Answer set_account_password(Context& context, Request request) {
  Asked asked(request);
  const auto password = asked.text("password");
  const auto account = asked.value(context.gate.named(request.capture("name")));
  if (!asked) co_return asked.refused();
  const auto set = co_await context.gate.set_password(account.id, password, "operator", request.caller.actor);
  if (!set) co_return Unexpected(set.error());
  co_return told(context, request, account, "access.password_set");
}

Answer set_account_roles(Context& context, Request request) {
  Asked asked(request);
  const auto roles = asked.value(access::typed_roles(asked.texts("roles")));
  const auto account = asked.value(context.gate.named(request.capture("name")));
  if (!asked) co_return asked.refused();
  Gate::Change change;
  change.roles = roles;
  const auto changed = co_await context.gate.change(account.id, change, request.caller.actor);
  if (!changed) co_return Unexpected(changed.error());
  co_return told(context, request, *changed, "access.roles_set");
}

Answer set_account_state(Context& context, Request request) {
  Asked asked(request);
  const auto enabled = asked.flag("enabled");
  const auto account = asked.value(context.gate.named(request.capture("name")));
  if (!asked) co_return asked.refused();
  Gate::Change change;
  change.enabled = enabled;
  const auto changed = co_await context.gate.change(account.id, change, request.caller.actor);
  if (!changed) co_return Unexpected(changed.error());
  co_return told(context, request, *changed, enabled ? "access.enabled" : "access.disabled");
}

Answer unlock_account(Context& context, Request request) {
  const auto account = context.gate.named(request.capture("name"));
  if (!account) co_return Unexpected(account.error());
  context.gate.unlock(*account);
  co_return told(context, request, *account, "access.unlocked");
}

Answer list_logins(Context& context, Request request) {
  auto table =
      headed(request.language, "access.login_column", {"login", "name", "since", "used", "address", "agent"});
  table.title = text(request.language, "access.logins_title");
  const auto& zone = context.rooms.zone;
  for (const auto& one : context.gate.logins()) {
    const auto* account = context.gate.account(one.account);
    table.rows.push_back({one.no(), account ? account->name : one.account, zone.instant(one.since),
                          zone.instant(one.used), one.address, one.agent});
  }
  co_return table_answer(request, table);
}

Answer end_login(Context& context, Request request) {
  const auto ended = co_await context.gate.end(request.capture("no"), request.caller.actor);
  if (!ended) co_return Unexpected(ended.error());
  const auto* account = context.gate.account(ended->account);
  const Args args{{"login", ended->no()}, {"name", account ? account->name : ended->account}};
  json::object result;
  result["login"] = ended->no();
  co_return done_answer(request, std::move(result), text(request.language, "access.login_ended", args));
}

}  // namespace edu::web
