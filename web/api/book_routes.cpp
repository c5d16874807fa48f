// /api/v1/books and /api/v1/participation: the record books and rates, computed from the journal's tables.
#include "logs/books/books.h"
#include "logs/books/participation.h"
#include "web/api/context.h"

namespace edu::web {
namespace {

awaitable<Response> book(Context& context, Request request) {
  const auto* which = logs::find_book(logs::all_books(), request.capture("book"));
  const Refusal unknown{"web.book", {{"value", request.capture("book")}}, Refusal::Kind::not_found};
  if (!which) co_return problem(request.language, unknown);
  const auto from = day(request.parameter("from")), to = day(request.parameter("to"));
  if (!from) co_return problem(request.language, from.error());
  if (!to) co_return problem(request.language, to.error());
  const logs::Period period{*from, *to};
  auto work = [which, period, zone = context.rooms.zone, language = request.language](Database& database) {
    return logs::read_book(database, *which, period, zone, language);
  };
  auto reading = read(context, work);
  const auto table = co_await std::move(reading);
  co_return table_answer(request, table);
}

std::optional<logs::By> by_of(const std::string& name) {
  if (name.empty()) return logs::By::none;
  if (name == "group") return logs::By::group;
  if (name == "person") return logs::By::person;
  return std::nullopt;
}

struct Asked {
  std::optional<std::int64_t> session;  // else the month
  std::string month;
  logs::By by = logs::By::none;
};

Result<Asked> asked(const Context& context, const Request& request) {
  Asked out;
  const auto by = by_of(request.parameter("by"));
  if (!by) return refuse("web.by", {{"value", request.parameter("by")}});
  out.by = *by;
  if (const auto given = request.parameter("session"); !given.empty()) {
    const auto session = number(given);
    if (!session) return Unexpected(session.error());
    out.session = *session;
  }
  out.month = request.parameter("month");
  if (out.session && !out.month.empty()) return refuse("web.month_or_session");
  if (out.month.empty()) out.month = to_string(context.today()).substr(0, 7);
  if (out.month.size() != 7 || !parse_date(out.month + "-01"))
    return refuse("web.month", {{"value", out.month}});
  return out;
}

awaitable<Response> participation(Context& context, Request request) {
  const auto given = asked(context, request);
  if (!given) co_return problem(request.language, given.error());
  auto work = [given = *given, zone = context.rooms.zone, language = request.language](Database& database) {
    return given.session ? logs::participation_of_session(database, *given.session, given.by, zone, language)
                         : logs::participation_of_month(database, given.month, given.by, zone, language);
  };
  auto reading = read(context, work);
  const auto table = co_await std::move(reading);
  co_return table_answer(request, table);
}

}  // namespace

void add_book_routes(Router& router, Context& context) {
  router.add("GET", "/api/v1/books/{book}", with(context, book));
  router.add("GET", "/api/v1/participation", with(context, participation));
}

}  // namespace edu::web
