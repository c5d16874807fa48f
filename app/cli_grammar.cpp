#include "app/cli_grammar.h"

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "base/time.h"
#include "library/courseware.h"

namespace edu::app {
namespace {

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

bool is_number(const std::string& text) {
  return !text.empty() && text.size() <= 18 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

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
  add_backup();
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

const CLI::App* Grammar::chosen() const {
  const CLI::App* deepest = &app;
  while (!deepest->get_subcommands().empty()) deepest = deepest->get_subcommands().front();
  return deepest;
}

}  // namespace edu::app
