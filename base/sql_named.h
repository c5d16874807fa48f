// Statements whose parameters have names: ":title" takes the member `title` of a described struct
// (Boost.Describe). Integers and text bind as themselves; a list, a map or another described struct binds as
// its canonical JSON.
//
// A parameter that none of the given values names is a fault of the program: std::logic_error.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include <boost/describe.hpp>
#include <boost/json/value_from.hpp>
#include <boost/mp11.hpp>

#include "base/json.h"
#include "base/sql.h"

namespace edu::sql {

// One value under a name, beside structs.
template <class T>
struct Named {
  const char* name;
  const T& value;
};
template <class T>
Named<T> named(const char* name, const T& value) {
  return {name, value};
}

namespace detail {

// Answers 1 where the statement has a parameter of that name.
template <class T>
int bind_member(SQLite::Statement& statement, const std::string& name, const T& value) {
  const int index = statement.getIndex((":" + name).c_str());
  if (index == 0) return 0;
  if constexpr (std::is_integral_v<T> || std::is_convertible_v<T, std::string_view>)
    bind_one(statement, index, value);
  else
    bind_one(statement, index, canonical(json::value_from(value)));
  return 1;
}

template <class T>
int bind_all(SQLite::Statement& statement, const Named<T>& one) {
  return bind_member(statement, one.name, one.value);
}

template <class T>
int bind_all(SQLite::Statement& statement, const T& described) {
  int bound = 0;
  using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
  boost::mp11::mp_for_each<Members>(
      [&](auto member) { bound += bind_member(statement, member.name, described.*member.pointer); });
  return bound;
}

}  // namespace detail

// Runs `text`. Where two of `values` have a member of the same name, say which is meant: another parameter.
template <class... Values>
int exec_named(SQLite::Database& database, const std::string& text, const Values&... values) {
  SQLite::Statement statement(database, text);
  const int bound = (0 + ... + detail::bind_all(statement, values));
  if (bound != statement.getBindParameterCount())
    throw std::logic_error("parameters and values do not match in: " + text);
  return statement.exec();
}

// A new row; `columns`: "no, title, …", each the name of a member. The other columns take their defaults.
template <class... Values>
void insert(SQLite::Database& database, const std::string& table, const std::string& columns,
            const Values&... values) {
  std::string parameters = ":";
  for (const char c : columns)
    if (c == ' ')
      parameters += " :";
    else
      parameters += c;
  exec_named(database, "INSERT INTO " + table + "(" + columns + ") VALUES(" + parameters + ")", values...);
}

}  // namespace edu::sql
