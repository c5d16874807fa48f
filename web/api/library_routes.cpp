// /api/v1/library: what the library holds, and what is done to it.
#include "base/sql.h"
#include "library/catalogue.h"
#include "receiver/intake/import.h"
#include "web/api/context.h"
#include "web/http/target.h"

namespace edu::web {
namespace {

constexpr std::size_t kLargestPoster = 8 << 20;  // bytes; a poster has some tens of thousands

Result<std::int64_t> courseware_number(const Request& request) {
  const auto no = library::courseware_no(request.capture("no"));
  if (!no) return refuse("web.number", {{"value", request.capture("no")}});
  return *no;
}

awaitable<Response> list(Context& context, Request request) {
  const library::Filter filter{request.parameter("text"), request.parameter("category"),
                               request.parameter("removed") == "1"};
  auto work = [filter](Database& database) { return library::list(database, filter); };
  auto reading = read(context, work);
  const auto found = co_await std::move(reading);
  co_return table_answer(request, library::table(found, context.rooms.zone, request.language));
}

awaitable<std::optional<library::Courseware>> find(Context& context, std::int64_t no) {
  auto work = [no](Database& database) { return library::find(database, no); };
  auto reading = read(context, work);
  co_return co_await std::move(reading);
}

// Whose signature the reception found that brought it; empty: nobody's.
awaitable<std::string> signer_of(Context& context, std::int64_t reception) {
  auto work = [reception](Database& database) {
    auto row = sql::prepare(database, "SELECT signed_by, key_id FROM reception WHERE no=?", reception);
    if (!row.executeStep() || row.getColumn(0).getString().empty()) return std::string();
    return row.getColumn(0).getString() + " (" + row.getColumn(1).getString() + ")";
  };
  auto reading = read(context, work);
  co_return co_await std::move(reading);
}

Refusal unknown(std::int64_t no) {
  return {"library.unknown", {{"no", library::courseware_label(no)}}, Refusal::Kind::not_found};
}

awaitable<Response> show(Context& context, Request request) {
  const auto no = courseware_number(request);
  if (!no) co_return problem(request.language, no.error());
  auto finding = find(context, *no);
  const auto found = co_await std::move(finding);
  if (!found) co_return problem(request.language, unknown(*no));
  auto asking = signer_of(context, found->reception_no);
  const auto signer = co_await std::move(asking);
  auto table = library::table({*found}, context.rooms.zone, request.language);
  table.columns.push_back({"signed_by", text(request.language, "source.signed_by")});
  table.rows.front().push_back(signer);
  const auto format = format_of(request);
  if (!format || *format != Format::json) co_return table_answer(request, turned(table, request.language));
  auto row = to_json(table).at("rows").as_array().at(0).as_object();
  row["pinned"] = found->pinned;
  row["poster"] = found->poster;
  row["bytes"] = found->size;
  row["duration_ms"] = found->duration_ms;
  co_return json_answer(row);
}

awaitable<Response> poster(Context& context, Request request) {
  const auto no = courseware_number(request);
  if (!no) co_return problem(request.language, no.error());
  auto finding = find(context, *no);
  const auto found = co_await std::move(finding);
  if (!found) co_return problem(request.language, unknown(*no));
  const Refusal none{"web.no_poster", {{"no", library::courseware_label(*no)}}, Refusal::Kind::not_found};
  if (!found->poster || found->removed()) co_return problem(request.language, none);
  auto work = [path = context.rooms.store.poster_path(found->sha256)] {
    return read_file(path, kLargestPoster);
  };
  auto reading = context.rooms.workers.run(work);
  Response response;
  response.content_type = "image/jpeg";
  response.body = co_await std::move(reading);
  co_return response;
}

Response told(const Request& request, const receiver::Reception& reception) {
  const auto& record = reception.record;
  const auto language = request.language;
  json::object result;
  result["reception"] = record.no;
  result["outcome"] = record.outcome;
  result["title"] = record.title;
  result["courseware"] = record.courseware_no;
  Args args{{"no", std::to_string(record.no)},
            {"name", record.name},
            {"title", record.title},
            {"courseware", library::courseware_label(record.courseware_no)},
            {"first", std::to_string(record.duplicate_of)}};
  if (!reception.refusal)
    return done_answer(request, result, text(language, "web.import_" + record.outcome, args),
                       record.outcome == "stored" ? 201 : 200);
  args["why"] = text(language, *reception.refusal);
  result["detail"] = text(language, "web.import_refused", args);
  return problem(language, *reception.refusal, status_of(reception.refusal->kind), result);
}

json::object reception_json(const receiver::Reception& reception, const std::string& detail) {
  json::object out;
  out["reception"] = reception.record.no;
  out["name"] = reception.record.name;
  out["outcome"] = reception.record.outcome;
  out["title"] = reception.record.title;
  out["courseware"] = reception.record.courseware_no;
  out["detail"] = detail;
  return out;
}

std::string sentence(const receiver::Reception& reception, Language language) {
  const auto& record = reception.record;
  Args args{{"no", std::to_string(record.no)},
            {"name", record.name},
            {"title", record.title},
            {"courseware", library::courseware_label(record.courseware_no)},
            {"first", std::to_string(record.duplicate_of)}};
  if (reception.refusal) args["why"] = text(language, *reception.refusal);
  return text(language, "web.import_" + record.outcome, args);
}

// Of a volume: a line for each reception, and what was passed over. A problem when nothing of it was taken.
Response told(const Request& request, const receiver::VolumeReport& report) {
  const auto language = request.language;
  json::object result;
  json::array receptions;
  std::string lines;
  const Refusal* refusal = nullptr;
  bool any = false, stored = false;
  const auto add = [&](const std::string& line) { lines += (lines.empty() ? "" : "\n") + line; };
  for (const auto& reception : report.receptions) {
    const auto line = sentence(reception, language);
    receptions.push_back(reception_json(reception, line));
    add(line);
    if (reception.refusal && !refusal) refusal = &*reception.refusal;
    any = any || !reception.refusal;
    stored = stored || reception.record.outcome == "stored";
  }
  const auto passed = report.brief + report.repeated + report.damaged;
  if (passed > 0)
    add(text(language, "web.import_titles_passed",
             {{"brief", std::to_string(report.brief)},
              {"repeated", std::to_string(report.repeated)},
              {"damaged", std::to_string(report.damaged)}}));
  if (!report.complete) add(text(language, "web.import_more"));
  if (report.gone) add(text(language, "web.import_gone"));
  result["receptions"] = std::move(receptions);
  result["titles_passed"] = passed;
  result["complete"] = report.complete && !report.gone;
  if (any || !refusal) return done_answer(request, result, lines, stored ? 201 : 200);
  result["detail"] = lines;
  return problem(language, *refusal, status_of(refusal->kind), result);
}

// A file's name may be any bytes, which JSON cannot hold: such a path comes percent-encoded.
Result<std::string> path_of(const json::object& body) {
  if (!body.contains("path_percent")) return member_text(body, "path");
  const auto path = percent_decode(get_string(body, "path_percent"));
  if (!path || path->find('\0') != std::string::npos)
    return refuse("web.member_type", {{"name", "path_percent"}});
  return *path;
}

awaitable<Response> import(Context& context, Request request) {
  const auto body = json_body(request);
  if (!body) co_return problem(request.language, body.error());
  const auto path = path_of(*body);
  if (!path) co_return problem(request.language, path.error());
  auto& rooms = context.rooms;
  auto looking = rooms.volumes.holds_several(fs::path(*path));
  const bool several = co_await std::move(looking);
  if (several) {
    auto taking = rooms.volumes.import(fs::path(*path), "import", member_or(*body, "receiver", kActor));
    const auto report = co_await std::move(taking);
    co_return report ? told(request, *report) : problem(request.language, report.error());
  }
  auto importing = receiver::import_file(rooms.intake, rooms.workers, fs::path(*path),
                                         member_or(*body, "receiver", kActor), rooms.import_trust);
  const auto reception = co_await std::move(importing);
  co_return reception ? told(request, *reception) : problem(request.language, reception.error());
}

Response changed(const Request& request, const Result<library::Courseware>& courseware,
                 const char* sentence) {
  if (!courseware) return problem(request.language, courseware.error());
  json::object result;
  result["courseware"] = courseware->no;
  result["pinned"] = courseware->pinned;
  result["removed"] = courseware->removed();
  const Args args{{"no", library::courseware_label(courseware->no)}, {"title", courseware->title}};
  return done_answer(request, result, text(request.language, sentence, args));
}

awaitable<Response> pin(Context& context, Request request) {
  const auto no = courseware_number(request);
  if (!no) co_return problem(request.language, no.error());
  const auto body = json_body(request);
  if (!body) co_return problem(request.language, body.error());
  const auto* pinned = body->if_contains("pinned");
  if (!pinned || !pinned->is_bool())
    co_return problem(request.language, Refusal{"web.member_type", {{"name", "pinned"}}, {}});
  auto pinning = context.rooms.custody.pin(*no, pinned->get_bool(), kActor);
  const auto courseware = co_await std::move(pinning);
  co_return changed(request, courseware, pinned->get_bool() ? "web.pinned" : "web.unpinned");
}

awaitable<Response> remove(Context& context, Request request) {
  const auto no = courseware_number(request);
  if (!no) co_return problem(request.language, no.error());
  const auto body = json_body(request);
  if (!body) co_return problem(request.language, body.error());
  const auto reason = member_text(*body, "reason"), approved_by = member_text(*body, "approved_by");
  if (!reason) co_return problem(request.language, reason.error());
  if (!approved_by) co_return problem(request.language, approved_by.error());
  auto removing = context.rooms.custody.remove(*no, *reason, *approved_by, kActor);
  const auto courseware = co_await std::move(removing);
  co_return changed(request, courseware, "web.removed");
}

}  // namespace

void add_library_routes(Router& router, Context& context) {
  router.add("GET", "/api/v1/library", with(context, list));
  router.add("POST", "/api/v1/library", with(context, import));
  router.add("GET", "/api/v1/library/{no}", with(context, show));
  router.add("GET", "/api/v1/library/{no}/poster", with(context, poster));
  router.add("POST", "/api/v1/library/{no}/pin", with(context, pin));
  router.add("POST", "/api/v1/library/{no}/remove", with(context, remove));
}

}  // namespace edu::web
