// The grammar of the command line: which commands and options there are, in the language of the help.
//
// Arguments come in (Grammar::app), the command to run and its Options leave. Every text of the help is in
// texts/, [cli.*]. app/cli_grammar.cpp has what all commands share, app/cli_grammar_commands.cpp the
// commands.
#pragma once

#include <functional>
#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include "app/cli_words.h"
#include "app/commands.h"
#include "base/messages.h"

namespace edu::app {

using Command = Exit (*)(Desk&);

// The commands and their options, each with its help in the language.
class Grammar {
 public:
  Grammar(Language language, Options& options);

  CLI::App app;
  const CLI::App* chosen() const;  // the deepest command that was named
  Command command = nullptr;

 private:
  std::string say(const std::string& key) const { return text(language_, "cli." + key); }
  void name_labels();
  void dress(CLI::App& command, const std::string& key);
  CLI::App* group(const char* name);
  CLI::App* add(CLI::App& parent, const char* name, Command run);
  template <class T>
  CLI::Option* option(CLI::App* on, const std::string& names, T& value, const std::string& type = "");
  CLI::Option* flag(CLI::App* on, const std::string& names, bool& value);
  void name_types(CLI::App& on);
  // A value in the form that the station knows, made of what was typed; `read` answers an empty one for what
  // is none.
  CLI::Validator typed(const std::string& key, std::function<std::string(const std::string&)> read) const;
  CLI::Validator choice(Choices choices) const;
  CLI::Validator within(std::int64_t least, std::int64_t most) const;

  void add_station();
  void add_library();
  void add_sources();
  void add_source_settings(CLI::App* at);
  void add_receptions();
  void add_quarantine();
  void add_records();
  void add_roster();
  void add_programmes();
  void add_sessions();
  void add_books();
  void add_accounts();
  void add_clock();
  void add_journal();
  void add_backup();

  Language language_;
  Options& o_;
  CLI::Validator date_, month_, local_time_, id_, courseware_;
  std::map<const CLI::Option*, std::string> types_;  // as the help shows them
};

// The help's key is the option's long name, or a positional's.
template <class T>
CLI::Option* Grammar::option(CLI::App* on, const std::string& names, T& value, const std::string& type) {
  const auto key = names.substr(names.find_last_of(',') + 1);
  auto* made = on->add_option(names, value,
                              say("option." + key.substr(std::min(key.find_first_not_of('-'), key.size()))));
  types_[made] = type.empty() ? say("type.text") : type;
  return made;
}

}  // namespace edu::app
