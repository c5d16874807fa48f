#include "web/api/routes.h"

#include "web/api/context.h"

namespace edu::web {
namespace {

constexpr auto kBytes = "application/octet-stream";
// The media types that programs give to rosters; what a file is its bytes say.
constexpr auto kSheets =
    "text/csv, application/octet-stream, application/vnd.ms-excel, "
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, "
    "application/vnd.oasis.opendocument.spreadsheet";

constexpr RouteRow kRoutes[] = {
    {"GET", "/", kPublic, show_page},
    {"GET", "/style.css", kPublic, give_style},
    {"GET", "/live.js", kPublic, give_script},

    {"GET", "/api/v1/status", kOperator, show_status},
    {"GET", "/api/v1/station", kOperator, show_station},

    {"GET", "/api/v1/library", kOperator, list_library},
    {"POST", "/api/v1/library", kOperator, import_files},
    {"GET", "/api/v1/library/{no}", kOperator, show_courseware},
    {"GET", "/api/v1/library/{no}/poster", kOperator, give_poster},
    {"POST", "/api/v1/library/{no}/pin", kOperator, pin_courseware},
    {"POST", "/api/v1/library/{no}/remove", kOperator, remove_courseware},

    {"GET", "/api/v1/quarantine", kOperator, list_quarantine},
    {"POST", "/api/v1/quarantine/empty", kOperator, empty_quarantine},

    {"GET", "/api/v1/objects", kOperator, list_objects},
    {"GET", "/api/v1/objects/{no}", kOperator, show_object},
    {"GET", "/api/v1/objects/{no}/gaps", kOperator, list_gaps},
    {"POST", "/api/v1/objects/{no}/web", kOperator, fetch_gaps},
    {"POST", "/api/v1/objects/gaps", kOperator, answer_gaps},
    {"POST", "/api/v1/objects/fill", kOperator, apply_repair, kBytes},

    {"GET", "/api/v1/sources", kOperator, list_sources},
    {"POST", "/api/v1/sources", kOperator, add_source},
    {"POST", "/api/v1/sources/test", kOperator, test_source},
    {"POST", "/api/v1/sources/remove", kOperator, remove_source},

    {"GET", "/api/v1/recordings", kOperator, list_recordings},
    {"POST", "/api/v1/recordings", kOperator, add_plan},
    {"POST", "/api/v1/recordings/start", kOperator, start_recording},
    {"POST", "/api/v1/recordings/stop", kOperator, stop_recording},
    {"POST", "/api/v1/recordings/{plan}/remove", kOperator, remove_plan},

    {"GET", "/api/v1/roster", kOperator, list_roster},
    {"POST", "/api/v1/roster", kOperator, import_roster, kSheets},
    {"GET", "/api/v1/roster/export", kOperator, export_roster},
    {"GET", "/api/v1/roster/template", kOperator, give_roster_template},
    {"POST", "/api/v1/roster/merge", kOperator, merge_people},
    {"POST", "/api/v1/roster/move-out", kOperator, move_person_out},
    {"POST", "/api/v1/roster/erase", kOperator, erase_person},

    {"GET", "/api/v1/programmes", kOperator, list_programmes},
    {"POST", "/api/v1/programmes", kOperator, add_programme},
    {"GET", "/api/v1/programmes/{id}", kOperator, show_programme},
    {"POST", "/api/v1/programmes/{id}/cancel", kOperator, cancel_programme},
    {"GET", "/api/v1/timeline", kOperator, show_timeline},

    {"GET", "/api/v1/sessions", kOperator, list_sessions},
    {"GET", "/api/v1/sessions/{id}", kOperator, show_session},
    {"POST", "/api/v1/sessions/{id}/sign-in", kOperator, sign_in},
    {"POST", "/api/v1/sessions/{id}/sign-out", kOperator, sign_out},
    {"POST", "/api/v1/sessions/{id}/excuse", kOperator, excuse},
    {"POST", "/api/v1/sessions/{id}/visitors", kOperator, count_visitors},

    {"GET", "/api/v1/books/{book}", kOperator, show_book},
    {"GET", "/api/v1/participation", kOperator, show_participation},

    {"POST", "/api/v1/clock/confirm", kOperator, confirm_clock},
    {"POST", "/api/v1/clock/floor", kOperator, set_clock_floor},

    {"GET", "/api/v1/journal", kOperator, show_journal},
    {"POST", "/api/v1/journal/verify", kOperator, verify_journal},
    {"GET", "/api/v1/events", kOperator, follow_events},
};

}  // namespace

std::span<const RouteRow> routes() { return kRoutes; }

void add_routes(Router& router, Context& context) {
  for (const auto& row : kRoutes) {
    auto action = [&context, answer = row.answer](Request request) {
      return answer(context, std::move(request));
    };
    router.add({row.method, row.path, row.role, std::move(action), row.accepts});
  }
}

}  // namespace edu::web
