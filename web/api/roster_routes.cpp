// /api/v1/roster: who belongs to the station.
#include <variant>

#include "base/sha256.h"
#include "people/roster_csv.h"
#include "web/api/context.h"

namespace edu::web {
namespace {

using people::LineError;
using people::RosterFile;

awaitable<Response> list(Context& context, Request request) {
  people::Filter filter;
  if (const auto group = request.parameter("group"); !group.empty()) filter.groups.push_back(group);
  if (const auto name = request.parameter("category"); !name.empty()) {
    const auto category = people::from_key<people::Category>(name);
    if (!category) co_return problem(request.language, Refusal{"web.category", {{"value", name}}, {}});
    filter.categories.push_back(*category);
  }
  auto work = [filter, today = context.today()](Database& database) {
    return people::list(database, today, filter);
  };
  auto reading = read(context, work);
  const auto found = co_await std::move(reading);
  co_return table_answer(request, people::roster_table(found, request.language));
}

awaitable<Response> export_roster(Context& context, Request request) {
  auto work = [today = context.today(), language = request.language](Database& database) {
    return people::export_csv(people::list(database, today), language);
  };
  auto reading = read(context, work);
  Response response;
  response.content_type = "text/csv; charset=utf-8";
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"roster.csv\"");
  response.body = co_await std::move(reading);
  co_return response;
}

Response lines_problem(Language language, const std::vector<LineError>& errors) {
  std::string detail = text(language, "web.roster_lines");
  json::array lines;
  for (const auto& error : errors) {
    json::object line;
    line["line"] = error.line;
    line["code"] = error.refusal.code;
    line["text"] = people::line_text(language, error);
    detail += "\n" + people::line_text(language, error);
    lines.push_back(std::move(line));
  }
  json::object extra;
  extra["detail"] = detail;
  extra["errors"] = std::move(lines);
  return problem(language, Refusal{"web.roster", {}, {}}, 400, extra);
}

awaitable<people::ImportReport> write_roster(Context& context, RosterFile file, std::string sha256) {
  auto unit = [file = std::move(file), sha256, today = context.today()](logs::Transaction& transaction) {
    auto report = people::import(transaction.db, file, today);
    logs::RosterImported event;
    event.added = static_cast<std::int64_t>(report.added.size());
    event.changed = static_cast<std::int64_t>(report.changed.size());
    event.unchanged = static_cast<std::int64_t>(report.unchanged);
    event.people = report.added;
    event.people.insert(event.people.end(), report.changed.begin(), report.changed.end());
    event.sha256 = sha256;
    transaction.append(kActor, event);
    return report;
  };
  auto writing = context.rooms.ledger.write(std::move(unit));
  co_return co_await std::move(writing);
}

awaitable<Response> import(Context& context, Request request) {
  auto parse = [bytes = std::move(request.body)] {
    return std::pair(people::parse_roster(bytes), to_hex(Sha256().update(std::string_view(bytes)).finish()));
  };
  auto parsing = context.rooms.workers.run(std::move(parse));
  auto [parsed, sha256] = co_await std::move(parsing);
  if (const auto* errors = std::get_if<std::vector<LineError>>(&parsed))
    co_return lines_problem(request.language, *errors);
  auto writing = write_roster(context, std::move(std::get<RosterFile>(parsed)), sha256);
  const auto report = co_await std::move(writing);
  json::object result;
  result["added"] = report.added.size();
  result["changed"] = report.changed.size();
  result["unchanged"] = report.unchanged;
  const Args args{{"added", std::to_string(report.added.size())},
                  {"changed", std::to_string(report.changed.size())},
                  {"unchanged", std::to_string(report.unchanged)}};
  co_return done_answer(request, result, text(request.language, "web.roster_imported", args));
}

}  // namespace

void add_roster_routes(Router& router, Context& context) {
  router.add("GET", "/api/v1/roster", with(context, list));
  router.add("GET", "/api/v1/roster/export", with(context, export_roster));
  router.add("POST", "/api/v1/roster", with(context, import), "text/csv");
}

}  // namespace edu::web
