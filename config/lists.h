// The settings that may stand several times: [[trust.key]], [[catalogue]], [[live]]. One table each in
// lists.cpp names their members with their bounds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/channels.h"
#include "config/settings.h"

namespace edu::config {

// "catalogue", "trust.key", "live".
bool is_list(std::string_view name);
// Appends its tables to the settings; what is wrong goes to `complain`, and every table is read. `file_name`:
// for where an item stands.
void read_list(Settings& settings, std::string_view name, const toml::node& list, std::string_view file_name,
               const Complain& complain);

// Every member of these lists.
std::vector<Setting> list_settings();

// What stands in them, as the TOML that read_list reads. For sources.toml.
std::string to_toml(const std::vector<Catalogue>& catalogues);

}  // namespace edu::config
