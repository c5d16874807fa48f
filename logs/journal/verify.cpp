#include <map>

#include "base/json.h"
#include "logs/journal/journal.h"
#include "logs/journal/projection.h"

namespace edu::logs::journal {
namespace {

constexpr std::int64_t kProgressEvery = 10'000;

// The members of a record's body, by name (docs/formats.md).
const std::map<std::string_view, json::kind>& members() {
  static const std::map<std::string_view, json::kind> all{
      {"actor", json::kind::string},   {"at", json::kind::int64},    {"boot", json::kind::string},
      {"clock", json::kind::string},   {"kind", json::kind::string}, {"mono", json::kind::int64},
      {"payload", json::kind::object}, {"seq", json::kind::int64},   {"v", json::kind::int64}};
  return all;
}

bool is_canonical(const json::object& body, const std::string& text) {
  try {
    return canonical(body) == text;
  } catch (const std::logic_error&) {  // a kind of value that canonical JSON does not have
    return false;
  }
}

// The first thing in a record's body that we never write: a member's name, or what the whole is not.
std::string wrong_in(const Record& record) {
  const auto parsed = parse_json(record.body);
  if (!parsed || !parsed->is_object()) return "JSON";
  const auto& body = parsed->get_object();
  for (const auto& member : body) {
    const auto known = members().find(member.key());
    if (known == members().end() || known->second != member.value().kind()) return std::string(member.key());
  }
  for (const auto& [name, kind] : members())
    if (!body.contains(name)) return std::string(name);
  if (get_int(body, "seq") != record.seq) return "seq";
  if (get_string(body, "kind").empty()) return "kind";
  return is_canonical(body, record.body) ? "" : "JSON";
}

// What is wrong with a record, or an empty text.
std::string problem_of(const Record& record, std::int64_t expected_seq, const Digest& expected_prev) {
  if (record.seq != expected_seq) return "gap";
  if (record.prev != expected_prev) return "prev";
  if (Sha256().update(record.prev).update(record.body).finish() != record.hash) return "hash";
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
    if (verdict.good()) {
      verdict.detail = wrong_in(record);
      if (!verdict.detail.empty()) verdict.problem = "body";
    }
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
    if (auto difference = projection::first_difference(database, projections)) {
      verdict.problem = difference->seq ? "payload" : "books";
      verdict.bad_seq = difference->seq;
      verdict.detail = std::move(difference->what);
    }
  }
  return verdict;
}

}  // namespace edu::logs::journal
