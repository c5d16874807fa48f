// Sign-ins and the scheduler's plans come in; events of the journal leave, one unit of work each.
#include "logs/study/sessions.h"

#include <fmt/format.h>

#include "base/sql.h"
#include "logs/study/open_sessions.h"
#include "logs/study/reason.h"
#include "people/roster.h"

namespace edu::logs {
namespace {

constexpr std::int64_t kMostVisitors = 10'000;  // more heads than any study room of a village holds is a slip
constexpr std::int64_t kLeastMs = 60'000;       // that make somebody present; SessionFrozen::least_ms

struct SessionState {
  bool known = false, frozen = false, closed = false;
  std::int64_t planned_start_ms = 0;
};

SessionState state_of(Database& db, std::int64_t session) {
  auto row = sql::prepare(db, "SELECT frozen_seq, closed_seq, planned_start_ms FROM session WHERE session=?",
                          session);
  if (!row.executeStep()) return {};
  return {true, row.getColumn(0).getInt64() != 0, row.getColumn(1).getInt64() != 0,
          row.getColumn(2).getInt64()};
}

Result<void> takes_changes(Database& db, std::int64_t session) {
  const auto state = state_of(db, session);
  const Args which{{"session", std::to_string(session)}};
  if (!state.known) return refuse("logs.session_unknown", which, Refusal::Kind::not_found);
  if (state.closed) return refuse("logs.session_closed", which, Refusal::Kind::conflict);
  return {};
}

bool is_there(Database& db, std::int64_t session, const std::string& person) {
  return sql::number(db, "SELECT count(*) FROM presence WHERE session=? AND person=? AND out_seq=0", 0,
                     session, person) != 0;
}

Result<std::vector<people::Person>> find_all(Database& db, const std::vector<std::string>& members,
                                             LocalDate today) {
  std::vector<people::Person> found;
  for (const auto& member : members) {
    auto person = people::find(db, member, today);
    if (!person) return Unexpected(person.error());
    found.push_back(*std::move(person));
  }
  return found;
}

std::vector<people::Category> counted_categories(const CountingRule& rule) {
  std::vector<people::Category> categories;
  for (const auto& key : rule.counted)
    if (const auto category = people::from_key<people::Category>(key)) categories.push_back(*category);
  return categories;
}

// Signs each of `members` in or out; `change` answers false for one who is there (or gone) already.
template <class Change>
Result<SignInReport> change_all(Transaction& t, std::int64_t session, const std::vector<std::string>& members,
                                LocalDate today, Change change) {
  if (auto open = takes_changes(t.db, session); !open) return Unexpected(open.error());
  const auto found = find_all(t.db, members, today);
  if (!found) return Unexpected(found.error());
  SignInReport report;
  for (const auto& person : *found) {
    auto& list = change(person) ? report.done : report.already;
    list.push_back(person.number + " " + person.name);
  }
  return report;
}

}  // namespace

Sessions::Sessions(Ledger& ledger, Clock& clock, Zone zone, CountingRule rule)
    : ledger_(ledger), clock_(clock), zone_(std::move(zone)), rule_(std::move(rule)) {}

std::int64_t open_session(Transaction& t, const SessionPlan& plan, WallTime at) {
  const auto open = open_session_of(t.db, plan.programme, plan.local_start);
  if (open != 0) return open;
  const auto number = sql::number(t.db, "SELECT max(session) FROM session", 0) + 1;
  t.append("auto", SessionOpened{number, plan.programme, plan.local_start, plan.title, plan.tutor, plan.chair,
                                 plan.place, plan.groups, to_ms(plan.planned_start), to_ms(plan.planned_end),
                                 to_ms(at)});
  return number;
}

void close_session(Transaction& t, std::int64_t session, WallTime at, const std::string& why) {
  const auto state = state_of(t.db, session);
  if (state.known && !state.closed) t.append("auto", SessionClosed{session, to_ms(at), why});
}

awaitable<std::int64_t> Sessions::open(SessionPlan plan) {
  auto unit = [plan = std::move(plan), now = clock_.now()](Transaction& t) {
    return open_session(t, plan, now);
  };
  co_return co_await ledger_.write(std::move(unit));
}

void Sessions::freeze(Transaction& t, std::int64_t session, WallTime at) const {
  const auto state = state_of(t.db, session);
  if (!state.known || state.frozen || state.closed) return;
  SessionFrozen frozen{session, to_ms(at), {}, rule_, kLeastMs};
  std::vector<std::string> groups;
  auto row = sql::prepare(t.db, "SELECT groups FROM session WHERE session=?", session);
  row.executeStep();
  const auto invited = json::parse(row.getColumn(0).getString());
  for (const auto& group : invited.as_array()) groups.emplace_back(group.as_string());
  const auto day = zone_.date_of(from_ms(state.planned_start_ms));
  for (const auto& person : people::expected_on(t.db, day, groups, counted_categories(rule_)))
    frozen.expected.push_back({person.id, std::string(people::key(person.category)), person.group});
  t.append("auto", frozen);
}

awaitable<void> Sessions::freeze(std::int64_t session) {
  auto unit = [this, session, now = clock_.now()](Transaction& t) {
    freeze(t, session, now);
    return 0;
  };
  co_await ledger_.write(std::move(unit));
}

awaitable<void> Sessions::close(std::int64_t session, WallTime at, std::string why) {
  auto unit = [session, at, why = std::move(why)](Transaction& t) {
    close_session(t, session, at, why);
    return 0;
  };
  co_await ledger_.write(std::move(unit));
}

awaitable<Result<SignInReport>> Sessions::sign_in(std::int64_t session, std::vector<std::string> members,
                                                  std::string means, std::string actor) {
  auto unit = [=, now = clock_.now(), today = zone_.date_of(clock_.now())](Transaction& t) {
    return change_all(t, session, members, today, [&](const people::Person& person) {
      if (is_there(t.db, session, person.id)) return false;
      t.append(actor, SignedIn{session, person.id, to_ms(now), means});
      return true;
    });
  };
  co_return co_await ledger_.write(std::move(unit));
}

awaitable<Result<SignInReport>> Sessions::sign_out(std::int64_t session, std::vector<std::string> members,
                                                   std::string actor) {
  auto unit = [=, now = clock_.now(), today = zone_.date_of(clock_.now())](Transaction& t) {
    return change_all(t, session, members, today, [&](const people::Person& person) {
      if (!is_there(t.db, session, person.id)) return false;
      t.append(actor, SignedOut{session, person.id, to_ms(now)});
      return true;
    });
  };
  co_return co_await ledger_.write(std::move(unit));
}

awaitable<Result<void>> Sessions::excuse(std::int64_t session, std::string member, std::string reason,
                                         std::string actor) {
  auto unit = [=, today = zone_.date_of(clock_.now())](Transaction& t) -> Result<void> {
    const auto why = checked_reason(reason);
    if (!why) return Unexpected(why.error());
    if (auto open = takes_changes(t.db, session); !open) return Unexpected(open.error());
    const auto person = people::find(t.db, member, today);
    if (!person) return Unexpected(person.error());
    if (is_there(t.db, session, person->id))
      return refuse("logs.excuse_present", {{"person", person->number + " " + person->name}},
                    Refusal::Kind::conflict);
    t.append(actor, Excused{session, person->id, *why});
    return {};
  };
  co_return co_await ledger_.write(std::move(unit));
}

awaitable<Result<void>> Sessions::count_visitors(std::int64_t session, std::int64_t heads,
                                                 std::string actor) {
  auto unit = [=](Transaction& t) -> Result<void> {
    if (heads < 0 || heads > kMostVisitors)
      return refuse("logs.visitors_range",
                    {{"heads", std::to_string(heads)}, {"most", std::to_string(kMostVisitors)}});
    if (auto open = takes_changes(t.db, session); !open) return Unexpected(open.error());
    t.append(actor, VisitorsCounted{session, heads});
    return {};
  };
  co_return co_await ledger_.write(std::move(unit));
}

}  // namespace edu::logs
