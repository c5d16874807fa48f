// What every route holds, and the few steps that most of them take.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "web/api/events.h"
#include "web/api/rooms.h"
#include "web/http/answers.h"
#include "web/http/router.h"

namespace edu::web {

struct Context {
  explicit Context(Rooms filled) : rooms(std::move(filled)) {}
  Rooms rooms;
  EventHub hub;
  // One check of the journal at a time: it reads all of it. Shared, for a check may outlive this.
  std::shared_ptr<bool> verifying = std::make_shared<bool>(false);

  LocalDate today() const { return rooms.zone.date_of(rooms.clock.now()); }
};

// Each group of routes; the context outlives the router.
void add_state_routes(Router& router, Context& context);
void add_library_routes(Router& router, Context& context);
void add_source_routes(Router& router, Context& context);
void add_reception_routes(Router& router, Context& context);
void add_recording_routes(Router& router, Context& context);
void add_roster_routes(Router& router, Context& context);
void add_programme_routes(Router& router, Context& context);
void add_session_routes(Router& router, Context& context);
void add_book_routes(Router& router, Context& context);
void add_journal_routes(Router& router, Context& context);
void add_page_routes(Router& router, Context& context);
void add_routes(Router& router, Context& context);  // all of them

// A route is a coroutine function; its request is its own.
using Route = awaitable<Response> (*)(Context&, Request);
inline Handler with(Context& context, Route route) {
  return [&context, route](Request request) { return route(context, std::move(request)); };
}

// Runs `work(Database&)` on a worker with a read-only connection of its own.
template <class Work>
awaitable<std::invoke_result_t<Work, Database&>> read(Context& context, Work work) {
  auto task = [file = context.rooms.database, work = std::move(work)] {
    const auto database = open_read_only(file);
    return work(*database);
  };
  auto running = context.rooms.workers.run(std::move(task));
  co_return co_await std::move(running);
}

// Who did it, for the journal: what the HTTP interface cannot know before there is a log-in.
inline constexpr auto kActor = "operator";

// Captures and query parameters. Refusals web.number, web.date {value}.
Result<std::int64_t> number(const std::string& text);
Result<std::optional<LocalDate>> day(const std::string& text);  // empty: none
// Members of a body. Refusals web.member_missing, web.member_type {name}.
Result<std::string> member_text(const json::object& body, std::string_view name);  // must be there
std::string member_or(const json::object& body, std::string_view name, std::string_view otherwise);
Result<std::int64_t> member_number(const json::object& body, std::string_view name);
Result<std::vector<std::string>> member_texts(const json::object& body, std::string_view name);

// What something that was done answers: the sentence for text/plain, the object with it as "text" for JSON.
Response done_answer(const Request& request, json::object result, const std::string& sentence,
                     int status = 200);
// One thing, a line a property: the table's only row turned.
Table turned(const Table& table, Language language);

}  // namespace edu::web
