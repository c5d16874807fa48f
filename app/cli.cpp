// The command line: arguments and environment come in, one command runs, its exit code leaves. Blocks.
#include <algorithm>
#include <optional>
#include <stdexcept>

#include "app/cli_grammar.h"
#include "app/completion.h"
#include "app/console.h"

namespace edu::app {
namespace {

constexpr auto kStandardStation = "/var/lib/edustation";

// The help must be in the language of --lang, so it is looked for before the arguments are parsed.
Language spoken(const std::vector<std::string>& arguments, const Console& console) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].starts_with("--lang=")) return language_of(arguments[i].substr(7));
    if (arguments[i] == "--lang" && i + 1 < arguments.size()) return language_of(arguments[i + 1]);
  }
  for (const auto* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const auto value = console.environment(name); !value.empty()) return language_of(value);
  return Language::zh;
}

std::string command_line(const CLI::App* command) {
  const auto* parent = command->get_parent();
  return parent ? command_line(parent) + " " + command->get_name() : command->get_name();
}

// nullopt: the command is to be run.
std::optional<Exit> parse(Grammar& grammar, std::vector<std::string> arguments, Console& console,
                          Language language) {
  std::ranges::reverse(arguments);  // as CLI11 takes them
  try {
    grammar.app.parse(std::move(arguments));
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    console.out << grammar.app.help();
  } catch (const CLI::CallForVersion& version) {
    console.out << version.what() << "\n";
  } catch (const CLI::ParseError& error) {
    const auto key = "cli.error." + error.get_name();
    const Args what{{"what", error.what()}};
    console.err << text(language, has_text(language, key) ? key : "cli.error.other", what) << "\n"
                << text(language, "cli.see_help", {{"command", command_line(grammar.chosen())}}) << "\n";
    return Exit::usage;
  }
  return Exit::done;
}

Exit run_command(Command command, const Options& options, Console& console, Language language) {
  try {
    Desk desk(options, console, language);
    return command(desk);
  } catch (const std::invalid_argument& bad_address) {
    console.err << text(language, "cli.bad_station", {{"station", bad_address.what()}}) << "\n";
    return Exit::usage;
  } catch (const NotReachable& error) {
    console.err << text(language, "cli.not_reachable", {{"station", options.station}, {"why", error.what()}})
                << "\n";
    return Exit::not_reachable;
  }
}

}  // namespace

Exit run_cli(std::vector<std::string> arguments, Console& console) {
  const auto language = spoken(arguments, console);
  Options options;
  options.station = console.environment("EDUSTATION_STATION");
  if (options.station.empty()) options.station = kStandardStation;
  Grammar grammar(language, options);
  if (!arguments.empty() && arguments.front() == "complete") {  // a shell asks, not a person
    console.out << lines_of(complete(grammar, {arguments.begin() + 1, arguments.end()}));
    return Exit::done;
  }
  if (const auto exit = parse(grammar, std::move(arguments), console, language)) return *exit;
  return run_command(grammar.command, options, console, language);
}

}  // namespace edu::app
