// Commands that ask one thing and print the answer.
#include "app/commands.h"
#include "base/time.h"

namespace edu::app {

Exit status(Desk& desk) { return desk.show(target("status")); }

Exit timeline(Desk& desk) {
  return desk.show(target("timeline", {{"days", std::to_string(desk.options.days)}}));
}

Exit book(Desk& desk) {
  const auto& o = desk.options;
  const auto format = o.format.empty() && !o.json ? std::string("table") : o.format;
  return desk.show(target("books/" + o.book, {{"from", o.from}, {"to", o.to}, {"format", format}}));
}

Exit participation(Desk& desk) {
  const auto& o = desk.options;
  return desk.show(target("participation", {{"month", o.month}, {"session", o.session}, {"by", o.split}}));
}

Exit library_list(Desk& desk) {
  const auto& o = desk.options;
  const std::pair<std::string_view, std::string> removed{"removed", o.removed ? "1" : ""};
  return desk.show(target("library", {{"text", o.words}, {"category", o.category}, removed}));
}

Exit library_show(Desk& desk) { return desk.show(target("library/" + desk.options.number)); }

Exit library_pin(Desk& desk) {
  json::object body;
  body["pinned"] = !desk.options.off;
  return desk.post(target("library/" + desk.options.number + "/pin"), body);
}

Exit programme_list(Desk& desk) { return desk.show(target("programmes")); }

Exit programme_show(Desk& desk) { return desk.show(target("programmes/" + desk.options.number)); }

namespace {

json::array strings(const std::vector<std::string>& items) { return json::array(items.begin(), items.end()); }

}  // namespace

Exit programme_add(Desk& desk) {
  const auto& o = desk.options;
  json::object body;
  body["title"] = o.title;
  body["kind"] = o.kind;
  body["local_start"] = o.start;
  body["rundown"] = strings(o.courseware);
  body["rrule"] = o.rrule;
  body["exdates"] = strings(o.exdates);
  body["rdates"] = strings(o.rdates);
  body["groups"] = strings(o.groups);
  body["tutor"] = o.tutor;
  body["chair"] = o.chair;
  body["place"] = o.place;
  return desk.post(target("programmes"), body);
}

Exit programme_cancel(Desk& desk) {
  json::object body;
  body["reason"] = desk.options.reason;
  if (!desk.options.on.empty()) body["on"] = desk.options.on;
  return desk.post(target("programmes/" + desk.options.number + "/cancel"), body);
}

Exit session_list(Desk& desk) {
  return desk.show(target("sessions", {{"from", desk.options.from}, {"to", desk.options.to}}));
}

Exit session_show(Desk& desk) { return desk.show(target("sessions/" + desk.options.number)); }

}  // namespace edu::app
