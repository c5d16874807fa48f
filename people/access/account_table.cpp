#include "people/access/accounts.h"

namespace edu::access {

Table account_table(const std::vector<Account>& accounts, Language language) {
  auto table = headed(language, "access.column", {"name", "roles", "state"});
  table.title = text(language, "access.title");
  for (const auto& one : accounts) {
    const auto state = !one.enabled ? "disabled" : one.kept.empty() ? "no_password" : "enabled";
    table.rows.push_back(
        {one.name, labels(language, one.roles), text(language, std::string("access.state.") + state)});
  }
  return table;
}

}  // namespace edu::access
