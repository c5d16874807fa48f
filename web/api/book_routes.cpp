// /api/v1/books and /api/v1/participation: the record books and rates, computed from the journal's tables.
#include "base/loose_date.h"
#include "logs/books/books.h"
#include "logs/books/participation.h"
#include "web/api/context.h"

namespace edu::web {
namespace {

std::optional<logs::By> by_of(const std::string& name) {
  if (name.empty()) return logs::By::none;
  if (name == "group") return logs::By::group;
  if (name == "person") return logs::By::person;
  return std::nullopt;
}

// What the rate is asked of: a session, else a month.
struct Scope {
  std::optional<std::int64_t> session;
  std::string month;
  logs::By by = logs::By::none;
};

Scope scope_of(Asked& asked, const Context& context, const Request& request) {
  Scope scope;
  const auto by = by_of(request.parameter("by"));
  if (!by) asked.refuse({"web.by", {{"value", request.parameter("by")}}, {}});
  scope.by = by.value_or(logs::By::none);
  scope.session = asked.parameter_number("session");
  scope.month = request.parameter("month");
  if (const auto typed = typed_month(scope.month)) scope.month = *typed;
  if (scope.session && !scope.month.empty()) asked.refuse({"web.month_or_session", {}, {}});
  if (scope.month.empty()) scope.month = to_string(context.today()).substr(0, 7);
  if (scope.month.size() != 7 || !parse_date(scope.month + "-01"))
    asked.refuse({"web.month", {{"value", scope.month}}, {}});
  return scope;
}

}  // namespace

Answer show_book(Context& context, Request request) {
  const auto* which = logs::find_book(logs::all_books(), request.capture("book"));
  if (!which) co_return refuse("web.book", {{"value", request.capture("book")}}, Refusal::Kind::not_found);
  Asked asked(request);
  const auto [from, to] = asked.days("from", "to");
  const logs::Period period{from, to};
  if (!asked) co_return asked.refused();
  auto work = [which, period, zone = context.rooms.zone, language = request.language](Database& database) {
    return logs::read_book(database, *which, period, zone, language);
  };
  const auto table = co_await read(context, work);
  co_return table_answer(request, table);
}

Answer show_participation(Context& context, Request request) {
  Asked asked(request);
  const auto scope = scope_of(asked, context, request);
  if (!asked) co_return asked.refused();
  auto work = [scope, zone = context.rooms.zone, language = request.language](Database& database) {
    return scope.session ? logs::participation_of_session(database, *scope.session, scope.by, zone, language)
                         : logs::participation_of_month(database, scope.month, scope.by, zone, language);
  };
  const auto table = co_await read(context, work);
  co_return table_answer(request, table);
}

}  // namespace edu::web
