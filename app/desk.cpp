#include "app/desk.h"

#include "app/spoken.h"
#include "web/http/target.h"

namespace edu::app {

std::string target(std::string_view path,
                   std::initializer_list<std::pair<std::string_view, std::string>> query) {
  std::string out = "/api/v1/" + std::string(path);
  char separator = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    out += separator;
    out += std::string(name) + "=" + web::percent_encode(value);
    separator = '&';
  }
  return out;
}

Language Desk::language() const {
  if (!language_) language_ = spoken_at(options.station, console);
  return *language_;
}

Question Desk::question(std::string method, std::string target_text) const {
  Question question;
  question.method = std::move(method);
  question.target = std::move(target_text);
  question.accept = options.json ? "application/json" : "text/plain, application/json;q=0.5";
  if (asked_) question.language = tag(*language_);
  return question;
}

Exit Desk::print(const Answer& answer) const {
  if (answer.good()) {
    console.out << answer.body;
    return Exit::done;
  }
  const auto body = parse_json(answer.body);
  const bool problem = body && body->is_object();
  if (options.json && problem) console.out << answer.body;
  const auto detail = problem ? get_string(body->get_object(), "detail") : std::string();
  if (detail.empty())
    console.err << say("cli.strange_answer", {{"status", std::to_string(answer.status)}}) << "\n";
  else
    console.err << detail << "\n";
  return Exit::refused;
}

Exit Desk::show(const std::string& target_text) const {
  return print(ask(address, question("GET", target_text)));
}

Exit Desk::post(const std::string& target_text, const json::object& body) const {
  return post_file(target_text, "application/json", json::serialize(body));
}

Exit Desk::post_file(const std::string& target_text, const std::string& content_type,
                     std::string bytes) const {
  auto asked = question("POST", target_text);
  asked.content_type = content_type;
  asked.body = std::move(bytes);
  return print(ask(address, asked));
}

json::object Desk::read(const std::string& target_text) const {
  auto asked = question("GET", target_text);
  asked.accept = "application/json";
  const auto answer = ask(address, asked);
  auto body = parse_json(answer.body);
  if (answer.good() && body && body->is_object()) return std::move(body->get_object());
  print(answer);
  return {};
}

}  // namespace edu::app
