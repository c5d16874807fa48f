// /api/v1/login and setup: how somebody comes in, and the first operator by the code at the machine.
#include "web/api/context.h"

namespace edu::web {
namespace {

// Only over HTTPS or on this machine itself, to no script, with no request that another site began.
std::string set_cookie(const std::string& token) {
  return std::string(kCookie) + "=" + token + "; Path=/; Secure; HttpOnly; SameSite=Strict";
}

json::object me_json(const access::Account& account) {
  json::object out;
  out["id"] = account.id;
  out["name"] = account.name;
  const auto roles = access::keys_of(account.roles);
  out["roles"] = json::array(roles.begin(), roles.end());
  return out;
}

// A log-in that is refused says how long to wait, and has statuses of its own.
Response refused(const Request& request, const Refusal& why) {
  if (why.code != "access.wait")
    return problem(request.language, why,
                   why.code == "access.wrong" || why.code == "access.code_wrong" ? 403 : status_of(why));
  auto response = problem(request.language, why, 429);
  response.headers.emplace_back("Retry-After", why.args.at("seconds"));
  return response;
}

Response entered(const Request& request, const Result<Gate::Entered>& result) {
  if (!result) return refused(request, result.error());
  const Args args{{"name", result->account.name}};
  auto response =
      done_answer(request, me_json(result->account), text(request.language, "access.welcome", args));
  response.headers.emplace_back("Set-Cookie", set_cookie(result->token));
  return response;
}

}  // namespace

Answer log_in(Context& context, Request request) {
  Asked asked(request);
  const auto name = asked.text("name"), password = asked.text("password");
  if (!asked) co_return asked.refused();
  const auto result = co_await context.gate.log_in(name, password, request);
  co_return entered(request, result);
}

Answer log_out(Context& context, Request request) {
  co_await context.gate.log_out(request.caller);
  auto response = done_answer(request, {}, text(request.language, "access.logged_out"));
  response.headers.emplace_back("Set-Cookie", set_cookie("") + "; Max-Age=0");
  co_return response;
}

Answer show_me(Context& context, Request request) {
  const auto* account = context.gate.account(request.caller.actor);
  json::object me;
  me["name"] = request.caller.actor;
  me["roles"] = json::array(request.caller.roles.begin(), request.caller.roles.end());
  co_return json_answer(account ? me_json(*account) : me);
}

Answer set_own_password(Context& context, Request request) {
  Asked asked(request);
  const auto old = asked.text("old"), fresh = asked.text("new");
  if (!asked) co_return asked.refused();
  const auto* mine = context.gate.account(request.caller.actor);
  if (!mine) co_return refuse("access.no_account", {}, Refusal::Kind::conflict);
  const auto account = *mine;
  const auto right = co_await context.gate.check(account, old, request.caller.address);
  if (!right) co_return refused(request, right.error());
  const auto set =
      co_await context.gate.set_password(account.id, fresh, "owner", account.id, request.caller.login);
  if (!set) co_return Unexpected(set.error());
  const Args args{{"name", account.name}};
  co_return done_answer(request, me_json(account), text(request.language, "access.password_set", args));
}

Answer show_setup_code(Context& context, Request request) {
  if (request.transport != Transport::unix_socket)
    co_return problem(request.language, Refusal{"access.code_here", {}, {}}, 403);
  json::object result;
  result["code"] = context.gate.code();
  const Args args{{"code", context.gate.code()}, {"port", std::to_string(context.port)}};
  const auto* sentence = context.port == 0      ? "access.code_no_page"
                         : context.gate.ready() ? "access.code_again"
                                                : "access.code_first";
  co_return done_answer(request, std::move(result), text(request.language, sentence, args));
}

Answer set_up(Context& context, Request request) {
  Asked asked(request);
  const auto code = asked.text("code"), name = asked.text("name"), password = asked.text("password");
  if (!asked) co_return asked.refused();
  const auto result = co_await context.gate.set_up(code, name, password, request);
  co_return entered(request, result);
}

}  // namespace edu::web
