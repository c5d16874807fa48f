// Commands that read or write files of the one who asks: import, removal with its question.
#include <cerrno>
#include <chrono>
#include <cstring>
#include <future>

#include <fcntl.h>

#include "app/commands.h"
#include "app/confirm.h"
#include "base/fd.h"
#include "base/files.h"
#include "base/text.h"
#include "receiver/trust/manifest_file.h"
#include "web/http/target.h"

namespace edu::app {
namespace {

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

// A file or a folder, opened with the rights of who runs the command; nothing is told of what is not there.
// Pipes and devices are not opened: that alone may do something.
Fd opened(const fs::path& path) {
  std::error_code error;
  const auto status = fs::symlink_status(path, error);
  if (!fs::is_regular_file(status) && !fs::is_directory(status)) return {};
  return Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
}

// The file, and its manifest with the signature beside it, for the station to read.
std::vector<Fd> open_for_station(const fs::path& path, json::object& body) {
  std::vector<Fd> out;
  json::array names;
  const auto add = [&](const char* what, const fs::path& file) {
    auto fd = opened(file);
    if (!fd) return;
    names.emplace_back(what);
    out.push_back(std::move(fd));
  };
  add("file", path);
  if (!out.empty() && !fs::is_directory(path)) {
    const auto manifest = receiver::sidecar_of(path);
    add("manifest", manifest);
    if (out.size() == 2) add("signature", receiver::signature_beside(manifest));
  }
  if (!out.empty()) body["descriptors"] = std::move(names);
  return out;
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
  const auto held = open_for_station(path.lexically_normal(), body);
  const bool regular = fs::is_regular_file(fs::symlink_status(path, error));
  if (held.empty() && regular) {
    desk.console.err << desk.say("cli.cannot_read", {{"file", name}, {"why", std::strerror(errno)}}) << "\n";
    return Exit::refused;
  }
  auto question = desk.question("POST", target("library"));
  question.content_type = "application/json";
  question.body = json::serialize(body);
  for (const auto& fd : held) question.descriptors.push_back(fd.get());
  const bool watched = desk.console.terminal && !desk.options.json;
  return desk.print(watched ? ask_with_progress(desk, question) : ask(desk.address, question));
}

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

Exit library_import(Desk& desk) {
  auto worst = Exit::done;
  for (const auto& name : desk.options.names)
    if (import_one(desk, name) != Exit::done) worst = Exit::refused;
  return worst;
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
