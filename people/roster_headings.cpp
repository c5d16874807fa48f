#include "people/roster_headings.h"

#include <array>
#include <map>
#include <string>

#include "base/messages.h"
#include "base/text.h"
#include "people/cells.h"

namespace edu::people {
namespace {

struct Heading {
  Field field;
  std::string_view key;  // people.column.<key>
  std::array<std::string_view, 4> others;
};

constexpr Heading kHeadings[] = {
    {Field::number, "number", {"人员编号", "党员编号", "member no"}},
    {Field::no, "no", {}},
    {Field::name, "name", {}},
    {Field::gender, "gender", {"sex"}},
    {Field::birth, "birth", {"出生日期"}},
    {Field::category, "category", {"人员类别"}},
    {Field::group, "group", {"支部", "小组", "所在支部", "branch"}},
    {Field::status, "status", {}},
    {Field::status_since, "status_since", {"状态时间", "since"}},
    {Field::phone, "phone", {"联系电话", "手机", "手机号", "telephone"}},
    {Field::roles, "roles", {"职务", "role"}},
};

std::string heading_form(std::string_view heading) {
  std::string form;
  for (const char c : ascii_lower(clean_cell(truncate_utf8(heading, kLongestRawCell))))
    if (std::string_view(" /-_.").find(c) == std::string_view::npos) form += c;
  return form;
}

std::map<std::string, Field> all_forms() {
  std::map<std::string, Field> forms;
  for (const auto& heading : kHeadings) {
    const auto text_key = "people.column." + std::string(heading.key);
    for (const auto language : {Language::zh, Language::en})
      forms.emplace(heading_form(text(language, text_key)), heading.field);
    forms.emplace(heading_form(heading.key), heading.field);
    for (const auto other : heading.others)
      if (!other.empty()) forms.emplace(heading_form(other), heading.field);
  }
  return forms;
}

}  // namespace

std::optional<Field> field_of(std::string_view heading) {
  static const auto forms = all_forms();
  const auto found = forms.find(heading_form(heading));
  if (found == forms.end()) return std::nullopt;
  return found->second;
}

}  // namespace edu::people
