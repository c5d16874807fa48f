// Reading a database that may be a copy of a station's.
#pragma once

#include <memory>

#include "base/database.h"

namespace edu {

// Opens for reading alone: on a read-only mount, in a folder of somebody else, with or without the -wal file
// of a station that was killed. Creates no file, and changes none but the -shm file of a station that is
// there already. Throws SQLite::Exception.
std::unique_ptr<Database> open_copy(const fs::path& file);

}  // namespace edu
