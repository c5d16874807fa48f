// Every route of the station: one table of method, path, role and what answers it. The functions stand in
// web/api/*_routes.cpp; docs/formats.md describes each.
#pragma once

#include <span>

#include "base/asio.h"
#include "base/result.h"
#include "web/http/router.h"

namespace edu::web {

struct Context;

using Answer = awaitable<Result<Response>>;
using RouteFunction = Answer(Context&, Request);  // a coroutine; its request is its own

RouteFunction show_status, show_station;
RouteFunction list_quarantine, empty_quarantine;
RouteFunction list_library, import_files, show_courseware, give_poster, pin_courseware, remove_courseware;
RouteFunction list_objects, show_object, list_gaps, fetch_gaps, answer_gaps, apply_repair;
RouteFunction list_sources, add_source, test_source, remove_source;
RouteFunction list_recordings, start_recording, stop_recording, add_plan, remove_plan;
RouteFunction list_roster, import_roster, export_roster, give_roster_template, merge_people, move_person_out,
    erase_person;
RouteFunction list_programmes, add_programme, show_programme, cancel_programme, show_timeline;
RouteFunction confirm_clock, set_clock_floor;
RouteFunction list_sessions, show_session, sign_in, sign_out, excuse, count_visitors;
RouteFunction show_book, show_participation;
RouteFunction show_journal, verify_journal, follow_events;
RouteFunction log_in, log_out, show_me, set_own_password, set_up, show_setup_code;
RouteFunction list_accounts, add_account, set_account_password, set_account_roles, set_account_state,
    unlock_account, list_logins, end_login;
RouteFunction show_page, give_style, give_script, show_login_page, show_setup_page, give_login_script;

struct RouteRow {
  const char* method;
  const char* path;
  const char* roles;  // of which one will do
  RouteFunction* answer;
  const char* accepts = "application/json";
};

// Who may use a route: one of its roles is the caller's. An account has roles (people/access/role.h); whom
// the Unix socket lets in is an operator.
inline constexpr auto kOperator = "operator";
inline constexpr auto kStaff = "operator tutor";
inline constexpr auto kReaders = "operator supervisor auditor";
inline constexpr auto kFigures = "operator tutor supervisor auditor";
inline constexpr auto kEverybody = "operator tutor learner supervisor auditor";  // with an account

std::span<const RouteRow> routes();
void add_routes(Router& router, Context& context);  // all of them; the context outlives the router

}  // namespace edu::web
