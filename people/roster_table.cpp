#include "people/roster.h"

namespace edu::people {
namespace {

constexpr const char* kColumns[] = {"number", "no",     "name",         "gender", "birth", "category",
                                    "group",  "status", "status_since", "phone",  "roles"};

std::string roles_text(const std::vector<Role>& roles, Language language) {
  std::string out;
  for (const auto role : roles) {
    if (!out.empty()) out += text(language, "people.list_separator");
    out += label(language, role);
  }
  return out;
}

}  // namespace

Table roster_table(const std::vector<Person>& people, Language language) {
  Table table;
  table.title = text(language, "people.title");
  for (const char* column : kColumns)
    table.columns.push_back({column, text(language, std::string("people.column.") + column)});
  for (const auto& p : people) {
    const auto no = std::to_string(table.rows.size() + 1);
    const auto since = p.status_since ? to_string(*p.status_since) : std::string();
    table.rows.push_back({p.number, no, p.name, label(language, p.gender), p.birth,
                          label(language, p.category), p.group, label(language, p.status), since, p.phone,
                          roles_text(p.roles, language)});
  }
  return table;
}

}  // namespace edu::people
