// /api/v1/roster: who belongs to the station.
#include <variant>

#include "base/sha256.h"
#include "logs/study/roster_import.h"
#include "people/roster_csv.h"
#include "web/api/context.h"

namespace edu::web {
namespace {

using people::LineError;

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

}  // namespace

Answer list_roster(Context& context, Request request) {
  people::Filter filter;
  if (const auto group = request.parameter("group"); !group.empty()) filter.groups.push_back(group);
  if (const auto name = request.parameter("category"); !name.empty()) {
    const auto category = people::from_key<people::Category>(name);
    if (!category) co_return refuse("web.category", {{"value", name}});
    filter.categories.push_back(*category);
  }
  auto work = [filter, today = context.today()](Database& database) {
    return people::list(database, today, filter);
  };
  const auto found = co_await read(context, work);
  co_return table_answer(request, people::roster_table(found, request.language));
}

Answer export_roster(Context& context, Request request) {
  auto work = [today = context.today(), language = request.language](Database& database) {
    return people::export_csv(people::list(database, today), language);
  };
  Response response;
  response.content_type = "text/csv; charset=utf-8";
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"roster.csv\"");
  response.body = co_await read(context, work);
  co_return response;
}

Answer import_roster(Context& context, Request request) {
  auto parse = [bytes = std::move(request.body)] {
    return std::pair(people::parse_roster(bytes), to_hex(Sha256().update(std::string_view(bytes)).finish()));
  };
  auto [parsed, sha256] = co_await context.rooms.workers.run(std::move(parse));
  if (const auto* errors = std::get_if<std::vector<LineError>>(&parsed))
    co_return lines_problem(request.language, *errors);
  auto unit = [file = std::get<people::RosterFile>(std::move(parsed)), sha256, today = context.today(),
               actor = request.caller.actor](logs::Transaction& transaction) {
    return logs::import_roster(transaction, file, sha256, today, actor);
  };
  const auto report = co_await context.rooms.ledger.write(std::move(unit));
  json::object result;
  result["added"] = report.added.size();
  result["changed"] = report.changed.size();
  result["unchanged"] = report.unchanged;
  const Args args{{"added", std::to_string(report.added.size())},
                  {"changed", std::to_string(report.changed.size())},
                  {"unchanged", std::to_string(report.unchanged)}};
  co_return done_answer(request, result, text(request.language, "web.roster_imported", args));
}

}  // namespace edu::web
