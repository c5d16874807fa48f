// The table of what is on air: scratch, at most one row per deck, with the occurrence that it runs and its
// open play, so that a start after a power cut can close the record. It is no evidence; the journal is.
#pragma once

#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/database.h"
#include "logs/journal/events.h"

namespace edu::scheduler::on_air {

// Idempotent. The earlier table, which had room for one deck, is taken over as deck A's.
void create(Database& database);

struct Row {
  std::string deck;             // its name
  std::string key;              // of the occurrence
  std::int64_t session = 0;     // 0: none
  std::int64_t play = 0;        // 0: none is open
  std::vector<PlaySpan> spans;  // of the open play
  std::string equipment;
  std::int64_t at_ms = 0;   // of the checkpoint
  std::int64_t next = 0;    // place in the rundown of the item that plays or comes next
  std::int64_t cut_ms = 0;  // of the open play, as logs::PlaybackEnded
  std::uint64_t token = 0;  // of a play that has no number yet; not in the table
};
BOOST_DESCRIBE_STRUCT(Row, (), (deck, key, session, play, spans, equipment, at_ms, next, cut_ms))

std::vector<Row> rows(Database& database);  // by deck
void put(Database& database, const Row& row);
void clear(Database& database, const std::string& deck);

}  // namespace edu::scheduler::on_air
