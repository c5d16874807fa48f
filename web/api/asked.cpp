#include "web/api/asked.h"

#include <charconv>

#include "base/loose_date.h"
#include "base/typed.h"
#include "library/courseware.h"
#include "logs/study/reason.h"
#include "web/http/answers.h"

namespace edu::web {
namespace {

Refusal of_member(const char* code, std::string_view name) {
  return {code, {{"name", std::string(name)}}, {}};
}

}  // namespace

Result<std::int64_t> number_in(const std::string& given) {
  const auto text = folded_number(std::string_view(given).substr(0, 64));
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < 0) return edu::refuse("web.number", {{"value", given}});
  return value;
}

void Asked::refuse(Refusal why) {
  if (!refusal_) refusal_ = std::move(why);
}

std::int64_t Asked::number(std::string_view name) { return value(number_in(request_.capture(name))); }

std::int64_t Asked::courseware(std::string_view name) {
  const auto given = request_.capture(name);
  const auto no = library::courseware_no(given);
  if (!no) refuse({"web.number", {{"value", given}}, {}});
  return no.value_or(0);
}

std::optional<LocalDate> Asked::day(std::string_view name) {
  const auto given = request_.parameter(name);
  const auto date = typed_date(given);
  if (!date && !given.empty()) refuse({"web.date", {{"value", given}}, {}});
  return date;
}

std::pair<std::optional<LocalDate>, std::optional<LocalDate>> Asked::days(std::string_view from,
                                                                          std::string_view to) {
  const auto first = day(from), last = day(to);
  if (first && last && *first > *last)
    refuse({"web.period", {{"from", to_string(*first)}, {"to", to_string(*last)}}, {}});
  return {first, last};
}

std::optional<std::int64_t> Asked::parameter_number(std::string_view name) {
  const auto given = request_.parameter(name);
  if (given.empty()) return std::nullopt;
  return value(number_in(given));
}

std::int64_t Asked::within(std::string_view name, std::int64_t usual, std::int64_t most, const char* code) {
  const auto given = request_.parameter(name);
  const auto count = given.empty() ? Result<std::int64_t>(usual) : number_in(given);
  if (count && *count >= 1 && *count <= most) return *count;
  refuse({code, {{"most", std::to_string(most)}}, {}});
  return usual;
}

const json::object& Asked::body() {
  if (!body_) body_ = value(json_body(request_));
  return *body_;
}

const json::value* Asked::member(std::string_view name) {
  const auto* found = body().if_contains(name);
  if (!found) refuse(of_member("web.member_missing", name));
  return found;
}

std::string Asked::text(std::string_view name) {
  const auto* found = member(name);
  if (!found) return {};
  if (found->is_string()) return std::string(found->get_string());
  refuse(of_member("web.member_type", name));
  return {};
}

std::string Asked::text_or(std::string_view name, std::string_view otherwise) {
  auto given = get_string(body(), name);
  return given.empty() ? std::string(otherwise) : given;
}

std::int64_t Asked::integer(std::string_view name) {
  const auto* found = member(name);
  if (!found) return 0;
  if (found->is_int64()) return found->get_int64();
  refuse(of_member("web.member_type", name));
  return 0;
}

bool Asked::flag(std::string_view name) {
  const auto* found = member(name);
  if (found && found->is_bool()) return found->get_bool();
  refuse(of_member("web.member_type", name));
  return false;
}

std::vector<std::string> Asked::texts(std::string_view name) {
  const auto* found = member(name);
  if (!found) return {};
  std::vector<std::string> out;
  if (found->is_array())
    for (const auto& item : found->get_array())
      if (item.is_string()) out.emplace_back(item.get_string());
  if (!found->is_array() || out.size() != found->get_array().size())
    refuse(of_member("web.member_type", name));
  return out;
}

std::string Asked::line(std::string_view name) {
  const auto given = text(name);
  const auto checked = logs::checked_reason(given);
  if (checked) return *checked;
  if (checked.error().code == "logs.reason_characters") refuse(of_member("web.control_characters", name));
  return given.size() > logs::kLongestReason ? given : "";
}

LocalDate Asked::day_or(std::string_view name, LocalDate otherwise) {
  const auto given = text_or(name, "");
  if (given.empty()) return otherwise;
  const auto date = typed_date(given);
  if (!date) refuse({"web.date", {{"value", given}}, {}});
  return date.value_or(otherwise);
}

LocalTime Asked::local_time(std::string_view name) {
  const auto given = text(name);
  const auto time = typed_local_time(given);
  if (!time) refuse({"web.local_time", {{"value", given}}, {}});
  return time.value_or(LocalTime());
}

}  // namespace edu::web
