// What a command works with: the options, the console, the station. Answers of the station are printed as
// they are; a problem goes to the error stream as a sentence.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "app/cli_options.h"
#include "app/client.h"
#include "app/console.h"
#include "base/json.h"

namespace edu::app {

// "/api/v1/library?text=%E6%9E%9C": parameters with an empty value are left out.
std::string target(std::string_view path,
                   std::initializer_list<std::pair<std::string_view, std::string>> query = {});

class Desk {
 public:
  // `asked`: the language that was asked for on the command line.
  Desk(const Options& given, Console& used, std::optional<Language> asked)
      : options(given), console(used), address(given.station), language_(asked), asked_(asked.has_value()) {}

  const Options& options;
  Console& console;
  Address address;

  // Of what the command line itself says: the one that was asked for, else the station's (app/spoken.h).
  Language language() const;

  // In the shape that was asked for: text, or JSON with --json.
  Exit show(const std::string& target_text) const;
  Exit post(const std::string& target_text, const json::object& body) const;
  Exit post_file(const std::string& target_text, const std::string& content_type, std::string bytes) const;

  Question question(std::string method, std::string target_text) const;
  Exit print(const Answer& answer) const;
  std::string say(std::string_view key, const Args& args = {}) const { return text(language(), key, args); }
  // The station's answer as a JSON object, whatever shape was asked for; a problem is printed. Empty then.
  json::object read(const std::string& target_text) const;

 private:
  mutable std::optional<Language> language_;  // once it is known
  bool asked_;
};

}  // namespace edu::app
