// The daemon: reads its settings, starts the station, ends it at SIGTERM or SIGINT.
#include <csignal>
#include <iostream>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "app/service_notify.h"
#include "app/station.h"
#include "base/diagnostics.h"
#include "config/loader.h"

namespace edu::app {
namespace {

constexpr int kWrongSettings = 2;

struct Options {
  std::string config;
  std::vector<std::string> set;
};

void list_settings() {
  std::string list;
  for (const auto& setting : config::all_settings()) {
    if (setting.list != list)
      std::cout << "# in each " << setting.list << ", of which there may be any number:\n";
    list = setting.list;
    std::cout << setting.key << " = " << setting.standard << "    # " << setting.what
              << (setting.meaning.empty() ? "" : "; " + setting.meaning) << "\n";
  }
}

// What the station's parts leave to the loop when all of them are closed takes no longer: coroutines that
// were cancelled and have only to return.
constexpr seconds kLastRounds{5};

// A second signal ends the daemon at once, for those who have no patience.
awaitable<void> end_at_signal(asio::io_context& loop, Station& station) {
  asio::signal_set signals(loop, SIGTERM, SIGINT);
  co_await signals.async_wait(asio::use_awaitable);
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  tell_stopping();
  co_await station.stop("signal");
  loop.stop();
}

int run(const config::Settings& settings) {
  asio::io_context loop(1);
  bool failed = false;
  std::exception_ptr failure;
  auto give_up = [&] { failed = true, ::raise(SIGTERM); };
  Station station(loop.get_executor(), settings, give_up);
  auto started = [&](std::exception_ptr error) {
    if (!error) return;
    failure = error;
    give_up();  // what had started by then ends in order
  };
  auto ended = [&](std::exception_ptr error) {
    if (!error) return;
    failure = error;
    loop.stop();
  };
  asio::co_spawn(loop, end_at_signal(loop, station), ended);
  asio::co_spawn(loop, station.start(), started);
  loop.run();
  loop.restart();
  loop.run_for(kLastRounds);
  if (failure) std::rethrow_exception(failure);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace
}  // namespace edu::app

int main(int count, char** values) {
  using namespace edu;
  app::Options options;
  CLI::App cli("EduStation's daemon", "edustationd");
  cli.set_version_flag("--version", EDU_VERSION);
  cli.add_option("--config", options.config, "the settings, a station.toml")->check(CLI::ExistingFile);
  cli.add_option("--set", options.set, "section.key=value, overrides one setting; may be repeated");
  cli.add_flag_callback(
      "--list-settings", [] { app::list_settings(), std::exit(0); }, "print every setting");
  cli.footer("Example: edustationd --config /etc/edustation/station.toml --set log.level=debug");
  try {
    cli.parse(count, values);
    const auto settings = config::load(options.config, options.set);
    start_diagnostics("edustationd", settings.log.level);
    return app::run(settings);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? 0 : app::kWrongSettings;
  } catch (const config::SettingsError& error) {
    std::cerr << error.what() << "\n";
    return app::kWrongSettings;
  } catch (const std::exception& error) {
    spdlog::error("{}", error.what());
    return EXIT_FAILURE;
  }
}
