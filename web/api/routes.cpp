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
    {"GET", "/login", kPublic, show_login_page},
    {"GET", "/setup", kPublic, show_setup_page},
    {"GET", "/login.js", kPublic, give_login_script},

    {"POST", "/api/v1/login", kPublic, log_in},
    {"POST", "/api/v1/logout", kEverybody, log_out},
    {"POST", "/api/v1/setup", kPublic, set_up},
    {"GET", "/api/v1/setup-code", kOperator, show_setup_code},
    {"GET", "/api/v1/me", kEverybody, show_me},
    {"POST", "/api/v1/me/password", kEverybody, set_own_password},

    {"GET", "/api/v1/accounts", kOperator, list_accounts},
    {"POST", "/api/v1/accounts", kOperator, add_account},
    {"POST", "/api/v1/accounts/{name}/password", kOperator, set_account_password},
    {"POST", "/api/v1/accounts/{name}/roles", kOperator, set_account_roles},
    {"POST", "/api/v1/accounts/{name}/state", kOperator, set_account_state},
    {"POST", "/api/v1/accounts/{name}/unlock", kOperator, unlock_account},
    {"GET", "/api/v1/logins", kOperator, list_logins},
    {"POST", "/api/v1/logins/{no}/end", kOperator, end_login},

    {"GET", "/api/v1/status", kFigures, show_status},
    {"GET", "/api/v1/station", kEverybody, show_station},

    {"GET", "/api/v1/library", kEverybody, list_library},
    {"POST", "/api/v1/library", kOperator, import_files},
    {"GET", "/api/v1/library/{no}", kEverybody, show_courseware},
    {"GET", "/api/v1/library/{no}/poster", kEverybody, give_poster},
    {"POST", "/api/v1/library/{no}/pin", kOperator, pin_courseware},
    {"POST", "/api/v1/library/{no}/remove", kOperator, remove_courseware},

    {"GET", "/api/v1/quarantine", kReaders, list_quarantine},
    {"POST", "/api/v1/quarantine/empty", kOperator, empty_quarantine},

    {"GET", "/api/v1/objects", kReaders, list_objects},
    {"GET", "/api/v1/objects/{no}", kReaders, show_object},
    {"GET", "/api/v1/objects/{no}/gaps", kReaders, list_gaps},
    {"POST", "/api/v1/objects/{no}/web", kOperator, fetch_gaps},
    {"POST", "/api/v1/objects/gaps", kOperator, answer_gaps},
    {"POST", "/api/v1/objects/fill", kOperator, apply_repair, kBytes},

    {"GET", "/api/v1/sources", kReaders, list_sources},
    {"POST", "/api/v1/sources", kOperator, add_source},
    {"POST", "/api/v1/sources/test", kOperator, test_source},
    {"POST", "/api/v1/sources/remove", kOperator, remove_source},

    {"GET", "/api/v1/recordings", kReaders, list_recordings},
    {"POST", "/api/v1/recordings", kOperator, add_plan},
    {"POST", "/api/v1/recordings/start", kOperator, start_recording},
    {"POST", "/api/v1/recordings/stop", kOperator, stop_recording},
    {"POST", "/api/v1/recordings/{plan}/remove", kOperator, remove_plan},

    {"GET", "/api/v1/roster", kStaff, list_roster},
    {"POST", "/api/v1/roster", kOperator, import_roster, kSheets},
    {"GET", "/api/v1/roster/export", kOperator, export_roster},
    {"GET", "/api/v1/roster/template", kOperator, give_roster_template},
    {"POST", "/api/v1/roster/merge", kOperator, merge_people},
    {"POST", "/api/v1/roster/move-out", kOperator, move_person_out},
    {"POST", "/api/v1/roster/erase", kOperator, erase_person},

    {"GET", "/api/v1/programmes", kFigures, list_programmes},
    {"POST", "/api/v1/programmes", kOperator, add_programme},
    {"GET", "/api/v1/programmes/{id}", kFigures, show_programme},
    {"POST", "/api/v1/programmes/{id}/cancel", kOperator, cancel_programme},
    {"GET", "/api/v1/timeline", kEverybody, show_timeline},

    {"GET", "/api/v1/sessions", kFigures, list_sessions},
    {"GET", "/api/v1/sessions/{id}", kFigures, show_session},
    {"POST", "/api/v1/sessions/{id}/sign-in", kStaff, sign_in},
    {"POST", "/api/v1/sessions/{id}/sign-out", kStaff, sign_out},
    {"POST", "/api/v1/sessions/{id}/excuse", kStaff, excuse},
    {"POST", "/api/v1/sessions/{id}/visitors", kStaff, count_visitors},

    {"GET", "/api/v1/books/{book}", kReaders, show_book},
    {"GET", "/api/v1/participation", kFigures, show_participation},

    {"POST", "/api/v1/clock/confirm", kOperator, confirm_clock},
    {"POST", "/api/v1/clock/floor", kOperator, set_clock_floor},

    {"GET", "/api/v1/journal", kReaders, show_journal},
    {"POST", "/api/v1/journal/verify", kReaders, verify_journal},
    {"GET", "/api/v1/events", kReaders, follow_events},
};

}  // namespace

std::span<const RouteRow> routes() { return kRoutes; }

void add_routes(Router& router, Context& context) {
  for (const auto& row : kRoutes) {
    auto action = [&context, answer = row.answer](Request request) {
      return answer(context, std::move(request));
    };
    router.add({row.method, row.path, row.roles, std::move(action), row.accepts});
  }
}

}  // namespace edu::web
