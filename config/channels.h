// The [[channel]] tables of station.toml.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <toml++/toml.h>

#include "config/loader.h"

namespace edu::config {

// Called for each thing that is wrong: where, which key ("channel.port"), and what would be right.
using Complain = std::function<void(const toml::node&, const std::string& key, const std::string& what)>;

std::vector<Channel> read_channels(const toml::node& node, const Complain& complain);
std::vector<Setting> channel_settings();

}  // namespace edu::config
