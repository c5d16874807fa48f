#include "web/api/context.h"

namespace edu::web {

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
  auto out = headed(language, "web", {"property", "value"});
  out.title = table.title;
  out.year = table.year;
  for (std::size_t i = 0; !table.rows.empty() && i < table.columns.size(); ++i)
    out.rows.push_back({table.columns[i].heading, table.rows.front()[i]});
  return out;
}

}  // namespace edu::web
