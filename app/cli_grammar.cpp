#include "app/cli_grammar.h"

#include <algorithm>
#include <memory>

#include "base/loose_date.h"
#include "base/text.h"
#include "base/typed.h"
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

constexpr std::size_t kShown = 60;  // bytes of a wrong value

std::string as_number(const std::string& typed) {
  const auto digits = folded_number(typed.substr(0, 64));
  const bool good = !digits.empty() && digits.size() <= 18 &&
                    std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  return good ? digits : std::string();
}

// Also as the station's own sentences write it: 第 1 场, 2 号节目, P2.
std::string as_id(const std::string& typed) {
  std::string_view number = typed;
  const auto written = folded_number(number.substr(0, 64));
  number = written;
  for (const std::string_view before : {"第", "P", "p"})
    if (number.starts_with(before)) number.remove_prefix(before.size());
  for (const std::string_view behind : {"集中学习", "节目", "场", "号"})
    if (number.ends_with(behind)) number.remove_suffix(behind.size());
  return as_number(std::string(number));
}

std::string as_date(const std::string& typed) {
  const auto date = typed_date(typed);
  return date ? to_string(*date) : std::string();
}

std::string as_local_time(const std::string& typed) {
  if (parse_local_time(typed)) return typed;
  const auto local = typed_local_time(typed);
  return local ? to_string(*local) : std::string();
}

std::string as_courseware(const std::string& typed) {
  const auto form = folded_number(typed.substr(0, 64));
  return library::courseware_no(form) ? form : std::string();
}

}  // namespace

Grammar::Grammar(Language language, Options& options)
    : language_(language),
      o_(options),
      date_(typed("date", as_date)),
      month_(typed("month", [](const std::string& t) { return typed_month(t).value_or(""); })),
      local_time_(typed("local_time", as_local_time)),
      id_(typed("id", as_id)),
      courseware_(typed("courseware", as_courseware)) {
  app.name("edustation");
  name_labels();
  dress(app, "edustation");
  app.require_subcommand(1);
  app.set_version_flag("--version", "edustation " EDU_VERSION, say("option.version"));
  option(&app, "--station", o_.station, say("type.station"));
  flag(&app, "--json", o_.json);
  option(&app, "--lang", o_.lang, "zh|en")->transform(choice(languages()));
  add_station();
  add_library();
  add_sources();
  add_receptions();
  add_quarantine();
  add_records();
  add_roster();
  add_programmes();
  add_sessions();
  add_books();
  add_accounts();
  add_clock();
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

CLI::Validator Grammar::typed(const std::string& key,
                              std::function<std::string(const std::string&)> read) const {
  const auto check = [read = std::move(read), key, language = language_](std::string& given) {
    auto value = read(given);
    if (value.empty()) return edu::text(language, "cli.wrong." + key, {{"value", one_line(given, kShown)}});
    given = std::move(value);
    return std::string();
  };
  return CLI::Validator(check, "");
}

CLI::Validator Grammar::choice(Choices choices) const {
  const auto check = [choices = std::move(choices), language = language_](std::string& given) {
    auto value = meant(choices, given);
    if (!value.empty()) {
      given = std::move(value);
      return std::string();
    }
    const auto near = meant(choices, nearest(given, words_of(choices)));
    std::string allowed;
    for (const auto& one : choices)
      allowed += (allowed.empty() ? "" : edu::text(language, "people.list_separator")) + one.value;
    const Args args{{"value", given}, {"allowed", allowed}, {"nearest", near}};
    return edu::text(language, near.empty() ? "cli.wrong.choice" : "cli.wrong.choice_near", args);
  };
  return CLI::Validator(check, "");
}

CLI::Validator Grammar::within(std::int64_t least, std::int64_t most) const {
  const auto check = [least, most, language = language_](std::string& given) {
    const auto digits = as_number(given);
    const auto value = digits.empty() ? -1 : std::stoll(digits);
    if (value < least || value > most)
      return edu::text(language, "cli.wrong.within",
                       {{"value", one_line(given, kShown)},
                        {"least", std::to_string(least)},
                        {"most", std::to_string(most)}});
    given = digits;
    return std::string();
  };
  return CLI::Validator(check, "");
}

const CLI::App* Grammar::chosen() const {
  const CLI::App* deepest = &app;
  while (!deepest->get_subcommands().empty()) deepest = deepest->get_subcommands().front();
  return deepest;
}

}  // namespace edu::app
