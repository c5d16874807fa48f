#include "logs/study/open_sessions.h"

#include "base/sql.h"

namespace edu::logs {

std::int64_t open_session_of(Database& database, std::int64_t programme, const std::string& local_start) {
  return sql::number(database,
                     "SELECT session FROM session WHERE programme=? AND local_start=? AND closed_seq=0", 0,
                     programme, local_start);
}

std::vector<OpenSession> open_sessions(Database& database) {
  std::vector<OpenSession> open;
  auto row =
      sql::prepare(database,
                   "SELECT session, programme, local_start, planned_end_ms FROM session WHERE closed_seq=0 "
                   "ORDER BY session");
  while (row.executeStep())
    open.push_back({row.getColumn(0).getInt64(), row.getColumn(1).getInt64(), row.getColumn(2).getString(),
                    from_ms(row.getColumn(3).getInt64())});
  return open;
}

}  // namespace edu::logs
