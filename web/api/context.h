// What every route holds, and the few steps that most of them take.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/turns.h"
#include "web/api/asked.h"
#include "web/api/events.h"
#include "web/api/gate.h"
#include "web/api/rooms.h"
#include "web/api/routes.h"
#include "web/http/answers.h"

namespace edu::web {

struct Context {
  explicit Context(Rooms filled) : rooms(std::move(filled)) {}
  Rooms rooms;
  Gate gate{rooms.ledger, rooms.clock, rooms.workers};
  EventHub hub;
  std::uint16_t port = 0;  // of the pages on 127.0.0.1; 0: there are none
  Turns verifying;         // one check of the journal at a time: it reads all of it

  LocalDate today() const { return rooms.zone.date_of(rooms.clock.now()); }
};

// Runs `work(Database&)` on a worker with a read-only connection of its own.
template <class Work>
awaitable<std::invoke_result_t<Work, Database&>> read(Context& context, Work work) {
  auto task = [file = context.rooms.database, work = std::move(work)] {
    const auto database = open_read_only(file);
    return work(*database);
  };
  co_return co_await context.rooms.workers.run(std::move(task));
}

// What something that was done answers: the sentence for text/plain, the object with it as "text" for JSON.
Response done_answer(const Request& request, json::object result, const std::string& sentence,
                     int status = 200);
// One thing, a line per property: the table's only row turned.
Table turned(const Table& table, Language language);

}  // namespace edu::web
