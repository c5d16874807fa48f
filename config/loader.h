// Reads station.toml. Unknown keys, wrong types and values out of range are errors that name file and line
// and say what would be right; all of them are reported at once.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"

namespace edu::config {

// what(): one line an error, "station.toml:12: library.reserve_percent: 120 is not in 0..90".
class SettingsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// `overrides` are "section.key=value" as given on the command line (value in TOML, bare words taken as
// strings); they win over the file. An empty path reads no file.
Settings load(const std::filesystem::path& file, const std::vector<std::string>& overrides = {});
Settings parse(std::string_view toml_text, std::string_view file_name,
               const std::vector<std::string>& overrides = {});

// sources.toml of the data folder: the [[catalogue]] tables that were added at run time. A missing file is
// none. Throws SettingsError.
std::vector<Catalogue> load_sources(const std::filesystem::path& file);

struct Setting {
  std::string key;        // "library.reserve_percent"
  std::string what;       // what is allowed: "a whole number 0..90, percent"
  std::string standard;   // the default as TOML text; of what must be given, an example
  std::string list{};     // "[[channel]]": it stands in each of those tables; empty: it stands once
  std::string meaning{};  // of a list's members
};
std::vector<Setting> all_settings();  // for --help-settings and the test that station.toml shows each

}  // namespace edu::config
