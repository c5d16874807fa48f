#include "receiver/live/times.h"

#include <algorithm>

#include "calendar/schedule.h"

namespace edu::live {
namespace {

calendar::Schedule schedule_of(const Plan& plan) {
  calendar::Schedule schedule;
  schedule.first = plan.local_start;
  schedule.rrule = plan.rrule;
  schedule.zone = plan.zone;
  schedule.added = plan.added;
  return schedule;
}

calendar::Planned planned(const Plan& plan) {
  return {plan.no, schedule_of(plan), std::chrono::minutes(plan.minutes)};
}

const std::string& title_of(const Plan& plan) { return plan.title.empty() ? plan.channel : plan.title; }

}  // namespace

Result<void> check(const Plan& plan, const std::vector<Plan>& others, WallTime now) {
  if (plan.minutes < 1 || plan.minutes > kLongestPlan)
    return refuse("live.minutes", {{"most", std::to_string(kLongestPlan)}});
  if (auto good = calendar::check(schedule_of(plan), now); !good) return good;
  std::vector<calendar::Planned> beside;
  for (const auto& other : others)
    if (other.channel == plan.channel && other.no != plan.no) beside.push_back(planned(other));
  const auto conflict = calendar::find_conflict(planned(plan), beside, now);
  if (!conflict) return {};
  auto args = calendar::conflict_args(*conflict, schedule_of(plan));
  const auto with = std::ranges::find(others, conflict->with.no, &Plan::no);
  args["title"] = title_of(conflict->with.no == plan.no || with == others.end() ? plan : *with);
  return refuse("live.overlap", std::move(args), Refusal::Kind::conflict);
}

std::vector<Due> due(const std::vector<Plan>& plans, WallTime from, WallTime to) {
  std::vector<Due> out;
  for (const auto& plan : plans)
    for (const auto& start : calendar::starts(schedule_of(plan), from, to))
      if (start.local > plan.begun)
        out.push_back({plan, start.local, start.at, start.at + std::chrono::minutes(plan.minutes)});
  std::ranges::stable_sort(out, {}, &Due::start);
  return out;
}

}  // namespace edu::live
