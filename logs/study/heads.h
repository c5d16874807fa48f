// How many people were there while something played. On any connection.
#pragma once

#include "base/database.h"

namespace edu::logs {

// Everybody whose stay meets the time, and the visitors that were counted for the session.
std::int64_t heads_between(Database& database, std::int64_t session, std::int64_t from_ms,
                           std::int64_t to_ms);

}  // namespace edu::logs
