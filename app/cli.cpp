// The command line: arguments and environment come in, one command runs, its exit code leaves. Blocks.
#include <algorithm>
#include <optional>
#include <stdexcept>

#include "app/cli_complaint.h"
#include "app/cli_grammar.h"
#include "app/completion.h"
#include "app/console.h"
#include "app/spoken.h"

namespace edu::app {
namespace {

constexpr auto kStandardStation = "/var/lib/edustation";

// The help must be in the language of --lang, so it is looked for before the arguments are parsed.
std::optional<Language> asked_language(const std::vector<std::string>& arguments) {
  std::string typed;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].starts_with("--lang=")) typed = arguments[i].substr(7);
    if (arguments[i] == "--lang" && i + 1 < arguments.size()) typed = arguments[i + 1];
  }
  if (typed.empty()) return std::nullopt;
  const auto known = meant(languages(), typed);
  return language_of(known.empty() ? typed : known);
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
    console.err << complaint(grammar, error, language) << "\n"
                << text(language, "cli.see_help", {{"command", command_line(grammar.chosen())}}) << "\n";
    return Exit::usage;
  }
  return Exit::done;
}

// What the station's language has to be asked for: whether anything is to be said before the command runs.
bool runs(Grammar& grammar, std::vector<std::string> arguments) {
  std::ranges::reverse(arguments);
  try {
    grammar.app.parse(std::move(arguments));
    return true;
  } catch (const CLI::Error&) {
    return false;
  }
}

Exit run_command(Command command, const Options& options, Console& console, std::optional<Language> asked) {
  const auto say = [&](const char* key, const Args& args) {
    return text(asked.value_or(spoken_at(options.station, console)), key, args);
  };
  try {
    Desk desk(options, console, asked);
    return command(desk);
  } catch (const std::invalid_argument& bad_address) {
    console.err << say("cli.bad_station", {{"station", bad_address.what()}}) << "\n";
    return Exit::usage;
  } catch (const NotReachable& error) {
    console.err << say("cli.not_reachable", {{"station", options.station}, {"why", error.what()}}) << "\n";
    return Exit::not_reachable;
  }
}

}  // namespace

Exit run_cli(std::vector<std::string> typed, Console& console) {
  const auto arguments = as_meant(std::move(typed));
  const auto asked = asked_language(arguments);
  const auto with_station = [&] {
    Options options;
    options.station = console.environment("EDUSTATION_STATION");
    if (options.station.empty()) options.station = kStandardStation;
    return options;
  };
  auto options = with_station();
  if (!arguments.empty() && arguments.front() == "complete") {  // a shell asks, not a person
    const Grammar offered(asked ? *asked : spoken_at(options.station, console), options);
    console.out << lines_of(complete(offered, {arguments.begin() + 1, arguments.end()}));
    return Exit::done;
  }
  Grammar grammar(asked.value_or(Language::zh), options);
  if (runs(grammar, arguments)) return run_command(grammar.command, options, console, asked);
  // Something is to be said: again, in the language that the reader has.
  const auto language = asked ? *asked : spoken_at(options.station, console);
  auto said = with_station();
  Grammar again(language, said);
  return parse(again, arguments, console, language).value_or(Exit::usage);
}

}  // namespace edu::app
