#include "receiver/live/times.h"

#include <algorithm>

#include "scheduler/timetable/edit_checks.h"

namespace edu::live {
namespace {

// The timetable's word for a plan: a programme whose one courseware has the plan's number and length.
scheduler::Programme programme_of(const Plan& plan) {
  scheduler::Programme programme;
  programme.id = plan.no;
  programme.title = plan.title.empty() ? plan.channel : plan.title;
  programme.local_start = plan.local_start;
  programme.zone = plan.zone;
  programme.rundown = {plan.no};
  programme.rrule = plan.rrule;
  programme.added = plan.added;
  return programme;
}

scheduler::Courses lengths_of(const std::vector<Plan>& plans) {
  scheduler::Courses courses;
  for (const auto& plan : plans) courses[plan.no].duration = std::chrono::minutes(plan.minutes);
  return courses;
}

Refusal overlap(Refusal conflict, const Plan& plan) {
  conflict.args.try_emplace("title", programme_of(plan).title);  // it overlaps itself
  conflict.args.erase("other");
  return {"live.overlap", std::move(conflict.args), Refusal::Kind::conflict};
}

}  // namespace

std::optional<Refusal> check(const Plan& plan, const std::vector<Plan>& others, WallTime now) {
  if (plan.minutes < 1 || plan.minutes > kLongestPlan)
    return Refusal{"live.minutes", {{"most", std::to_string(kLongestPlan)}}, {}};
  const auto programme = programme_of(plan);
  if (auto no = scheduler::check_plan(programme, now)) return no;
  std::vector<scheduler::Programme> beside;
  for (const auto& other : others)
    if (other.channel == plan.channel && other.no != plan.no) beside.push_back(programme_of(other));
  auto courses = lengths_of(others);
  courses[plan.no].duration = std::chrono::minutes(plan.minutes);
  if (auto no = scheduler::check_room(programme, beside, courses, now)) return overlap(*std::move(no), plan);
  return std::nullopt;
}

std::vector<Due> due(const std::vector<Plan>& plans, WallTime from, WallTime to) {
  std::vector<Due> out;
  for (const auto& plan : plans)
    for (const auto& one : scheduler::resolve({programme_of(plan)}, lengths_of({plan}), from, to))
      if (one.local_start > plan.begun) out.push_back({plan, one.local_start, one.start, one.end});
  std::ranges::stable_sort(out, {}, &Due::start);
  return out;
}

}  // namespace edu::live
