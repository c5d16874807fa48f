#include "base/database_copy.h"

#include <system_error>

#include <fmt/format.h>
#include <sqlite3.h>

namespace edu {
namespace {

// A file's name as SQLite's URI, https://www.sqlite.org/uri.html section 3.
std::string uri_of(const fs::path& file, std::string_view parameters) {
  std::string uri = "file:";
  for (const char c : fs::absolute(file).string()) {
    if (c == '?' || c == '#' || c == '%')
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      uri += c;
  }
  return uri.append("?").append(parameters);
}

std::unique_ptr<Database> open_uri(const std::string& uri, const char* pragmas) {
  auto database = std::make_unique<Database>(uri, SQLite::OPEN_READONLY | SQLite::OPEN_URI);
  database->exec(pragmas);
  database->exec("PRAGMA query_only=ON; PRAGMA trusted_schema=OFF");
  return database;
}

bool has_bytes(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return !error && size > 0;
}

}  // namespace

std::unique_ptr<Database> open_copy(const fs::path& file) {
  // Whoever writes a database in WAL mode has a -shm file: its readers agree with it there.
  if (has_bytes(file.string() + "-shm")) return open_read_only(file);
  // What was not brought into the database yet. Without locks and with the index of the -wal file in memory,
  // SQLite needs no file of its own.
  if (has_bytes(file.string() + "-wal")) {
    auto database = open_uri(uri_of(file, "mode=ro&vfs=unix-none"), "PRAGMA locking_mode=EXCLUSIVE");
    int is_set = 0;
    sqlite3_db_config(database->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &is_set);
    return database;
  }
  return open_uri(uri_of(file, "mode=ro&immutable=1"), "");
}

}  // namespace edu
