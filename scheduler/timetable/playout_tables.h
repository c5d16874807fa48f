// The tables of the playout: what is settled, and what is on air right now.
//
//   aired   one row an occurrence that went on air or was missed: it never does either again, whatever the
//   clock on_air  scratch, at most one row: the occurrence that runs and its open play, so that a start after
//   a power cut
//           can close the record. It is no evidence; the journal is.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/database.h"
#include "base/time.h"
#include "logs/journal/events.h"
#include "scheduler/timetable/timeline.h"

namespace edu::scheduler::playout_tables {

void create(Database& database);  // idempotent

// By occurrence_key: State::aired or State::missed. Some thousands of rows in ten years, all kept in memory.
std::map<std::string, State> settled(Database& database);
void settle(Database& database, const std::string& key, State state);

struct OnAirRow {
  std::string key;
  std::int64_t session = 0;           // 0: none
  std::int64_t play = 0;              // 0: none is open
  std::vector<logs::PlaySpan> spans;  // of the open play
  std::string equipment;
  std::int64_t at_ms = 0;  // of the checkpoint
};
std::optional<OnAirRow> on_air(Database& database);
void put_on_air(Database& database, const OnAirRow& row);
void clear_on_air(Database& database);

}  // namespace edu::scheduler::playout_tables
