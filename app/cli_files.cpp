// Commands that read or write files of the one who asks: import, removal with its question, the roster.
#include <chrono>
#include <fstream>
#include <future>
#include <iterator>

#include "app/commands.h"
#include "base/files.h"
#include "base/text.h"
#include "web/http/target.h"

namespace edu::app {
namespace {

constexpr std::size_t kLargestRoster = 64u << 20;       // bytes; the station itself takes less and says so
constexpr std::chrono::milliseconds kLook{500};         // how often the progress is asked for
constexpr std::chrono::milliseconds kBeforeLook{1500};  // a small file is done by then

std::string percent(const json::object& file) {
  const auto size = get_int(file, "size"), done = get_int(file, "done");
  return std::to_string(size > 0 ? done * 100 / size : 0);
}

// Shows what the station is taking in at the moment, on one line.
void show_progress(const Desk& desk) {
  const auto state = desk.read(target("status"));
  std::string line;
  for (const auto& item : get_array(state, "receiving")) {
    if (!item.is_object()) continue;
    const auto& file = item.get_object();
    if (!line.empty()) line += "  ";
    line += one_line(get_string(file, "name")) + " " + percent(file) + " %";
  }
  desk.console.err << "\r\033[K" << line << std::flush;
}

Answer ask_with_progress(const Desk& desk, const Question& question) {
  auto answer = std::async(std::launch::async, [&] { return ask(desk.address, question); });
  auto wait = kBeforeLook;
  bool shown = false;
  while (answer.wait_for(wait) != std::future_status::ready) {
    show_progress(desk);
    shown = true;
    wait = kLook;
  }
  if (shown) desk.console.err << "\r\033[K" << std::flush;
  return answer.get();
}

Exit import_one(const Desk& desk, const std::string& name) {
  std::error_code error;
  const auto path = fs::absolute(name, error);
  if (error || !fs::exists(fs::symlink_status(path, error))) {
    desk.console.err << desk.say("cli.no_file", {{"file", name}}) << "\n";
    return Exit::refused;
  }
  json::object body;
  const auto bytes = path.lexically_normal().string();
  if (is_utf8(bytes))
    body["path"] = bytes;
  else
    body["path_percent"] = web::percent_encode(bytes);
  if (!desk.options.by.empty()) body["receiver"] = desk.options.by;
  auto question = desk.question("POST", target("library"));
  question.content_type = "application/json";
  question.body = json::serialize(body);
  const bool watched = desk.console.terminal && !desk.options.json;
  return desk.print(watched ? ask_with_progress(desk, question) : ask(desk.address, question));
}

bool confirmed(Desk& desk) {
  const auto& o = desk.options;
  if (o.yes || !desk.console.terminal) return true;
  desk.console.err << desk.say("cli.confirm_remove", {{"no", o.number}}) << " " << std::flush;
  std::string reply;
  std::getline(desk.console.in, reply);
  reply = ascii_lower(one_line(reply));
  return reply == "y" || reply == "yes" || reply == "是";
}

}  // namespace

Exit library_import(Desk& desk) {
  auto worst = Exit::done;
  for (const auto& name : desk.options.names)
    if (import_one(desk, name) != Exit::done) worst = Exit::refused;
  return worst;
}

Exit library_remove(Desk& desk) {
  if (!confirmed(desk)) {
    desk.console.err << desk.say("cli.not_removed") << "\n";
    return Exit::refused;
  }
  json::object body;
  body["reason"] = desk.options.reason;
  body["approved_by"] = desk.options.approved_by;
  return desk.post(target("library/" + desk.options.number + "/remove"), body);
}

Exit roster_import(Desk& desk) {
  std::string bytes;
  try {
    bytes = read_file(desk.options.file, kLargestRoster);
  } catch (const std::system_error& error) {
    desk.console.err << desk.say("cli.cannot_read",
                                 {{"file", desk.options.file}, {"why", error.code().message()}})
                     << "\n";
    return Exit::refused;
  }
  return desk.post_file(target("roster"), "text/csv", std::move(bytes));
}

Exit roster_export(Desk& desk) {
  auto question = desk.question("GET", target("roster/export"));
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

}  // namespace edu::app
