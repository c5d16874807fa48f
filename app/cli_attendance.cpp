// Commands of a study session's attendance: one by one, or a whole roll call from a list.
#include <fstream>
#include <iterator>
#include <optional>

#include "app/commands.h"
#include "base/text.h"
#include "base/typed.h"
#include "people/file_text.h"

namespace edu::app {
namespace {

constexpr std::size_t kLargestList = 1u << 20;  // bytes of a roll call

std::string up_to(std::istream& in, std::size_t limit) {
  std::string bytes(limit, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(limit));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

// The members that a list names, one per line or with commas between them; spreadsheet programs may have
// written it in GB18030 or UTF-16.
std::optional<std::vector<std::string>> roll_call(Desk& desk) {
  const auto& name = desk.options.roll_call;
  std::string bytes;
  if (name == "-") {
    bytes = up_to(desk.console.in, kLargestList);
  } else {
    std::ifstream file(name, std::ios::binary);
    if (!file) {
      desk.console.err << desk.say("cli.no_file", {{"file", name}}) << "\n";
      return std::nullopt;
    }
    bytes = up_to(file, kLargestList);
  }
  const auto list = people::decode(bytes);
  return typed_list(list ? list->text : to_utf8(bytes));
}

std::string session_target(const Desk& desk, std::string_view what) {
  return target("sessions/" + desk.options.number + "/" + std::string(what));
}

json::object members_body(const std::vector<std::string>& members) {
  json::object body;
  body["members"] = json::array(members.begin(), members.end());
  return body;
}

// Where "017=生病" is divided, and by how many bytes: = or ＝, : or ：.
std::pair<std::size_t, std::size_t> equals_in(const std::string& given) {
  std::pair<std::size_t, std::size_t> found{std::string::npos, 0};
  for (const std::string_view sign : {"=", "＝", "：", ":"})
    if (const auto at = given.find(sign); at < found.first) found = {at, sign.size()};
  return found;
}

Exit excuse(Desk& desk, const std::string& given) {
  const auto [at, size] = equals_in(given);
  json::object body;
  body["member"] = given.substr(0, at);
  body["reason"] = given.substr(at + size);
  return desk.post(session_target(desk, "excuse"), body);
}

Exit misused(const Desk& desk, std::string_view key) {
  desk.console.err << desk.say(key) << "\n";
  return Exit::usage;
}

}  // namespace

Exit sign_in(Desk& desk) {
  const auto& o = desk.options;
  if (o.names.empty() && o.roll_call.empty() && o.excused.empty() && o.visitors < 0)
    return misused(desk, "cli.nobody_named");
  for (const auto& given : o.excused)
    if (equals_in(given).first == std::string::npos) return misused(desk, "cli.excuse_form");
  auto members = o.names;
  if (!o.roll_call.empty()) {
    const auto listed = roll_call(desk);
    if (!listed) return Exit::refused;
    members.insert(members.end(), listed->begin(), listed->end());
  }
  auto exit = Exit::done;
  if (!members.empty()) {
    auto body = members_body(members);
    body["means"] = o.means;
    exit = desk.post(session_target(desk, "sign-in"), body);
  }
  for (const auto& given : o.excused)
    if (exit == Exit::done) exit = excuse(desk, given);
  if (o.visitors >= 0 && exit == Exit::done) {
    json::object body;
    body["count"] = o.visitors;
    exit = desk.post(session_target(desk, "visitors"), body);
  }
  return exit;
}

Exit sign_out(Desk& desk) {
  return desk.post(session_target(desk, "sign-out"), members_body(desk.options.names));
}

}  // namespace edu::app
