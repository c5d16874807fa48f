#include "logs/study/roster_changes.h"

#include "logs/study/reason.h"
#include "people/roster_changes.h"

namespace edu::logs {
namespace {

std::string named(const people::Person& person) { return person.number + " " + person.name; }

}  // namespace

Result<people::Person> merge_people(Transaction& transaction, const std::string& gone,
                                    const std::string& kept, LocalDate today, const std::string& actor) {
  const auto other = people::find(transaction.db, gone, today);
  if (!other) return Unexpected(other.error());
  const auto stays = people::find(transaction.db, kept, today);
  if (!stays) return Unexpected(stays.error());
  if (stays->id == other->id) return refuse("people.merge_self", {{"person", named(*stays)}});
  people::merge(transaction.db, *stays, *other);
  transaction.append(actor, PersonMerged{stays->id, other->id});
  return *people::find_by_id(transaction.db, stays->id, today);
}

Result<people::Person> move_out(Transaction& transaction, const std::string& member, LocalDate since,
                                LocalDate today, const std::string& actor) {
  auto person = people::find(transaction.db, member, today);
  if (!person) return Unexpected(person.error());
  const auto before = people::find_by_id(transaction.db, person->id, since);
  if (before && before->status == people::Status::moved_out)
    return refuse("people.moved_out_before", {{"person", named(*person)}}, Refusal::Kind::conflict);
  people::move_out(transaction.db, *person, since);
  transaction.append(actor, PersonMovedOut{person->id, to_string(since)});
  return person;
}

Result<people::Person> erase_person(Transaction& transaction, const std::string& member,
                                    const std::string& reason, LocalDate today, const std::string& actor) {
  const auto why = checked_reason(reason);
  if (!why) return Unexpected(why.error());
  auto person = people::find(transaction.db, member, today);
  if (!person) return Unexpected(person.error());
  people::erase(transaction.db, *person);
  transaction.append(actor, PersonErased{person->id, *why});
  return person;
}

}  // namespace edu::logs
