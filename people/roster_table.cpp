#include "people/roster.h"

namespace edu::people {
namespace {

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
  auto table = headed(language, "people.column",
                      {"number", "no", "name", "gender", "birth", "category", "group", "status",
                       "status_since", "phone", "roles"});
  table.title = text(language, "people.title");
  for (const auto& p : people) {
    const Count no{static_cast<std::int64_t>(table.rows.size() + 1)};
    table.rows.push_back({p.number, no, p.name, label(language, p.gender), p.birth,
                          categories_text(language, p), p.group, label(language, p.status),
                          p.status_since ? Cell(*p.status_since) : Cell(Text()), p.phone,
                          roles_text(p.roles, language)});
  }
  return table;
}

}  // namespace edu::people
