// Commands about the ways by which courseware comes.
#include "app/commands.h"
#include "app/confirm.h"
#include "base/typed.h"

namespace edu::app {
namespace {

void add_settings(const Options& o, json::object& body) {
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) body[name] = value;
  };
  put("trust", o.trust);
  put("window", typed_hours(o.window));
  put("proxy", o.proxy);
  put("ca_file", o.ca_file);
  if (!o.mirrors.empty()) body["mirrors"] = json::array(o.mirrors.begin(), o.mirrors.end());
  if (o.interval != 0) body["interval_min"] = o.interval;
  if (o.rate != 0) body["rate_kbit"] = o.rate;
}

}  // namespace

Exit source_list(Desk& desk) { return desk.show(target("sources")); }

Exit source_add(Desk& desk) {
  json::object body;
  body["name"] = desk.options.source;
  body["url"] = desk.options.url;
  add_settings(desk.options, body);
  return desk.post(target("sources"), body);
}

Exit source_remove(Desk& desk) {
  const auto question = desk.say("cli.confirm_source_remove", {{"name", desk.options.source}});
  if (!confirmed(desk, question, desk.say("cli.not_removed"))) return Exit::refused;
  json::object body;
  body["name"] = desk.options.source;
  return desk.post(target("sources/remove"), body);
}

Exit source_test(Desk& desk) {
  const auto& what = desk.options.source;
  json::object body;
  body[what.starts_with("http://") || what.starts_with("https://") ? "url" : "name"] = what;
  add_settings(desk.options, body);
  return desk.post(target("sources/test"), body);
}

}  // namespace edu::app
