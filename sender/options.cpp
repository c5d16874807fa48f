#include "sender/options.h"

#include <charconv>
#include <cmath>
#include <iostream>
#include <map>

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace edu::send {
namespace {

constexpr int kWrongOptions = 2;
constexpr double kMostRate = 100e9;  // bits per second
constexpr double kLeastRate = 1000;

// Columns by what a terminal shows: CLI11 counts the bytes of Chinese text.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool positional) const override {
    // Without CLI11's words for types and ranges, which nobody in a county reads.
    auto left = "  " + make_option_name(option, positional);
    if (const auto flag = left.find("{false}"); flag != left.npos) left.resize(flag);
    if (!positional && option->get_items_expected_max() > 0) left += " …";
    const auto width = display_width(left);
    const auto gap = width + 2 > get_column_width() ? "\n" + std::string(get_column_width(), ' ')
                                                    : std::string(get_column_width() - width, ' ');
    return left + gap + make_option_desc(option) + "\n";
  }
};

// The help must be in the language of --lang, so it is looked for before the arguments are parsed.
Language spoken(const std::vector<std::string>& arguments, Language preferred) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].starts_with("--lang=")) return language_of(arguments[i].substr(7));
    if (arguments[i] == "--lang" && i + 1 < arguments.size()) return language_of(arguments[i + 1]);
  }
  return preferred;
}

class Grammar {
 public:
  Grammar(Language language, Options& options) : language_(language), options_(options) {
    app.formatter(std::make_shared<HelpFormatter>());
    app.get_formatter()->column_width(34);
    for (const auto* label : {"Usage", "Positionals", "OPTIONS"})
      app.get_formatter()->label(label, text(language, std::string("cli.label.") + label));
    const auto options_label = text(language, "cli.label.options");
    app.option_defaults()->group(options_label);
    app.description(say("about"));
    app.footer(say("example"));
    app.set_help_flag("-h,--help", say("help"))->group(options_label);
    app.set_version_flag("--version", EDU_VERSION, say("version"))->group(options_label);
    app.add_option("FILES", options.settings.inputs, say("files"))->required();
    add_where();
    add_how();
    add_until();
    add_rest();
  }

  CLI::App app{"", "edustation-send"};

 private:
  std::string say(const std::string& key) const { return text(language_, "send.help." + key); }

  template <class T>
  CLI::Option* option(const std::string& name, T& value, const std::string& key) {
    return app.add_option(name, value, say(key));
  }

  void add_where() {
    auto& s = options_.settings;
    option("-g,--group", s.group, "group")->required();
    option("-p,--port", s.port, "port")->required()->check(CLI::Range(1, 65535));
    option("-i,--interface", s.interface, "interface");
    option("--ttl", s.ttl, "ttl")->check(CLI::Range(0, 255));
    app.add_flag("--loopback,!--no-loopback", s.loopback, say("loopback"));
    const auto rate = [this](const std::string& value) {
      const auto read = rate_of(value);
      if (read) options_.settings.rate = *read;
      return read.has_value();
    };
    app.add_option_function<std::string>(
        "-r,--rate",
        [rate, wrong = say("wrong_rate")](const std::string& value) {
          if (!rate(value)) throw CLI::ValidationError("--rate", wrong);
        },
        say("rate"));
  }

  void add_how() {
    auto& s = options_.settings;
    option("--fec", s.scheme, "fec")
        ->transform(CLI::CheckedTransformer(std::map<std::string, Scheme>{{"none", Scheme::none},
                                                                          {"rs", Scheme::rs},
                                                                          {"rs129", Scheme::rs129},
                                                                          {"raptorq", Scheme::raptorq}},
                                            CLI::ignore_case));
    option("--overhead", s.overhead, "overhead")->check(CLI::Range(0.0, 300.0));
    option("--flute", s.flute_version, "flute")->check(CLI::Range(1, 2));
    option("--tsi", s.tsi, "tsi")->check(CLI::Range(std::uint64_t{0}, (std::uint64_t{1} << 48) - 1));
    option("--payload", s.payload, "payload")->check(CLI::Range(64, 65'000));
    app.add_flag_function(
        "--fti,!--no-fti", [&s](std::int64_t times) { s.fti = times > 0 ? Fti::all : Fti::none; },
        say("fti"));
    app.add_flag("--md5,!--no-md5", s.md5, say("md5"));
    option("--window", s.window_mib, "window")->check(CLI::Range(1, 1 << 20));
    option("--spool", s.spool, "spool")->check(CLI::ExistingDirectory);
    option("--spool-size", s.spool_mib, "spool_size")->check(CLI::Range(1, 1 << 24));
    option("--expires", s.expires_s, "expires")->check(CLI::Range(10, 100'000'000));
    option("--fdt-interval", s.fdt_interval_s, "fdt_interval")->check(CLI::Range(1, 86'400));
  }

  void add_until() {
    auto& s = options_.settings;
    auto* passes = option("--passes", s.passes, "passes")->check(CLI::Range(1, 1'000'000));
    auto* once = app.add_flag_callback(
        "--once", [&s] { s.passes = 1; }, say("once"));
    auto* forever = app.add_flag_callback(
        "--forever", [&s] { s.passes = 0; }, say("forever"));
    once->excludes(passes)->excludes(forever);
    passes->excludes(forever);
    option("--until-bytes", s.until_bytes, "until_bytes");
  }

  void add_rest() {
    app.add_flag("--json", options_.json, say("json"));
    app.add_flag("-q,--quiet", options_.quiet, say("quiet"));
    app.add_option_function<std::string>(
           "--lang", [](const std::string&) {}, say("lang"))
        ->check(CLI::IsMember({"zh", "en"}));
  }

  Language language_;
  Options& options_;
};

}  // namespace

std::optional<std::uint64_t> rate_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
  double factor = 0;
  if (unit.empty()) factor = 1;
  if (unit == "k" || unit == "K") factor = 1e3;
  if (unit == "m" || unit == "M") factor = 1e6;
  if (unit == "g" || unit == "G") factor = 1e9;
  const auto rate = value * factor;
  if (error != std::errc() || !(rate >= kLeastRate && rate <= kMostRate)) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(rate));
}

std::optional<Options> read_options(std::vector<std::string> arguments, Language preferred, std::ostream& out,
                                    std::ostream& err, int& exit) {
  Options options;
  options.language = spoken(arguments, preferred);
  Grammar grammar(options.language, options);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  try {
    grammar.app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    exit = grammar.app.exit(error, out, err) == 0 ? 0 : kWrongOptions;
    return std::nullopt;
  }
  return options;
}

}  // namespace edu::send
