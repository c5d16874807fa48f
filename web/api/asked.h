// What a request asks for, read and checked member by member.
//
// A route reads all that it needs and looks once whether it was good; what was wrong first is remembered. A
// reader answers an empty value for what is wrong, so nothing may be done with the values before that look.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "web/http/http.h"

namespace edu::web {

// A whole number from 0. Refusal web.number {value}.
Result<std::int64_t> number_in(const std::string& text);

class Asked {
 public:
  explicit Asked(const Request& request) : request_(request) {}  // the request outlives it

  // Of the path: {name}. Refusal web.number {value}.
  std::int64_t number(std::string_view name);
  std::int64_t courseware(std::string_view name);  // "12" or "KJ000012"

  // Of the query. Refusals web.date {value}; web.number; `code` {most} for what is not from 1 to `most`.
  std::optional<LocalDate> day(std::string_view name);  // none: it is not given
  // The days from `from` to `to`. Refusal web.period {from, to} when they are the wrong way round.
  std::pair<std::optional<LocalDate>, std::optional<LocalDate>> days(std::string_view from,
                                                                     std::string_view to);
  std::optional<std::int64_t> parameter_number(std::string_view name);
  std::int64_t within(std::string_view name, std::int64_t usual, std::int64_t most, const char* code);

  // Of the body, a JSON object. Refusals web.body_json, web.body_object, web.member_missing {name},
  // web.member_type {name}.
  const json::object& body();
  bool has(std::string_view name) { return body().contains(name); }
  std::string text(std::string_view name);
  std::string text_or(std::string_view name, std::string_view otherwise);  // also for an empty one
  std::int64_t integer(std::string_view name);
  bool flag(std::string_view name);
  std::vector<std::string> texts(std::string_view name);
  // That stands in a book: without control characters, refusal web.control_characters {name}; blanks alone
  // are an empty text.
  std::string line(std::string_view name);
  LocalTime local_time(std::string_view name);                   // refusal web.local_time {value}
  LocalDate day_or(std::string_view name, LocalDate otherwise);  // also for an empty one; refusal web.date

  // The value of what was checked elsewhere; of a refusal T().
  template <class T>
  T value(Result<T> result) {
    if (result) return *std::move(result);
    refuse(result.error());
    return T();
  }
  void refuse(Refusal why);

  explicit operator bool() const { return !refusal_; }
  Unexpected refused() const { return Unexpected(*refusal_); }

 private:
  const json::value* member(std::string_view name);

  const Request& request_;
  std::optional<json::object> body_;
  std::optional<Refusal> refusal_;
};

}  // namespace edu::web
