#include "web/api/context.h"

#include <charconv>

namespace edu::web {

Result<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < 0) return refuse("web.number", {{"value", text}});
  return value;
}

Result<std::optional<LocalDate>> day(const std::string& text) {
  if (text.empty()) return std::optional<LocalDate>();
  const auto date = parse_date(text);
  if (!date) return refuse("web.date", {{"value", text}});
  return date;
}

Result<std::string> member_text(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  if (!value) return refuse("web.member_missing", {{"name", std::string(name)}});
  if (!value->is_string()) return refuse("web.member_type", {{"name", std::string(name)}});
  return std::string(value->get_string());
}

std::string member_or(const json::object& body, std::string_view name, std::string_view otherwise) {
  auto given = get_string(body, name);
  return given.empty() ? std::string(otherwise) : given;
}

Result<std::int64_t> member_number(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  if (!value) return refuse("web.member_missing", {{"name", std::string(name)}});
  if (!value->is_int64()) return refuse("web.member_type", {{"name", std::string(name)}});
  return value->get_int64();
}

Result<std::vector<std::string>> member_texts(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  if (!value) return refuse("web.member_missing", {{"name", std::string(name)}});
  if (!value->is_array()) return refuse("web.member_type", {{"name", std::string(name)}});
  std::vector<std::string> texts;
  for (const auto& item : value->get_array()) {
    if (!item.is_string()) return refuse("web.member_type", {{"name", std::string(name)}});
    texts.emplace_back(item.get_string());
  }
  return texts;
}

Response done_answer(const Request& request, json::object result, const std::string& sentence, int status) {
  const auto format = format_of(request);
  if (format && *format == Format::table) {
    Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = sentence + "\n";
    return response;
  }
  result["text"] = sentence;
  return json_answer(result, status);
}

Table turned(const Table& table, Language language) {
  Table out;
  out.title = table.title;
  out.columns = {{"property", text(language, "web.property")}, {"value", text(language, "web.value")}};
  for (std::size_t i = 0; !table.rows.empty() && i < table.columns.size(); ++i)
    out.rows.push_back({table.columns[i].heading, table.rows.front()[i]});
  return out;
}

}  // namespace edu::web
