// A roster file against what the roster holds: first what would change and what has to be asked (a plan),
// then the change. All functions block and throw SQLite::Exception when storage fails. A plan is made inside
// the unit of work that carries it out, or on a worker to be shown alone.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/messages.h"
#include "people/roster_file.h"

namespace edu::people {

// What the person who imports has decided beforehand.
struct ImportChoices {
  enum class Twins { ask, same, add, skip };
  Twins twins = Twins::ask;  // of a line that may be somebody who is on the roster under another number
  std::map<std::size_t, Twins> of_line;  // and of single lines of the file, by their number, before that
  bool new_groups = false;               // groups that look like a slip of the finger are meant
  bool missing_move_out = false;         // who is not in the file moves out today
};

struct ImportPlan {
  struct Target {
    enum class What { add, change, skip };
    What what = What::add;
    std::string id;  // of who is changed
  };
  struct Change {
    std::size_t at;  // of `entries`
    std::size_t line;
    Person before, after;
  };
  // The file's number differs by zeros or case alone, name and birth agree: the same person, without a
  // question.
  struct Recognised {
    std::size_t line;
    std::string typed, number, name;
  };
  struct Twin {
    enum class Why {
      same_person,   // name and birth (or phone, or group) of somebody with another number
      number_taken,  // the number of somebody with another name and birth
      in_file        // name and birth of another line
    };
    std::size_t line;
    std::string number, name;
    Why why;
    std::string other_number, other_name;
    std::size_t other_line = 0;  // in_file
  };
  struct DoubtfulGroup {
    std::string group, nearest;
    std::size_t people;
  };

  std::vector<RosterEntry>
      entries;                  // as they are to be taken: groups in the roster's spelling, numbers mended
  std::vector<Target> targets;  // of each entry
  std::vector<RosterEntry> added;
  std::vector<Change> changed;
  std::size_t unchanged = 0, skipped = 0;
  std::vector<Recognised> recognised;
  std::vector<Twin> twins;              // that wait for a decision
  std::set<std::size_t> asked_lines;    // those, and those that were decided
  std::vector<DoubtfulGroup> doubtful;  // that wait for a decision
  std::vector<std::string> new_groups;
  std::vector<Person> missing;  // on the roster, not moved out, not in the file
  bool missing_move_out = false;

  bool asks() const { return !twins.empty() || !doubtful.empty(); }
};

ImportPlan plan_import(Database& database, const RosterFile& file, LocalDate today,
                       const ImportChoices& choices);

struct ImportReport {
  std::vector<std::string> added;    // ids
  std::vector<std::string> changed;  // ids
  std::size_t unchanged = 0;
};

// Carries a plan out. Adds who is new, changes who differs, leaves the others; nobody is deleted.
//
// A status of the file that differs from the one of `today` becomes a dated entry of the person's history:
//  - without a date it holds from `today` (of a new person: as long as the roster knows them);
//  - with a date up to `today` it replaces what the history says from that date to `today`;
//  - with a later date it replaces what was planned after `today`; until then what holds goes on.
// A new person who is mobile, ill or gone since a date was on roll until then; one who is on roll since a
// date was not on the roster before.
ImportReport import(Database& database, const ImportPlan& plan, LocalDate today);
// Plans and carries out, each number being a person of its own.
ImportReport import(Database& database, const RosterFile& file, LocalDate today);

// The plan as people read it, one thing a line, each list up to 20; and as programs do.
std::string plan_text(Language language, const ImportPlan& plan);
json::object plan_json(Language language, const ImportPlan& plan);

// What `entry` makes of a person: what the file does not speak of stays.
Person merged(Person person, const RosterEntry& entry);
// Whether the status of the entry is not what holds, or is planned, already.
bool changes_status(Database& database, const Person& known, const RosterEntry& entry, LocalDate today);

}  // namespace edu::people
