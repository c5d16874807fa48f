// /api/v1/roster: who belongs to the station.
#include <variant>

#include "base/sha256.h"
#include "base/text.h"
#include "base/typed.h"
#include "logs/study/roster_import.h"
#include "people/roster_csv.h"
#include "people/roster_words.h"
#include "people/roster_workbook.h"
#include "people/workbook/reader.h"
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

Response csv_file(std::string bytes, const std::string& name) {
  Response response;
  response.content_type = "text/csv; charset=utf-8";
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + "\"");
  response.body = std::move(bytes);
  return response;
}

Result<people::ImportChoices> choices_of(const Request& request) {
  using Twins = people::ImportChoices::Twins;
  people::ImportChoices choices;
  const auto wrong = [&](const char* name, const char* allowed) {
    const Args args{{"name", name}, {"value", one_line(request.parameter(name))}, {"allowed", allowed}};
    return Unexpected(Refusal{"web.choice", args, {}});
  };
  const auto twins = request.parameter("twins"), groups = request.parameter("groups"),
             missing = request.parameter("missing");
  if (twins == "same")
    choices.twins = Twins::same;
  else if (twins == "new")
    choices.twins = Twins::add;
  else if (twins == "skip")
    choices.twins = Twins::skip;
  else if (!twins.empty())
    return wrong("twins", "same, new, skip");
  for (const auto& [name, decision] :
       {std::pair("same", Twins::same), {"new", Twins::add}, {"skip", Twins::skip}})
    for (const auto& typed : typed_list(request.parameter(name))) {
      const auto line = number_in(typed);
      if (!line || !choices.of_line.emplace(*line, decision).second) return wrong(name, "3,7");
    }
  if (!groups.empty() && groups != "new") return wrong("groups", "new");
  if (!missing.empty() && missing != "move-out") return wrong("missing", "move-out");
  choices.new_groups = !groups.empty();
  choices.missing_move_out = !missing.empty();
  return choices;
}

json::object facts_of(Language language, const people::Understood& understood,
                      const people::ImportPlan& plan) {
  json::object facts;
  facts["understood"] = people::understood_json(understood);
  facts["plan"] = people::plan_json(language, plan);
  return facts;
}

std::string told(Language language, const people::Understood& understood, const people::ImportPlan& plan) {
  return people::understood_text(language, understood) + "\n" + people::plan_text(language, plan);
}

Response planned_answer(const Request& request, const people::Understood& understood,
                        const people::ImportPlan& plan) {
  const auto sentence =
      told(request.language, understood, plan) + "\n" + text(request.language, "web.roster.only_planned");
  return done_answer(request, facts_of(request.language, understood, plan), sentence);
}

Response asking_problem(Language language, const people::Understood& understood,
                        const people::ImportPlan& plan) {
  const Refusal asks{"people.import_asks", {}, Refusal::Kind::conflict};
  auto extra = facts_of(language, understood, plan);
  extra["detail"] = text(language, asks) + "\n" + told(language, understood, plan);
  return problem(language, asks, 409, extra);
}

Response imported_answer(const Request& request, const people::Understood& understood,
                         const logs::RosterOutcome& outcome) {
  const auto& report = *outcome.report;
  auto result = facts_of(request.language, understood, outcome.plan);
  result["added"] = report.added.size();
  result["changed"] = report.changed.size();
  result["unchanged"] = report.unchanged;
  const Args args{{"added", std::to_string(report.added.size())},
                  {"changed", std::to_string(report.changed.size())},
                  {"unchanged", std::to_string(report.unchanged)}};
  const auto sentence = text(request.language, "web.roster_imported", args) + "\n" +
                        told(request.language, understood, outcome.plan);
  return done_answer(request, std::move(result), sentence);
}

Response answer_of(const Request& request, const people::Understood& understood,
                   const logs::RosterOutcome& outcome, bool only_planned) {
  if (only_planned) return planned_answer(request, understood, outcome.plan);
  if (!outcome.report) return asking_problem(request.language, understood, outcome.plan);
  return imported_answer(request, understood, outcome);
}

// "3, 7": lines that were decided and of which nothing is asked.
std::string not_asked(const people::ImportChoices& choices, const people::ImportPlan& plan) {
  std::string lines;
  for (const auto& [line, decision] : choices.of_line)
    if (!plan.asked_lines.contains(line)) lines += (lines.empty() ? "" : ", ") + std::to_string(line);
  return lines;
}

// Groups as they are typed.
Result<std::vector<people::Person>> listed(Database& database, people::Filter filter, LocalDate today) {
  for (auto& group : filter.groups) {
    const auto known = people::known_group(people::group_names(database), group);
    if (!known) return Unexpected(known.error());
    group = *known;
  }
  return people::list(database, today, filter);
}

awaitable<std::string> digest_of(Context& context, const std::string& bytes) {
  auto work = [&bytes] { return to_hex(Sha256().update(std::string_view(bytes)).finish()); };
  co_return co_await context.rooms.workers.run(work);
}

using Parsed = std::variant<people::RosterFile, people::LineErrors>;

// A text on a worker; a workbook in a process of its own.
awaitable<Result<Parsed>> parsed_file(Context& context, std::string bytes) {
  const auto kind = workbook::kind_of(bytes);
  if (!kind) {
    auto parse = [bytes = std::move(bytes)] { return people::parse_roster(bytes); };
    co_return co_await context.rooms.workers.run(std::move(parse));
  }
  workbook::Reader reader(context.rooms.clock);
  auto lines = co_await reader.lines_of(std::move(bytes), *kind);
  if (!lines) co_return Unexpected(lines.error());
  auto parse = [text = *std::move(lines)]() -> Result<Parsed> {
    const auto book = workbook::from_lines(text);
    if (!book) return Unexpected(book.error());
    return people::parse_workbook(*book);
  };
  co_return co_await context.rooms.workers.run(std::move(parse));
}

}  // namespace

Answer list_roster(Context& context, Request request) {
  people::Filter filter;
  if (const auto group = request.parameter("group"); !group.empty()) filter.groups.push_back(group);
  if (const auto name = request.parameter("category"); !name.empty()) {
    auto category = people::from_key<people::Category>(name);
    if (!category) category = people::typed_category(name);
    if (!category) co_return refuse("web.category", {{"value", name}});
    filter.categories.push_back(*category);
  }
  auto work = [filter, today = context.today()](Database& database) {
    return listed(database, filter, today);
  };
  const auto found = co_await read(context, work);
  if (!found) co_return Unexpected(found.error());
  co_return table_answer(request, people::roster_table(*found, request.language));
}

Answer export_roster(Context& context, Request request) {
  auto work = [today = context.today(), language = request.language](Database& database) {
    return people::export_csv(people::list(database, today), language);
  };
  const auto bytes = co_await read(context, work);
  co_return csv_file(bytes, "roster.csv");
}

Answer give_roster_template(Context&, Request request) {
  co_return csv_file(people::roster_template(request.language), "roster-template.csv");
}

Answer import_roster(Context& context, Request request) {
  const auto choices = choices_of(request);
  if (!choices) co_return Unexpected(choices.error());
  const auto sha256 = co_await digest_of(context, request.body);
  auto read_file = co_await parsed_file(context, std::move(request.body));
  if (!read_file) co_return Unexpected(read_file.error());
  auto& parsed = *read_file;
  if (const auto* errors = std::get_if<people::LineErrors>(&parsed))
    co_return lines_problem(request.language, *errors);
  const auto file =
      std::make_shared<const people::RosterFile>(std::get<people::RosterFile>(std::move(parsed)));
  auto make = [file, choices = *choices, today = context.today()](Database& database) {
    return logs::plan_roster(database, *file, today, choices);
  };
  auto planned = co_await read(context, std::move(make));
  if (const auto strange = not_asked(*choices, planned.plan); !strange.empty())
    co_return refuse("people.line_not_asked", {{"lines", strange}});
  logs::RosterOutcome outcome;
  const bool only_planned = request.parameter("dry_run") == "1";
  if (only_planned || planned.plan.asks()) {
    outcome.plan = std::move(planned.plan);
  } else {
    auto unit = [file, choices = *choices, planned = std::move(planned), sha256, today = context.today(),
                 actor = request.caller.actor](logs::Transaction& transaction) {
      return logs::import_roster(transaction, *file, choices, planned, sha256, today, actor);
    };
    outcome = co_await context.rooms.ledger.write(std::move(unit));
  }
  auto answer = [&request, &file, &outcome, only_planned] {
    return answer_of(request, file->understood, outcome, only_planned);
  };
  co_return co_await context.rooms.workers.run(std::move(answer));  // of thousands of people it takes a while
}

}  // namespace edu::web
