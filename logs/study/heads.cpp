#include "logs/study/heads.h"

#include "base/sql.h"

namespace edu::logs {

std::int64_t heads_between(Database& database, std::int64_t session, std::int64_t from_ms,
                           std::int64_t to_ms) {
  return sql::number(database, R"(
    SELECT (SELECT count(DISTINCT person) FROM presence
            WHERE session=?1 AND in_ms < ?3 AND (out_ms > ?2 OR out_seq = 0))
         + (SELECT visitors FROM session WHERE session=?1))",
                     0, session, from_ms, to_ms);
}

}  // namespace edu::logs
