#include "web/http/answers.h"

#include <array>
#include <optional>

namespace edu::web {
namespace {

struct Offer {
  std::string_view type;
  Format format;
};
// In the order in which we like to give them: a wildcard takes the first that it fits.
constexpr std::array kOffers{Offer{"application/json", Format::json}, Offer{"text/csv", Format::csv},
                             Offer{"text/plain", Format::table}};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool fits(std::string_view range, std::string_view type) {
  if (range == "*/*" || range == type) return true;
  return range.ends_with("/*") && type.starts_with(range.substr(0, range.size() - 1));
}

std::optional<Format> by_accept(std::string_view accept) {
  if (trimmed(accept).empty()) return Format::json;
  while (!accept.empty()) {
    auto item = accept.substr(0, accept.find(','));
    accept.remove_prefix(std::min(item.size() + 1, accept.size()));
    const auto range = trimmed(item.substr(0, item.find(';')));
    for (const auto& offer : kOffers)
      if (fits(range, offer.type)) return offer.format;
  }
  return std::nullopt;
}

}  // namespace

std::string Request::header(std::string_view name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

std::string Request::parameter(std::string_view name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string() : found->second;
}

std::string Request::capture(std::string_view name) const {
  const auto found = captures.find(name);
  return found == captures.end() ? std::string() : found->second;
}

Response json_answer(const json::value& value, int status) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = json::serialize(value) + "\n";
  return response;
}

int status_of(const Refusal& refusal) {
  if (refusal.code == "web.not_acceptable") return 406;  // of HTTP alone: no kind of refusal elsewhere
  switch (refusal.kind) {
    case Refusal::Kind::invalid:
      return 400;
    case Refusal::Kind::not_found:
      return 404;
    case Refusal::Kind::conflict:
      return 409;
    case Refusal::Kind::no_space:
      return 507;
    case Refusal::Kind::unavailable:
      return 503;
  }
  return 500;
}

Response problem(Language language, const Refusal& refusal, int status, const json::object& extra) {
  json::object args;
  for (const auto& [name, value] : refusal.args) args[name] = value;
  json::object body;
  body["type"] = "urn:edustation:problem:" + refusal.code;
  body["title"] = text(language, "web.status_" + std::to_string(status));
  body["status"] = status;
  body["detail"] = text(language, refusal);
  body["code"] = refusal.code;
  body["args"] = std::move(args);
  for (const auto& [name, value] : extra) body[name] = value;
  auto response = json_answer(body, status);
  response.content_type = "application/problem+json";
  response.headers.emplace_back("Content-Language", tag(language));
  return response;
}

Response problem(Language language, const Refusal& refusal) {
  return problem(language, refusal, status_of(refusal));
}

Result<Format> format_of(const Request& request) {
  const auto named = request.parameter("format");
  if (named == "json") return Format::json;
  if (named == "csv") return Format::csv;
  if (named == "table") return Format::table;
  if (!named.empty()) return refuse("web.format", {{"format", named}});
  if (const auto format = by_accept(request.header("accept"))) return *format;
  return refuse("web.not_acceptable");
}

Result<Response> table_answer(const Request& request, const Table& table) {
  const auto format = format_of(request);
  if (!format) return Unexpected(format.error());
  Response response;
  if (*format == Format::json) {
    response = json_answer(to_json(table));
  } else if (*format == Format::csv) {
    response.content_type = "text/csv; charset=utf-8";
    response.body = to_csv(table);
  } else {
    response.content_type = "text/plain; charset=utf-8";
    response.body = to_terminal(table);
  }
  response.headers.emplace_back("Content-Language", tag(request.language));
  response.headers.emplace_back("Vary", "Accept, Accept-Language");
  return response;
}

Result<Response> table_answer(const Request& request, const Result<Table>& table) {
  if (!table) return Unexpected(table.error());
  return table_answer(request, *table);
}

Result<json::object> json_body(const Request& request) {
  auto value = parse_json(request.body);
  if (!value) return refuse("web.body_json", value.error().args);
  if (!value->is_object()) return refuse("web.body_object");
  return std::move(value->get_object());
}

}  // namespace edu::web
