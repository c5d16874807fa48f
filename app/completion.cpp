#include "app/completion.h"

#include <algorithm>

#include "base/text.h"

namespace edu::app {
namespace {

bool takes_value(const CLI::Option* option) { return option->get_items_expected_max() > 0; }

std::vector<std::string> names_of(const CLI::Option* option) {
  std::vector<std::string> names;
  for (const auto& name : option->get_snames()) names.push_back("-" + name);
  for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

bool is_called(const CLI::Option* option, const std::string& name) {
  const auto names = names_of(option);
  return std::ranges::find(names, name) != names.end();
}

// Options may stand anywhere: those of the command and of all above it.
const CLI::Option* option_named(const CLI::App* command, const std::string& name) {
  for (; command; command = command->get_parent())
    for (const auto* option : command->get_options())
      if (is_called(option, name)) return option;
  return nullptr;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// "group|open|individual", as the help shows them.
std::vector<std::string> values_of(const CLI::Option* option) {
  const auto shown = option->get_option_text();
  const auto list = shown.substr(0, shown.find(' '));
  return list.find('|') == std::string::npos ? std::vector<std::string>() : split(list, '|');
}

std::vector<const CLI::App*> commands_of(const CLI::App* command) {
  return command->get_subcommands([](const CLI::App*) { return true; });
}
bool has_commands(const CLI::App* command) { return !commands_of(command).empty(); }
const CLI::App* command_named(const CLI::App* above, const std::string& name) {
  for (const auto* one : commands_of(above))
    if (one->get_name() == name) return one;
  return nullptr;
}

class Finder {
 public:
  explicit Finder(std::string typed) : typed_(std::move(typed)) {}

  void value(const CLI::Option* option) {
    const auto values = values_of(option);
    for (const auto& one : values) offer(one, "");
    found_.files = values.empty();
  }
  void options(const CLI::App* command) {
    for (; command; command = command->get_parent())
      for (const auto* option : command->get_options())
        for (const auto& name : names_of(option)) offer(name, option->get_description());
  }
  void commands(const CLI::App* command) {
    for (const auto* one : commands_of(command)) offer(one->get_name(), one->get_description());
  }
  void positionals(const CLI::App* command) {
    for (const auto* option : command->get_options())
      if (option->get_positional()) value(option);
  }
  Completion found() && { return std::move(found_); }

 private:
  void offer(const std::string& word, const std::string& what) {
    if (word.starts_with(typed_)) found_.candidates.push_back({word, one_line(what)});
  }

  std::string typed_;
  Completion found_;
};

}  // namespace

Completion complete(const Grammar& grammar, const std::vector<std::string>& words) {
  const CLI::App* command = &grammar.app;
  const CLI::Option* open = nullptr;  // the option whose value comes next
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const auto& word = words[i];
    const auto* option = open ? nullptr : option_named(command, word);
    open = option && takes_value(option) ? option : nullptr;
    if (option || !has_commands(command)) continue;
    if (const auto* below = command_named(command, word)) command = below;
  }
  const auto typed = words.empty() ? std::string() : words.back();
  Finder finder(typed);
  if (open)
    finder.value(open);
  else if (typed.starts_with("-"))
    finder.options(command);
  else if (has_commands(command))
    finder.commands(command);
  else
    finder.positionals(command);
  return std::move(finder).found();
}

std::string lines_of(const Completion& completion) {
  std::string lines;
  for (const auto& one : completion.candidates) lines += one.word + "\t" + one.what + "\n";
  return lines + (completion.files ? ":files\n" : "");
}

}  // namespace edu::app
