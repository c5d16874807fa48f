// The journal: append only, hash chained; the truth that every book is computed from.
//
// A record is canonical JSON {actor, at, boot, clock, kind, mono, payload, seq, v}, stored as the very bytes
// that were hashed. hash = SHA-256(prev's 32 bytes + those bytes); the first record's prev is 32 zero bytes.
// Triggers refuse UPDATE and DELETE. The functions work on any connection; appending is for the writer thread
// alone.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/database.h"
#include "base/json.h"
#include "base/sha256.h"

namespace edu::logs {

struct Projection;  // logs/journal/projection.h

struct Event {
  std::string kind;
  std::string actor;  // "auto", "operator", a role or a name that whoever asked gave
  json::object payload;
  std::int64_t version = 1;
};

// When an event happened, as the loop saw it.
struct Stamp {
  WallTime at;
  milliseconds mono;
  ClockTrust trust = ClockTrust::untrusted;
};

struct Record {
  std::int64_t seq = 0;
  std::string body;  // the hashed bytes
  Digest prev{};
  Digest hash{};

  // Members of the body, for those who read records.
  json::object fields() const;
};

struct Head {
  std::int64_t seq = 0;
  Digest hash{};
};

namespace journal {

void create(Database& database);  // table and triggers; idempotent
Head head(Database& database);
Record append(Database& database, const Stamp& stamp, const std::string& boot, const Event& event);
// Calls visit(record) from `first` on in order, until it answers false.
void each(Database& database, std::int64_t first, const std::function<bool(const Record&)>& visit);
std::vector<Record> tail(Database& database, std::int64_t count);  // the newest, oldest of them first

struct Verdict {
  std::int64_t checked = 0;             // records that fit
  std::optional<std::int64_t> bad_seq;  // the first that does not
  // Text key verify.<problem>: gap, prev, hash, body, payload, books; empty: all is well.
  std::string problem;
  // With "body": the member that is wrong; with "payload": the kind and why it cannot be read; with "books":
  // the table that differs from what the journal says.
  std::string detail;
  bool books_compared = false;  // false with a good chain: other projections made the tables
  bool good() const { return problem.empty(); }
};

// Walks the chain from the first record on, and then compares the projections' tables with what the journal
// says they must hold. Reads alone; works on a running station and on a copy. `progress(checked)`: every
// 10,000 records.
Verdict verify(Database& database, const std::vector<Projection>& projections,
               const std::function<void(std::int64_t)>& progress = {});

}  // namespace journal

}  // namespace edu::logs
