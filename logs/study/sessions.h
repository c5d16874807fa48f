// Study sessions: opened before a group programme, frozen at its start, closed at its end; who signed in and
// out.
//
// Comes in: plans from the scheduler, sign-ins from the routes that serve learners. Leaves: events of the
// journal, and with them the attendance tables. Loop thread. Every check is made inside the unit of work,
// against the tables, so that two sign-ins of one person at once are one.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "calendar/zone.h"
#include "logs/journal/ledger.h"

namespace edu::logs {

struct SessionPlan {
  std::int64_t programme = 0;
  std::string local_start;
  std::string title, tutor, chair, place;
  std::vector<std::string> groups;  // invited; empty: all
  WallTime planned_start, planned_end;
};

// Of a unit of work, with its own time: for who records what happened some time ago.
// Opens the session of an occurrence, or answers the number of the one that is open for it already.
std::int64_t open_session(Transaction& t, const SessionPlan& plan, WallTime at);
void close_session(Transaction& t, std::int64_t session, WallTime at, const std::string& why);

struct SignInReport {
  std::vector<std::string> done;     // "017 王建国"
  std::vector<std::string> already;  // were there before (or, for sign-out, were not)
};

class Sessions {
 public:
  Sessions(Ledger& ledger, Clock& clock, Zone zone, CountingRule rule);

  // Opens the session of an occurrence, or answers the number of the one that is open for it already.
  awaitable<std::int64_t> open(SessionPlan plan);
  // Freezes roster and rule at the start. A second freeze of a session changes nothing.
  awaitable<void> freeze(std::int64_t session);
  void freeze(Transaction& t, std::int64_t session, WallTime at) const;
  // Closes at `at`; those who are still signed in leave then. Credited minutes are joined to what played.
  // A session that is closed stays as it is.
  awaitable<void> close(std::int64_t session, WallTime at, std::string why);

  // Members by number or name (people::find). All or nothing: one unknown member refuses the whole list and
  // names it. Refusals: session_unknown, session_closed, and those of people::find.
  awaitable<Result<SignInReport>> sign_in(std::int64_t session, std::vector<std::string> members,
                                          std::string means, std::string actor);
  awaitable<Result<SignInReport>> sign_out(std::int64_t session, std::vector<std::string> members,
                                           std::string actor);
  // Refused also of one who is there: logs.excuse_present.
  awaitable<Result<void>> excuse(std::int64_t session, std::string member, std::string reason,
                                 std::string actor);
  awaitable<Result<void>> count_visitors(std::int64_t session, std::int64_t heads, std::string actor);

 private:
  Ledger& ledger_;
  Clock& clock_;
  Zone zone_;
  CountingRule rule_;
};

}  // namespace edu::logs
