// Commands about recording live channels.
#include "app/cli_words.h"
#include "app/commands.h"
#include "app/confirm.h"

namespace edu::app {
namespace {

// Words for the rules that people need; anything else is an RRULE.
std::string rule_of(const std::string& repeat) {
  const auto word = meant(repeats(), repeat);
  if (word == "daily") return "FREQ=DAILY";
  if (word == "weekly") return "FREQ=WEEKLY";
  if (word == "weekdays") return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR";
  return word == "monthly" ? "FREQ=MONTHLY" : repeat;
}

// "县台 晚间新闻", as the list of plans has it; empty when there is no such plan.
std::string title_of_plan(const Desk& desk) {
  auto question = desk.question("GET", target("recordings"));
  question.accept = "application/json";
  const auto answer = ask(desk.address, question);
  const auto body = parse_json(answer.body);
  if (!answer.good() || !body || !body->is_object()) return {};
  for (const auto& row : get_array(body->get_object(), "rows"))
    if (row.is_object() && get_string(row.get_object(), "plan") == desk.options.number)
      return get_string(row.get_object(), "channel") + " " + get_string(row.get_object(), "title");
  return {};
}

}  // namespace

Exit record_start(Desk& desk) {
  json::object body;
  body["channel"] = desk.options.channel;
  body["title"] = desk.options.title;
  body["minutes"] = desk.options.minutes;
  return desk.post(target("recordings/start"), body);
}

Exit record_stop(Desk& desk) {
  json::object body;
  body["channel"] = desk.options.channel;
  return desk.post(target("recordings/stop"), body);
}

Exit record_list(Desk& desk) { return desk.show(target("recordings")); }

Exit record_add(Desk& desk) {
  json::object body;
  body["channel"] = desk.options.channel;
  body["title"] = desk.options.title;
  body["local_start"] = desk.options.start;
  body["rrule"] = rule_of(desk.options.repeat);
  body["minutes"] = desk.options.minutes;
  return desk.post(target("recordings"), body);
}

Exit record_remove(Desk& desk) {
  const Args what{{"plan", desk.options.number}, {"title", title_of_plan(desk)}};
  const auto question = desk.say("cli.confirm_record_remove", what);
  if (!confirmed(desk, question, desk.say("cli.not_removed"))) return Exit::refused;
  return desk.post(target("recordings/" + desk.options.number + "/remove"), json::object());
}

}  // namespace edu::app
