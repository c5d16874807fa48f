#include "base/storage_trouble.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <sqlite3.h>

#include "base/database.h"

namespace edu {
namespace {

const char* of_sqlite(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "storage.full";
    case SQLITE_READONLY:
      return "storage.read_only";
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "storage.failing";
    default:
      return nullptr;
  }
}

const char* of_errno(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "storage.full";
    case EROFS:
      return "storage.read_only";
    case EIO:
      return "storage.failing";
    default:
      return nullptr;
  }
}

}  // namespace

std::optional<Refusal> storage_trouble(const std::exception& failure) {
  const char* code = nullptr;
  if (const auto* sqlite = dynamic_cast<const SQLite::Exception*>(&failure))
    code = of_sqlite(sqlite->getErrorCode());
  else if (const auto* system = dynamic_cast<const std::system_error*>(&failure))
    code = of_errno(system->code().value());
  if (!code) return std::nullopt;
  return Refusal{code, {{"what", failure.what()}}, Refusal::Kind::no_space};
}

std::optional<Refusal> storage_trouble(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return storage_trouble(error);
  } catch (...) {
    return std::nullopt;
  }
}

}  // namespace edu
