// Commands about recording live channels.
#include <map>

#include "app/commands.h"

namespace edu::app {
namespace {

// Words for the rules that people need; anything else is an RRULE.
std::string rule_of(const std::string& repeat) {
  static const std::map<std::string, std::string> words{{"daily", "FREQ=DAILY"},
                                                        {"weekly", "FREQ=WEEKLY"},
                                                        {"weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"},
                                                        {"monthly", "FREQ=MONTHLY"}};
  const auto word = words.find(repeat);
  return word == words.end() ? repeat : word->second;
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
  return desk.post(target("recordings/" + desk.options.number + "/remove"), json::object());
}

}  // namespace edu::app
