#include "people/roster_headings.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>

#include "base/messages.h"
#include "base/text.h"
#include "people/cells.h"

namespace edu::people {
namespace {

struct Heading {
  Field field;
  std::string_view key;  // people.column.<key>
  std::array<std::string_view, 14> others;
};

constexpr Heading kHeadings[] = {
    {Field::number,
     "number",
     {"人员编号", "党员编号", "member no", "编码", "人员编码", "学号", "工号", "会员号", "证号", "id"}},
    {Field::no, "no", {"顺序号", "行号", "排序"}},
    {Field::name, "name", {"党员姓名", "人员姓名", "学员姓名", "名字", "full name"}},
    {Field::gender, "gender", {"sex"}},
    {Field::birth,
     "birth",
     {"出生日期", "出生时间", "出生", "生日", "出生年月日", "birth", "birthday", "date of birth"}},
    {Field::category,
     "category",
     {"人员类别", "人员类型", "类型", "政治面貌", "身份", "党员类别", "人员身份", "人员性质", "type"}},
    {Field::group,
     "group",
     {"支部", "小组", "所在支部", "branch", "所属支部", "党支部", "所在党支部", "所属党支部", "支部名称",
      "所在党组织", "所属党组织", "党小组", "组别", "村民小组"}},
    {Field::status, "status", {"人员状态", "目前状态", "现状"}},
    {Field::status_since, "status_since", {"状态时间", "since", "变动日期", "变动时间"}},
    {Field::phone,
     "phone",
     {"联系电话", "手机", "手机号", "telephone", "手机号码", "电话号码", "联系方式", "移动电话", "mobile",
      "联系手机", "电话/手机"}},
    {Field::roles, "roles", {"职务", "role", "岗位", "站点角色"}},
};

// Without what stands in brackets: 姓名（必填）.
std::string without_brackets(std::string form) {
  for (auto open = form.find('('); open != form.npos; open = form.find('(')) {
    const auto close = form.find(')', open);
    form.erase(open, close == form.npos ? close : close - open + 1);
  }
  return form;
}

std::string heading_form(std::string_view heading) {
  std::string form;
  const auto text = without_brackets(ascii_lower(clean_name(truncate_utf8(heading, kLongestRawCell))));
  for (const char c : text)
    if (std::string_view(" /-_.*:").find(c) == std::string_view::npos) form += c;
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

std::size_t headings_in(const FileRow& row) {
  std::set<Field> fields;
  for (const auto& cell : row.cells)
    if (const auto field = cell.size() <= kLongestRawCell ? field_of(cell) : std::nullopt)
      fields.insert(*field);
  return fields.size();
}

bool reads_as_headings(const FileRow& row) {
  const bool named = std::ranges::any_of(row.cells, [](const std::string& cell) {
    return cell.size() <= kLongestRawCell && field_of(cell) == Field::name;
  });
  return named && headings_in(row) >= 2;
}

}  // namespace edu::people
