#include "app/cli_complaint.h"

#include "base/typed.h"

namespace edu::app {
namespace {

std::vector<std::string> commands_of(const CLI::App& at) {
  std::vector<std::string> names;
  for (const auto* one : at.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(one->get_name());
  return names;
}

std::vector<std::string> options_of(const CLI::App& at) {
  std::vector<std::string> names;
  for (const auto* level = &at; level; level = level->get_parent())
    for (const auto* one : level->get_options())
      for (const auto& name : one->get_lnames()) names.push_back("--" + name);
  return names;
}

std::string joined(const std::vector<std::string>& items, Language language) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : text(language, "people.list_separator")) + item;
  return out;
}

// The command of all that is called so: "list" is none by itself, but "library list" is.
std::string elsewhere(const CLI::App& root, const std::string& name) {
  for (const auto* group : root.get_subcommands([](const CLI::App*) { return true; }))
    for (const auto& below : commands_of(*group))
      if (below == name) return group->get_name() + " " + name;
  return {};
}

std::string unknown(const Grammar& grammar, const std::string& typed, Language language) {
  const auto& at = *grammar.chosen();
  const auto say = [&](const std::string& key, const Args& args) {
    return text(language, "cli.error." + key, args);
  };
  if (typed.starts_with('-')) {
    const auto near = nearest(typed, options_of(at));
    return near.empty() ? say("unknown_option", {{"option", typed}})
                        : say("unknown_option_near", {{"option", typed}, {"nearest", near}});
  }
  const auto commands = commands_of(at);
  if (commands.empty()) return say("too_much", {{"what", typed}});
  const auto before = command_line(&at) + " ";
  auto near = nearest(typed, commands);
  if (near.empty() && &at == &grammar.app) near = elsewhere(grammar.app, typed);
  if (!near.empty()) return say("unknown_command_near", {{"command", typed}, {"nearest", before + near}});
  return say("unknown_command", {{"command", typed}, {"commands", joined(commands, language)}});
}

std::string missing(const CLI::App& at, Language language) {
  std::vector<std::string> names;
  for (const auto* option : at.get_options())
    if (option->get_required() && option->count() == 0) names.push_back(option->get_name());
  if (!names.empty()) return text(language, "cli.error.missing", {{"what", joined(names, language)}});
  return text(language, "cli.error.no_command", {{"commands", joined(commands_of(at), language)}});
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  return at == text.npos ? text : text.replace(at, what.size(), by);
}

}  // namespace

std::string command_line(const CLI::App* command) {
  const auto* parent = command->get_parent();
  return parent ? command_line(parent) + " " + command->get_name() : command->get_name();
}

std::string complaint(const Grammar& grammar, const CLI::ParseError& error, Language language) {
  const auto left = grammar.app.remaining(true);
  const bool of_values = error.get_name() == "ValidationError";
  if (!left.empty() && !of_values) return unknown(grammar, left.front(), language);
  const std::string what = error.what();
  const auto say = [&](const std::string& key, const std::string& words) {
    return text(language, "cli.error." + key, {{"what", words}});
  };
  if (error.get_name() == "RequiredError") return missing(*grammar.chosen(), language);
  if (error.get_name() == "ArgumentMismatch") return say("no_value", what.substr(0, what.find(':')));
  if (error.get_name() == "ExcludesError")
    return say("together", replaced(what, " excludes ", text(language, "people.list_separator")));
  if (of_values) return say("value", replaced(what, ": ", text(language, "people.plan.colon")));
  if (error.get_name() == "ConversionError") return say("value", what.substr(what.rfind(' ') + 1));
  return say("other", what);
}

}  // namespace edu::app
