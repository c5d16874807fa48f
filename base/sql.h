// Statements with their arguments in one call, over SQLiteCpp. Integers and text bind as themselves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include <SQLiteCpp/SQLiteCpp.h>

namespace edu::sql {

template <class T>
void bind_one(SQLite::Statement& statement, int index, const T& value) {
  if constexpr (std::is_integral_v<T> || std::is_enum_v<T>)
    statement.bind(index, static_cast<std::int64_t>(value));
  else
    statement.bind(index, std::string(value));
}

// The statement with all its arguments bound, ready to step.
template <class... Values>
SQLite::Statement prepare(SQLite::Database& database, const char* text, const Values&... values) {
  SQLite::Statement statement(database, text);
  int index = 0;
  (bind_one(statement, ++index, values), ...);
  return statement;
}

// Runs a statement that gives no rows; answers how many rows it changed.
template <class... Values>
int exec(SQLite::Database& database, const char* text, const Values&... values) {
  return prepare(database, text, values...).exec();
}

// The first column of the first row as a number; `otherwise` where there is no row or it is NULL.
template <class... Values>
std::int64_t number(SQLite::Database& database, const char* text, std::int64_t otherwise,
                    const Values&... values) {
  auto statement = prepare(database, text, values...);
  if (!statement.executeStep() || statement.isColumnNull(0)) return otherwise;
  return statement.getColumn(0).getInt64();
}

}  // namespace edu::sql
