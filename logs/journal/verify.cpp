#include "logs/journal/journal.h"
#include "logs/journal/projection.h"

namespace edu::logs::journal {
namespace {

constexpr std::int64_t kProgressEvery = 10'000;

// What is wrong with a record, or an empty text.
std::string problem_of(const Record& record, std::int64_t expected_seq, const Digest& expected_prev) {
  if (record.seq != expected_seq) return "gap";
  if (record.prev != expected_prev) return "prev";
  if (Sha256().update(record.prev).update(record.body).finish() != record.hash) return "hash";
  const auto fields = record.fields();
  if (get_int(fields, "seq") != record.seq || get_string(fields, "kind").empty()) return "body";
  return "";
}

}  // namespace

Verdict verify(Database& database, const Projections& projections,
               const std::function<void(std::int64_t)>& progress) {
  // One read transaction, so that a station that goes on writing does not move under the check.
  SQLite::Transaction snapshot(database);
  Verdict verdict;
  Digest prev{};
  each(database, 0, [&](const Record& record) {
    verdict.problem = problem_of(record, verdict.checked + 1, prev);
    if (!verdict.good()) {
      verdict.bad_seq = verdict.problem == "gap" ? verdict.checked + 1 : record.seq;
      return false;
    }
    prev = record.hash;
    if (++verdict.checked % kProgressEvery == 0 && progress) progress(verdict.checked);
    return true;
  });
  verdict.books_compared = verdict.good() && projection::is_current(database, projections);
  if (verdict.books_compared) {
    if (auto table = projection::first_difference(database, projections)) {
      verdict.problem = "books";
      verdict.detail = *table;
    }
  }
  return verdict;
}

}  // namespace edu::logs::journal
