// Commands about the people of the station.
#include <fstream>

#include "app/commands.h"
#include "app/confirm.h"
#include "base/files.h"
#include "base/typed.h"

namespace edu::app {
namespace {

constexpr std::size_t kLargestRoster = 64u << 20;  // bytes; the station itself takes less and says so

std::string import_target(const Options& o, bool only_planned) {
  return target("roster", {{"dry_run", only_planned ? "1" : ""},
                           {"twins", o.twins},
                           {"same", o.same_lines},
                           {"new", o.new_lines},
                           {"skip", o.skip_lines},
                           {"groups", o.new_groups ? "new" : ""},
                           {"missing", o.move_out ? "move-out" : ""}});
}

Question file_question(const Desk& desk, bool only_planned, const std::string& bytes) {
  auto question = desk.question("POST", import_target(desk.options, only_planned));
  question.content_type = "text/csv";
  question.body = bytes;
  return question;
}

// A person at the terminal sees what would change before it changes.
bool shown_and_agreed(Desk& desk, const std::string& bytes, Exit& exit) {
  auto question = file_question(desk, true, bytes);
  question.accept = "application/json";
  const auto answer = ask(desk.address, question);
  const auto body = parse_json(answer.body);
  if (!answer.good() || !body || !body->is_object()) {
    exit = desk.print(answer);
    return false;
  }
  desk.console.err << get_string(body->get_object(), "text") << "\n";
  const auto* plan = body->get_object().if_contains("plan");
  exit = Exit::refused;
  const bool asks = plan && plan->is_object() && plan->get_object().contains("asks") &&
                    plan->get_object().at("asks") == json::value(true);
  return !asks && confirmed(desk, desk.say("cli.confirm_import"), desk.say("cli.not_imported"));
}

Exit save_or_show(Desk& desk, const std::string& path) {
  auto question = desk.question("GET", target(path));
  question.accept = "text/csv";
  const auto answer = ask(desk.address, question);
  if (!answer.good() || desk.options.file.empty()) return desk.print(answer);
  std::ofstream file(desk.options.file, std::ios::binary | std::ios::trunc);
  file << answer.body;
  file.close();
  if (file) return Exit::done;
  desk.console.err << desk.say("cli.cannot_write", {{"file", desk.options.file}}) << "\n";
  return Exit::refused;
}

// "001 王建国", or what was typed when the roster has nobody like that: the station says so then.
std::string named_person(const Desk& desk, const std::string& typed) {
  auto question = desk.question("GET", target("roster"));
  question.accept = "application/json";
  const auto answer = ask(desk.address, question);
  const auto body = parse_json(answer.body);
  if (!answer.good() || !body || !body->is_object()) return typed;
  const auto number = number_key(typed), name = name_key(typed);
  std::string found;
  for (const auto& row : get_array(body->get_object(), "rows")) {
    if (!row.is_object()) continue;
    const auto& person = row.get_object();
    const auto of_number = get_string(person, "number"), of_name = get_string(person, "name");
    if (number_key(of_number) == number) return of_number + " " + of_name;
    if (name_key(of_name) == name) found = of_number + " " + of_name;
  }
  return found.empty() ? typed : found;
}

}  // namespace

Exit roster_list(Desk& desk) {
  return desk.show(target("roster", {{"group", desk.options.group}, {"category", desk.options.category}}));
}

Exit roster_import(Desk& desk) {
  std::string bytes;
  try {
    bytes = read_file(desk.options.file, kLargestRoster);
  } catch (const std::system_error& error) {
    const Args args{{"file", desk.options.file}, {"why", error.code().message()}};
    desk.console.err << desk.say("cli.cannot_read", args) << "\n";
    return Exit::refused;
  }
  auto exit = Exit::refused;
  const bool asked =
      desk.console.terminal && !desk.options.yes && !desk.options.json && !desk.options.dry_run;
  if (asked && !shown_and_agreed(desk, bytes, exit)) return exit;
  return desk.print(ask(desk.address, file_question(desk, desk.options.dry_run, bytes)));
}

Exit roster_merge(Desk& desk) {
  const auto& o = desk.options;
  const auto question = desk.say(
      "cli.confirm_merge", {{"person", named_person(desk, o.member)}, {"into", named_person(desk, o.into)}});
  if (!confirmed(desk, question, desk.say("cli.not_done"))) return Exit::refused;
  json::object body;
  body["member"] = o.member;
  body["into"] = o.into;
  return desk.post(target("roster/merge"), body);
}

Exit roster_move_out(Desk& desk) {
  json::object body;
  body["member"] = desk.options.member;
  body["since"] = desk.options.on;
  return desk.post(target("roster/move-out"), body);
}

Exit roster_erase(Desk& desk) {
  const auto question = desk.say("cli.confirm_erase", {{"person", named_person(desk, desk.options.member)}});
  if (!confirmed(desk, question, desk.say("cli.not_done"))) return Exit::refused;
  json::object body;
  body["member"] = desk.options.member;
  body["reason"] = desk.options.reason;
  return desk.post(target("roster/erase"), body);
}

Exit roster_export(Desk& desk) { return save_or_show(desk, "roster/export"); }
Exit roster_template(Desk& desk) { return save_or_show(desk, "roster/template"); }

}  // namespace edu::app
