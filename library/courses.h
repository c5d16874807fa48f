// The courses that the station has: one row each, kept for ever, also of what was removed. The functions work
// on any connection; those that write are for a unit of work on the writer thread, with the event that
// explains the change in the same transaction (logs/journal/ledger.h). They throw SQLite::Exception.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/database.h"
#include "base/messages.h"
#include "base/table.h"
#include "base/time.h"
#include "calendar/zone.h"
#include "library/courseware.h"

namespace edu::library {

void create_tables(Database& database);  // idempotent

std::int64_t next_no(Database& database);
void insert(Database& database, const Courseware& courseware);  // a digest that is there already throws
void set_pinned(Database& database, std::int64_t no, bool pinned);
// A course that came while the clock could not be believed gets its last day later.
void wait_for_day(Database& database, std::int64_t no);
std::vector<std::int64_t> waiting_for_day(Database& database);
void keep_until(Database& database, std::int64_t no,
                const std::string& day);  // "2036-11-22"; it waits no more
void mark_removed(Database& database, std::int64_t no, std::int64_t removed_ms);

struct Filter {
  std::string words;     // part of title, category or lecturer; empty: all
  std::string category;  // exactly this one; empty: all
  bool removed = false;  // also what was removed
};

std::vector<Courseware> list(Database& database, const Filter& filter = {});  // by number
std::optional<Courseware> find(Database& database, std::int64_t no);          // also one that was removed
// The one that is there now.
std::optional<Courseware> find_by_digest(Database& database, const std::string& sha256);

// Keys: no, title, category, lecturer, language, audience, format, size, duration, stored_on, keep_until,
// state, reception_no, sha256.
Table table(const std::vector<Courseware>& courseware, const Zone& zone, Language language);

// "512 B", "3.4 MB": decimal units, as shops and file managers count.
std::string size_text(std::uint64_t bytes);

}  // namespace edu::library
