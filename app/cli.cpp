// The command line: arguments and environment come in, one command runs, its exit code leaves. Blocks.
// The only source that includes CLI11. Every text of the help is in the catalogues, [cli.*].
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

#include <CLI/CLI.hpp>

#include "app/commands.h"
#include "app/console.h"
#include "base/text.h"
#include "base/time.h"
#include "library/courseware.h"
#include "logs/books/books.h"
#include "logs/study/sign_in.h"

namespace edu::app {
namespace {

using Command = Exit (*)(Desk&);

// Columns by what a terminal shows: CLI11 counts the bytes of Chinese text.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool positional) const override {
    return line(make_option_name(option, positional) + make_option_opts(option), make_option_desc(option));
  }
  std::string make_subcommand(const CLI::App* command) const override {
    return line(command->get_name(), command->get_description());
  }

 private:
  std::string line(const std::string& left, const std::string& right) const {
    const auto indented = "  " + left;
    const auto width = display_width(indented);
    const auto gap = width + 2 > get_column_width() ? "\n" + std::string(get_column_width(), ' ')
                                                    : std::string(get_column_width() - width, ' ');
    return indented + gap + right + "\n";
  }
};

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

// Builds the commands and their options, each with its help in the language.
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
  CLI::Validator checked(const std::string& key, std::function<bool(const std::string&)> fits) const;

  void add_station();
  void add_library();
  void add_sources();
  void add_source_settings(CLI::App* at);
  void add_receptions();
  void add_records();
  void add_roster();
  void add_programmes();
  void add_sessions();
  void add_books();
  void add_journal();

  Language language_;
  Options& o_;
  CLI::Validator date_, month_, local_time_, id_, courseware_;
  std::map<const CLI::Option*, std::string> types_;  // as the help shows them
};

bool is_number(const std::string& text) {
  return !text.empty() && text.size() <= 18 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Grammar::Grammar(Language language, Options& options)
    : language_(language),
      o_(options),
      date_(checked("date", [](const std::string& t) { return parse_date(t).has_value(); })),
      month_(checked(
          "month", [](const std::string& t) { return t.size() == 7 && parse_date(t + "-01").has_value(); })),
      local_time_(
          checked("local_time", [](const std::string& t) { return parse_local_time(t).has_value(); })),
      id_(checked("id", is_number)),
      courseware_(
          checked("courseware", [](const std::string& t) { return library::courseware_no(t).has_value(); })) {
  app.name("edustation");
  name_labels();
  dress(app, "edustation");
  app.require_subcommand(1);
  app.set_version_flag("--version", "edustation " EDU_VERSION, say("option.version"));
  option(&app, "--station", o_.station, say("type.station"));
  flag(&app, "--json", o_.json);
  option(&app, "--lang", o_.lang, "zh|en")->check(CLI::IsMember({"zh", "en"}));
  add_station();
  add_library();
  add_sources();
  add_receptions();
  add_records();
  add_roster();
  add_programmes();
  add_sessions();
  add_books();
  add_journal();
  name_types(app);
}

void Grammar::name_labels() {
  auto formatter = std::make_shared<HelpFormatter>();
  for (const auto* label : {"Usage", "Positionals", "OPTIONS", "SUBCOMMAND"})
    formatter->label(label, say(std::string("label.") + label));
  formatter->column_width(34);
  app.formatter(formatter);  // commands inherit it
}

void Grammar::dress(CLI::App& on, const std::string& key) {
  on.description(say("help." + key));
  on.footer(say("label.example") + "\n  " + say("example." + key));
  on.set_help_flag("-h,--help", say("option.help"))->group(say("label.options"));
  on.option_defaults()->group(say("label.options"));
}

CLI::App* Grammar::group(const char* name) {
  auto* made = app.add_subcommand(name);
  dress(*made, name);
  made->group(say("label.commands"));
  made->require_subcommand(1);
  made->fallthrough();  // --json and the like may stand anywhere
  return made;
}

CLI::App* Grammar::add(CLI::App& parent, const char* name, Command run) {
  auto* made = parent.add_subcommand(name);
  const auto key = parent.get_parent() ? parent.get_name() + "_" + name : std::string(name);
  dress(*made, key);
  made->group(say("label.commands"));
  made->fallthrough();
  made->callback([this, run] { command = run; });
  return made;
}

// The help's key is the option's long name, or a positional's.
template <class T>
CLI::Option* Grammar::option(CLI::App* on, const std::string& names, T& value, const std::string& type) {
  const auto key = names.substr(names.find_last_of(',') + 1);
  auto* made = on->add_option(names, value,
                              say("option." + key.substr(std::min(key.find_first_not_of('-'), key.size()))));
  types_[made] = type.empty() ? say("type.text") : type;
  return made;
}

CLI::Option* Grammar::flag(CLI::App* on, const std::string& names, bool& value) {
  const auto key = names.substr(names.find_last_of(',') + 1);
  return on->add_flag(names, value, say("option." + key.substr(2)));
}

// CLI11 would show its validators there, in English.
void Grammar::name_types(CLI::App& on) {
  for (auto* made : on.get_options()) {
    const auto type = types_.find(made);
    if (type == types_.end()) continue;
    const auto shown = one_line(type->second + (made->get_required() ? " " + say("label.required") : ""));
    made->option_text(shown.empty() ? " " : shown);
  }
  for (auto* command_of : on.get_subcommands([](const CLI::App*) { return true; })) name_types(*command_of);
}

CLI::Validator Grammar::checked(const std::string& key, std::function<bool(const std::string&)> fits) const {
  const auto complaint = text(language_, "cli.wrong." + key);
  const auto check = [fits = std::move(fits), complaint](std::string& given) {
    return fits(given) ? std::string() : complaint + ": " + given;
  };
  return CLI::Validator(check, "");
}

void Grammar::add_station() {
  add(app, "status", status);
  auto* at = add(app, "timeline", timeline);
  option(at, "--days", o_.days, "N")->check(CLI::Range(1, 366));
}

void Grammar::add_library() {
  auto* on = group("library");
  auto* at = add(*on, "list", library_list);
  option(at, "--text", o_.words);
  option(at, "--category", o_.category);
  flag(at, "--removed", o_.removed);
  at = add(*on, "show", library_show);
  option(at, "NO", o_.number, " ")->required()->check(courseware_);
  at = add(*on, "import", library_import);
  option(at, "PATH", o_.names, " ")->required();
  option(at, "--receiver", o_.by);
  at = add(*on, "pin", library_pin);
  option(at, "NO", o_.number, " ")->required()->check(courseware_);
  flag(at, "--off", o_.off);
  at = add(*on, "remove", library_remove);
  option(at, "NO", o_.number, " ")->required()->check(courseware_);
  option(at, "--reason", o_.reason)->required();
  option(at, "--approved-by", o_.approved_by)->required();
  flag(at, "--yes", o_.yes);
}

void Grammar::add_sources() {
  auto* on = group("source");
  add(*on, "list", source_list);
  auto* at = add(*on, "add", source_add);
  option(at, "NAME", o_.source, " ")->required();
  option(at, "URL", o_.url, " ")->required();
  add_source_settings(at);
  option(at, "--interval", o_.interval, "N")->check(CLI::Range(1, 10080));
  option(at, "--window", o_.window, "22:00-06:00");
  option(at, "--rate", o_.rate, "N")->check(CLI::Range(1, 10'000'000));
  at = add(*on, "test", source_test);
  option(at, "SOURCE", o_.source, " ")->required();
  add_source_settings(at);
  at = add(*on, "remove", source_remove);
  option(at, "NAME", o_.source, " ")->required();
}

// How a catalogue is reached and believed.
void Grammar::add_source_settings(CLI::App* at) {
  option(at, "--trust", o_.trust, "required|preferred|off")
      ->check(CLI::IsMember({"required", "preferred", "off"}));
  option(at, "--mirror", o_.mirrors, "URL")->allow_extra_args(false);
  option(at, "--proxy", o_.proxy, "URL");
  option(at, "--ca-file", o_.ca_file, say("type.file"));
}

void Grammar::add_receptions() {
  auto* on = group("reception");
  add(*on, "list", reception_list);
  auto* at = add(*on, "show", reception_show);
  option(at, "OBJECT", o_.number, " ")->required()->check(id_);
  at = add(*on, "gaps", reception_gaps);
  option(at, "OBJECT", o_.number, " ")->required()->check(id_);
  at = add(*on, "fill", reception_fill);
  option(at, "GAPS", o_.file, " ")->required();
  flag(at, "--web", o_.web);
}

void Grammar::add_records() {
  const CLI::Range minutes(1, 1440);
  auto* on = group("record");
  auto* at = add(*on, "start", record_start);
  option(at, "CHANNEL", o_.channel, " ")->required();
  option(at, "--title", o_.title);
  option(at, "--minutes", o_.minutes, "N")->check(minutes);
  at = add(*on, "stop", record_stop);
  option(at, "CHANNEL", o_.channel, " ")->required();
  add(*on, "list", record_list);
  at = add(*on, "add", record_add);
  option(at, "CHANNEL", o_.channel, " ")->required();
  option(at, "--at", o_.start, say("type.local_time"))->required()->check(local_time_);
  option(at, "--duration", o_.minutes, "N")->required()->check(minutes);
  option(at, "--repeat", o_.repeat, "daily|weekly|weekdays|monthly|RRULE");
  option(at, "--title", o_.title);
  at = add(*on, "remove", record_remove);
  option(at, "PLAN", o_.number, " ")->required()->check(id_);
}

void Grammar::add_roster() {
  auto* on = group("roster");
  auto* at = add(*on, "import", roster_import);
  option(at, "FILE", o_.file, " ")->required();
  at = add(*on, "export", roster_export);
  option(at, "OUTPUT", o_.file, " ");
  at = add(*on, "list", roster_list);
  option(at, "--group", o_.group);
  option(at, "--category", o_.category);
}

void Grammar::add_programmes() {
  auto* on = group("programme");
  auto* at = add(*on, "add", programme_add);
  const auto when = say("type.local_time");
  option(at, "--title", o_.title)->required();
  option(at, "--start", o_.start, when)->required()->check(local_time_);
  option(at, "--courseware", o_.courseware, "NO,NO")
      ->required()
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(courseware_);
  option(at, "--kind", o_.kind, "group|open|individual")
      ->check(CLI::IsMember({"group", "open", "individual"}));
  option(at, "--rrule", o_.rrule, "RRULE");
  option(at, "--exdate", o_.exdates, when)->delimiter(',')->allow_extra_args(false)->check(local_time_);
  option(at, "--rdate", o_.rdates, when)->delimiter(',')->allow_extra_args(false)->check(local_time_);
  option(at, "--group", o_.groups)->delimiter(',')->allow_extra_args(false);
  option(at, "--tutor", o_.tutor);
  option(at, "--chair", o_.chair);
  option(at, "--place", o_.place);
  add(*on, "list", programme_list);
  at = add(*on, "show", programme_show);
  option(at, "PROGRAMME", o_.number, " ")->required()->check(id_);
  at = add(*on, "cancel", programme_cancel);
  option(at, "PROGRAMME", o_.number, " ")->required()->check(id_);
  option(at, "--on", o_.on, when)->check(local_time_);
  option(at, "--reason", o_.reason)->required();
}

void Grammar::add_sessions() {
  auto* on = group("session");
  auto* at = add(*on, "list", session_list);
  option(at, "--from", o_.from, "DATE")->check(date_);
  option(at, "--to", o_.to, "DATE")->check(date_);
  at = add(*on, "show", session_show);
  option(at, "SESSION", o_.number, " ")->required()->check(id_);

  at = add(app, "sign-in", sign_in);
  option(at, "SESSION", o_.number, " ")->required()->check(id_);
  option(at, "MEMBER", o_.names, " ");
  option(at, "--roll-call", o_.roll_call, say("type.file"));
  const std::vector<std::string> means(logs::kSignInMeans.begin(), logs::kSignInMeans.end());
  option(at, "--means", o_.means, CLI::detail::join(means, "|"))->check(CLI::IsMember(means));
  option(at, "--excuse", o_.excused, say("type.excuse"))->allow_extra_args(false);
  option(at, "--visitors", o_.visitors, "N")->check(CLI::NonNegativeNumber);
  at = add(app, "sign-out", sign_out);
  option(at, "SESSION", o_.number, " ")->required()->check(id_);
  option(at, "MEMBER", o_.names, " ")->required();
}

void Grammar::add_books() {
  std::vector<std::string> books;
  for (const auto& one : logs::all_books()) books.push_back(one.name);
  auto* at = add(app, "book", book);
  option(at, "BOOK", o_.book, " ")->required()->check(CLI::IsMember(books));
  option(at, "--from", o_.from, "DATE")->check(date_);
  option(at, "--to", o_.to, "DATE")->check(date_);
  option(at, "--format", o_.format, "table|csv|json")->check(CLI::IsMember({"table", "csv", "json"}));
  at = add(app, "participation", participation);
  auto* month = option(at, "--month", o_.month, "YYYY-MM")->check(month_);
  option(at, "--session", o_.session, "SESSION")->check(id_)->excludes(month);
  option(at, "--by", o_.split, "group|person")->check(CLI::IsMember({"group", "person"}));
}

void Grammar::add_journal() {
  auto* on = group("journal");
  auto* at = add(*on, "verify", journal_verify);
  option(at, "DIR", o_.file, " ");
  at = add(*on, "tail", journal_tail);
  option(at, "-n", o_.lines, "N")->check(CLI::Range(1, 1000));
  flag(at, "--follow", o_.follow);
}

const CLI::App* Grammar::chosen() const {
  const CLI::App* deepest = &app;
  while (!deepest->get_subcommands().empty()) deepest = deepest->get_subcommands().front();
  return deepest;
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
  if (const auto exit = parse(grammar, std::move(arguments), console, language)) return *exit;
  return run_command(grammar.command, options, console, language);
}

}  // namespace edu::app
