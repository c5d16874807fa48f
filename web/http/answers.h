// The shapes of an answer: JSON, a table in the form that was asked for, a problem (RFC 9457), a page.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "base/table.h"
#include "web/http/http.h"

namespace edu::web {

Response json_answer(const json::value& value, int status = 200);

// application/problem+json with type, title, status, detail, code, args; title and detail in `language`.
// `extra`: further members, or others in the place of these.
Response problem(Language language, const Refusal& refusal, int status, const json::object& extra = {});
Response problem(Language language, const Refusal& refusal);  // the status by status_of
int status_of(const Refusal& refusal);                        // by its kind

enum class Format { json, csv, table };

// `?format=table|csv|json` wins over Accept; refusals web.format (unknown name), web.not_acceptable.
Result<Format> format_of(const Request& request);
// The table as JSON, CSV or text for a terminal. Refusals of format_of, and that of `table`.
Result<Response> table_answer(const Request& request, const Table& table);
Result<Response> table_answer(const Request& request, const Result<Table>& table);

// What `as_object` needs of a body that says it is JSON: refusals web.body_json, web.body_object.
Result<json::object> json_body(const Request& request);

}  // namespace edu::web
