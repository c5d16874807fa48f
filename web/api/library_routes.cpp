// /api/v1/library: what the library holds, and what is done to it.
#include <unistd.h>

#include "base/text.h"
#include "library/courses.h"
#include "logs/books/reception.h"
#include "receiver/intake/import.h"
#include "web/api/context.h"
#include "web/http/target.h"

namespace edu::web {
namespace {

constexpr std::size_t kLargestPoster = 8 << 20;  // bytes; a poster has some tens of thousands

void look_at_object(library::Courseware& course, const library::ObjectStore& store) {
  course.missing = !course.removed() && store.lacks(course.sha256);
}

Result<library::Courseware> found_in(Database& database, const library::ObjectStore& store, std::int64_t no) {
  auto found = library::find(database, no);
  if (found) look_at_object(*found, store);
  if (!found)
    return refuse("library.unknown", {{"no", library::courseware_label(no)}}, Refusal::Kind::not_found);
  return *std::move(found);
}

awaitable<Result<library::Courseware>> find(Context& context, std::int64_t no) {
  auto work = [no, &store = context.rooms.store](Database& database) {
    return found_in(database, store, no);
  };
  co_return co_await read(context, work);
}

// Whose signature the reception found that brought it; empty: nobody's.
awaitable<std::string> signer_of(Context& context, std::int64_t reception) {
  auto work = [reception](Database& database) {
    const auto signer = logs::signer_of(database, reception);
    return signer.name.empty() ? std::string() : signer.name + " (" + signer.key_id + ")";
  };
  co_return co_await read(context, work);
}

// What the file's header says of its length, and what the length is that counts.
awaitable<void> add_lengths(Context& context, const library::Courseware& courseware, Language language,
                            Table& table) {
  auto work = [no = courseware.reception_no](Database& database) { return logs::lengths_of(database, no); };
  const auto lengths = co_await read(context, work);
  table.columns.push_back({"declared", text(language, "library.column.declared")});
  table.rows.front().push_back(lengths.declared_ms == 0 ? Cell(Text())
                                                        : Cell(Duration{milliseconds(lengths.declared_ms)}));
  table.columns.push_back({"length_by", text(language, "library.column.length_by")});
  table.rows.front().push_back(lengths.by.empty() ? "" : text(language, "library.length_by." + lengths.by));
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
  if (record.outcome == "passed")
    return done_answer(request, result, text(language, "web.import_passed_over", args));
  if (!reception.refusal)
    return done_answer(request, result, text(language, "web.import_" + record.outcome, args),
                       record.outcome == "stored" ? 201 : 200);
  args["why"] = text(language, *reception.refusal);
  result["detail"] = text(language, "web.import_refused", args);
  return problem(language, *reception.refusal, status_of(*reception.refusal), result);
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

// Of a volume: a line for each reception, and what was skipped. A problem when nothing of it was taken.
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
  json::object skipped;
  std::string counts;
  for (const auto& [reason, count] : report.passed) {
    skipped[reason] = count;
    counts += (counts.empty() ? "" : text(language, "web.passed.and")) +
              text(language, "web.passed." + reason, {{"count", std::to_string(count)}});
  }
  if (!counts.empty()) add(text(language, "web.import_passed", {{"counts", counts}}));
  result["passed"] = std::move(skipped);
  if (!report.complete) add(text(language, "web.import_more"));
  if (report.gone) add(text(language, "web.import_gone"));
  result["receptions"] = std::move(receptions);
  result["titles_passed"] = passed;
  result["complete"] = report.complete && !report.gone;
  if (any || !refusal) return done_answer(request, result, lines, stored ? 201 : 200);
  result["detail"] = lines;
  return problem(language, *refusal, status_of(*refusal), result);
}

// A file's name may be any bytes, which JSON cannot hold: such a path comes percent-encoded.
fs::path path_of(Asked& asked) {
  if (!asked.has("path_percent")) return asked.text("path");
  const auto path = percent_decode(asked.text("path_percent"));
  if (path && path->find('\0') == std::string::npos) return *path;
  asked.refuse({"web.member_type", {{"name", "path_percent"}}, {}});
  return {};
}

// What came along: "descriptors" names each of them: "file", "manifest", "signature".
receiver::Opened opened_with(Asked& asked, const Request& request) {
  receiver::Opened opened;
  opened.only_media = asked.has("only_media") && asked.flag("only_media");
  if (!asked.has("descriptors")) return opened;
  const auto names = asked.texts("descriptors");
  bool right = names.size() == request.descriptors.size();
  for (std::size_t i = 0; right && i < names.size(); ++i) {
    if (names[i] == "file")
      opened.file = request.descriptors[i];
    else if (names[i] == "manifest")
      opened.manifest = request.descriptors[i];
    else
      (right = names[i] == "signature") && (opened.signature = request.descriptors[i]);
  }
  if (!right) asked.refuse({"web.member_type", {{"name", "descriptors"}}, {}});
  return opened;
}

enum class ReadBy { descriptor, path, nobody };

// A path is followed with this process's rights, which must not be more than the caller's: theirs are when
// they are root or this process's own account, or when they show that they can open what lies there. Of a
// folder that says nothing of what is in it: only a DVD-Video that all may read is read then, of any other
// one the caller names the files.
ReadBy how_to_read(const fs::path& path, const receiver::Opened& opened, std::optional<unsigned> uid) {
  const bool image = receiver::is_disc_image(path);
  if (opened.file && receiver::is_regular(*opened.file) && !image) return ReadBy::descriptor;
  const bool trusted = uid && (*uid == 0 || *uid == ::geteuid());
  if (trusted) return ReadBy::path;
  if (!opened.file || !receiver::is_same(*opened.file, path)) return ReadBy::nobody;
  std::error_code error;
  const bool folder = fs::is_directory(path, error);
  return !folder || receiver::is_video_folder_for_all(path) ? ReadBy::path : ReadBy::nobody;
}

Result<Response> changed(const Request& request, const Result<library::Courseware>& courseware,
                         const char* sentence) {
  if (!courseware) return Unexpected(courseware.error());
  json::object result;
  result["courseware"] = courseware->no;
  result["pinned"] = courseware->pinned;
  result["removed"] = courseware->removed();
  const Args args{{"no", library::courseware_label(courseware->no)}, {"title", courseware->title}};
  return done_answer(request, result, text(request.language, sentence, args));
}

}  // namespace

Answer list_library(Context& context, Request request) {
  const library::Filter filter{request.parameter("text"), request.parameter("category"),
                               request.parameter("removed") == "1"};
  auto work = [filter, &store = context.rooms.store](Database& database) {
    auto courses = library::list(database, filter);
    for (auto& course : courses) look_at_object(course, store);
    return courses;
  };
  const auto found = co_await read(context, work);
  co_return table_answer(request, library::table(found, context.rooms.zone, request.language));
}

Answer show_courseware(Context& context, Request request) {
  Asked asked(request);
  const auto no = asked.courseware("no");
  if (!asked) co_return asked.refused();
  const auto found = co_await find(context, no);
  if (!found) co_return Unexpected(found.error());
  const auto signer = co_await signer_of(context, found->reception_no);
  auto table = library::table({*found}, context.rooms.zone, request.language);
  table.columns.push_back({"signed_by", text(request.language, "source.signed_by")});
  table.rows.front().push_back(signer);
  co_await add_lengths(context, *found, request.language, table);
  const auto format = format_of(request);
  if (!format || *format != Format::json) co_return table_answer(request, turned(table, request.language));
  auto row = to_json(table).at("rows").as_array().at(0).as_object();
  row["pinned"] = found->pinned;
  row["poster"] = found->poster;
  row["bytes"] = found->size;
  row["duration_ms"] = found->duration_ms;
  co_return json_answer(row);
}

Answer give_poster(Context& context, Request request) {
  Asked asked(request);
  const auto no = asked.courseware("no");
  if (!asked) co_return asked.refused();
  const auto found = co_await find(context, no);
  if (!found) co_return Unexpected(found.error());
  if (!found->poster || found->removed())
    co_return refuse("web.no_poster", {{"no", library::courseware_label(no)}}, Refusal::Kind::not_found);
  auto work = [path = context.rooms.store.poster_path(found->sha256)] {
    return read_file(path, kLargestPoster);
  };
  Response response;
  response.content_type = "image/jpeg";
  response.body = co_await context.rooms.workers.run(work);
  co_return response;
}

Answer import_files(Context& context, Request request) {
  Asked asked(request);
  const auto path = path_of(asked);
  const auto receiver = asked.text_or("receiver", request.caller.actor);
  const auto opened = opened_with(asked, request);
  if (!asked) co_return asked.refused();
  auto& rooms = context.rooms;
  auto look = [path, opened, uid = request.caller.uid] { return how_to_read(path, opened, uid); };
  const auto by = co_await rooms.workers.run(std::move(look));
  if (by == ReadBy::nobody) co_return refuse("web.descriptor", {{"path", one_line(to_utf8(path.string()))}});
  const bool several = co_await rooms.volumes.holds_several(path);
  if (several && by == ReadBy::path) {
    const auto report = co_await rooms.volumes.import(path, "import", receiver);
    if (!report) co_return Unexpected(report.error());
    co_return told(request, *report);
  }
  const auto with = by == ReadBy::descriptor ? opened : receiver::Opened();
  const auto reception =
      co_await receiver::import_file(rooms.intake, rooms.workers, path, receiver, rooms.import_trust, with);
  if (!reception) co_return Unexpected(reception.error());
  co_return told(request, *reception);
}

Answer pin_courseware(Context& context, Request request) {
  Asked asked(request);
  const auto no = asked.courseware("no");
  const bool pinned = asked.flag("pinned");
  if (!asked) co_return asked.refused();
  const auto courseware = co_await context.rooms.custody.pin(no, pinned, request.caller.actor);
  co_return changed(request, courseware, pinned ? "web.pinned" : "web.unpinned");
}

Answer remove_courseware(Context& context, Request request) {
  Asked asked(request);
  const auto no = asked.courseware("no");
  const auto reason = asked.line("reason"), approved_by = asked.line("approved_by");
  if (!asked) co_return asked.refused();
  const auto courseware =
      co_await context.rooms.custody.remove(no, reason, approved_by, request.caller.actor);
  co_return changed(request, courseware, "web.removed");
}

}  // namespace edu::web
