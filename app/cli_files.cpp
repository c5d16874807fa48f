// What is removed, with its question: courses, and files of quarantine.

#include "app/commands.h"
#include "app/confirm.h"

namespace edu::app {
namespace {

// "12《果树修剪》", or the number alone when the station does not say the title.
std::string named_course(const Desk& desk) {
  auto question = desk.question("GET", target("library/" + desk.options.number));
  question.accept = "application/json";
  const auto answer = ask(desk.address, question);
  const auto body = parse_json(answer.body);
  const bool known = answer.good() && body && body->is_object();
  const auto title = known ? get_string(body->get_object(), "title") : std::string();
  return title.empty() ? desk.options.number
                       : desk.say("cli.named", {{"no", desk.options.number}, {"title", title}});
}

}  // namespace

Exit quarantine_list(Desk& desk) { return desk.show(target("quarantine")); }

// Of those receptions, or all.
Exit quarantine_empty(Desk& desk) {
  const auto& o = desk.options;
  std::string named;
  json::array numbers;
  for (const auto& name : o.names) {
    named += (named.empty() ? "" : " ") + name;
    numbers.emplace_back(std::stoll(name));
  }
  const auto question = named.empty() ? desk.say("cli.quarantine.confirm_all")
                                      : desk.say("cli.quarantine.confirm", {{"numbers", named}});
  if (!confirmed(desk, question, desk.say("cli.quarantine.kept"))) return Exit::refused;
  json::object body;
  if (numbers.empty())
    body["all"] = true;
  else
    body["numbers"] = std::move(numbers);
  return desk.post(target("quarantine/empty"), body);
}

Exit library_remove(Desk& desk) {
  const auto question = desk.say("cli.confirm_remove", {{"no", named_course(desk)}});
  if (!confirmed(desk, question, desk.say("cli.not_removed"))) return Exit::refused;
  json::object body;
  body["reason"] = desk.options.reason;
  body["approved_by"] = desk.options.approved_by;
  return desk.post(target("library/" + desk.options.number + "/remove"), body);
}

}  // namespace edu::app
