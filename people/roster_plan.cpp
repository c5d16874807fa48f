// A checked file and the roster's tables come in; who is added, who is changed and what has to be asked
// leaves. Reads alone.
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/typed.h"
#include "people/roster_changes.h"
#include "people/roster_import.h"

namespace edu::people {
namespace {

using Target = ImportPlan::Target;
using Twin = ImportPlan::Twin;
using Twins = ImportChoices::Twins;

bool agree(const std::string& one, const std::string& other) { return !one.empty() && one == other; }
bool differ(const std::string& one, const std::string& other) {
  return !one.empty() && !other.empty() && one != other;
}

std::size_t zeros_of(const std::string& number) {
  return std::min(number.find_first_not_of('0'), number.size());
}

class Planner {
 public:
  Planner(Database& database, const RosterFile& file, LocalDate today, const ImportChoices& choices)
      : database_(database), file_(file), today_(today), choices_(choices), roster_(list(database, today)) {
    for (const auto& person : roster_) {
      by_number_.emplace(person.number, &person);
      by_name_[name_key(person.name)].push_back(&person);
    }
    std::unordered_map<std::string_view, const Person*> by_id;
    for (const auto& person : roster_) by_id.emplace(person.id, &person);
    for (const auto& [number, id] : merged_numbers(database))
      if (const auto found = by_id.find(id); found != by_id.end())
        by_old_number_.emplace(number, found->second);
    for (const auto& entry : file.entries)
      if (const auto found = by_number_.find(entry.number); found != by_number_.end())
        claimed_.insert(found->second->id);
  }

  ImportPlan made() {
    plan_.entries = file_.entries;
    plan_.targets.resize(plan_.entries.size());
    spell_groups();
    for (at_ = 0; at_ < plan_.entries.size(); ++at_) decide(plan_.entries[at_], plan_.targets[at_]);
    find_missing();
    return std::move(plan_);
  }

 private:
  std::size_t line() const { return at_ < file_.lines.size() ? file_.lines[at_] : 0; }

  // A group that the roster writes otherwise gets the roster's spelling.
  void spell_groups() {
    const auto known = group_names(database_);
    std::map<std::string, std::string> spelling;
    for (const auto& group : known) spelling.emplace(name_key(group), group);
    for (const auto& group : known) spelling.insert_or_assign(group, group);
    std::map<std::string, std::size_t> strange;
    for (auto& entry : plan_.entries) {
      if (!entry.group || entry.group->empty()) continue;
      auto found = spelling.find(*entry.group);
      if (found == spelling.end()) found = spelling.find(name_key(*entry.group));
      if (found != spelling.end())
        entry.group = found->second;
      else
        ++strange[*entry.group];
    }
    for (const auto& [group, people] : strange) {
      const auto near = choices_.new_groups ? std::string() : nearest(group, known);
      if (near.empty() && !known.empty())
        plan_.new_groups.push_back(group);
      else if (!near.empty())
        plan_.doubtful.push_back({group, near, people});
    }
  }

  void decide(RosterEntry& entry, Target& target) {
    if (const auto found = by_number_.find(entry.number); found != by_number_.end()) {
      const auto& known = *found->second;
      const bool another =
          name_key(known.name) != name_key(entry.name) && differ(known.birth, entry.birth.value_or(""));
      if (another) return ask(entry, target, &known, Twin::Why::number_taken);
      return change(known, entry, target);
    }
    if (const auto found = by_old_number_.find(entry.number);
        found != by_old_number_.end() && !claimed_.contains(found->second->id))
      return recognise(*found->second, entry, target);
    if (const auto* twin = twin_of(entry)) {
      const bool zeros = number_key(twin->number) == number_key(entry.number);
      if (!zeros || !agree(twin->birth, entry.birth.value_or("")))
        return ask(entry, target, twin, Twin::Why::same_person);
      return recognise(*twin, entry, target);
    }
    const auto same = lines_.find({name_key(entry.name), entry.birth.value_or("")});
    if (same != lines_.end() && entry.birth && !entry.birth->empty() && !another_phone(entry, same->second))
      return ask(entry, target, nullptr, Twin::Why::in_file, same->second);
    add(entry, target);
  }

  // Two of one name and month of birth are not rare in a large roster: a phone of their own tells them apart.
  bool another_phone(const RosterEntry& entry, std::size_t other) const {
    return differ(entry.phone.value_or(""), plan_.entries[other].phone.value_or(""));
  }

  // Somebody of the name, whom no line of the file names by number, and of whom nothing says that it is
  // another person.
  const Person* twin_of(const RosterEntry& entry) const {
    const auto namesakes = by_name_.find(name_key(entry.name));
    if (namesakes == by_name_.end()) return nullptr;
    const Person* best = nullptr;
    for (const auto* person : namesakes->second) {
      if (claimed_.contains(person->id)) continue;
      const bool zeros = number_key(person->number) == number_key(entry.number);
      const auto birth = entry.birth.value_or("");
      const bool same_birth = agree(person->birth, birth);
      const bool likely = !differ(person->birth, birth) && (agree(person->phone, entry.phone.value_or("")) ||
                                                            agree(person->group, entry.group.value_or("")));
      if (zeros || same_birth || likely) best = !best || zeros || same_birth ? person : best;
    }
    return best;
  }

  void recognise(const Person& known, RosterEntry& entry, Target& target) {
    plan_.recognised.push_back({line(), entry.number, known.number, known.name});
    claimed_.insert(known.id);
    if (number_key(known.number) == number_key(entry.number))
      mend_number(entry, known);
    else
      entry.number = known.number;
    change(known, entry, target);
  }

  // Of 1 and 001 the one that lost no zeros stays.
  void mend_number(RosterEntry& entry, const Person& known) const {
    if (zeros_of(known.number) >= zeros_of(entry.number)) entry.number = known.number;
  }

  void add(RosterEntry& entry, Target& target) {
    target.what = Target::What::add;
    plan_.added.push_back(entry);
    lines_.emplace(std::pair(name_key(entry.name), entry.birth.value_or("")), at_);
  }

  void change(const Person& known, const RosterEntry& entry, Target& target) {
    target = {Target::What::change, known.id};
    auto after = merged(known, entry);
    if (changes_status(database_, known, entry, today_)) {
      after.status = *entry.status;
      after.status_since = entry.status_since.value_or(today_);
    }
    if (after == known)
      ++plan_.unchanged;
    else
      plan_.changed.push_back({at_, line(), known, std::move(after)});
  }

  void ask(RosterEntry& entry, Target& target, const Person* other, Twin::Why why, std::size_t other_at = 0) {
    target.what = Target::What::skip;
    if (other) claimed_.insert(other->id);
    const bool number_is_taken = why == Twin::Why::number_taken;
    const auto of_line = choices_.of_line.find(line());
    const auto decided = of_line == choices_.of_line.end() ? choices_.twins : of_line->second;
    plan_.asked_lines.insert(line());
    if (decided == Twins::skip || (decided == Twins::same && !other)) {
      ++plan_.skipped;
    } else if (decided == Twins::same) {
      if (number_key(other->number) == number_key(entry.number)) mend_number(entry, *other);
      change(*other, entry, target);
    } else if (decided == Twins::add && !number_is_taken) {
      add(entry, target);
    } else {
      Twin twin{line(), entry.number, entry.name, why, {}, {}, 0};
      if (other) twin.other_number = other->number, twin.other_name = other->name;
      if (!other) twin.other_number = plan_.entries[other_at].number;
      if (!other && other_at < file_.lines.size()) twin.other_line = file_.lines[other_at];
      plan_.twins.push_back(std::move(twin));
    }
  }

  void find_missing() {
    plan_.missing_move_out = choices_.missing_move_out;
    for (const auto& person : roster_)
      if (person.status != Status::moved_out && !claimed_.contains(person.id))
        plan_.missing.push_back(person);
  }

  Database& database_;
  const RosterFile& file_;
  LocalDate today_;
  const ImportChoices& choices_;
  const std::vector<Person> roster_;
  std::unordered_map<std::string, const Person*> by_number_, by_old_number_;
  std::map<std::string, std::vector<const Person*>> by_name_;
  std::set<std::string> claimed_;                                     // ids that a line speaks of
  std::map<std::pair<std::string, std::string>, std::size_t> lines_;  // name and birth of who is added
  std::size_t at_ = 0;
  ImportPlan plan_;
};

bool is_planned(Database& database, const std::string& id, LocalDate since, Status status, LocalDate today) {
  bool planned = false, other = false;
  for (const auto& entry : history(database, id)) {
    if (!entry.since || *entry.since <= today) continue;
    (entry.since == since && entry.status == status ? planned : other) = true;
  }
  return planned && !other;
}

}  // namespace

Person merged(Person person, const RosterEntry& entry) {
  person.number = entry.number;
  person.name = entry.name;
  person.category = entry.category;
  person.marks = entry.marks;
  person.gender = entry.gender.value_or(person.gender);
  person.birth = entry.birth.value_or(person.birth);
  person.group = entry.group.value_or(person.group);
  person.phone = entry.phone.value_or(person.phone);
  person.roles = entry.roles.value_or(person.roles);
  return person;
}

bool changes_status(Database& database, const Person& known, const RosterEntry& entry, LocalDate today) {
  if (!entry.status) return false;
  const bool same_date = !entry.status_since || entry.status_since == known.status_since;
  if (*entry.status == known.status && same_date) return false;
  const auto since = entry.status_since.value_or(today);
  return since <= today || !is_planned(database, known.id, since, *entry.status, today);
}

ImportPlan plan_import(Database& database, const RosterFile& file, LocalDate today,
                       const ImportChoices& choices) {
  return Planner(database, file, today, choices).made();
}

}  // namespace edu::people
