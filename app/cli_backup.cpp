// `edustation backup` and `edustation restore`: they work on folders, beside a running station or without
// one.
//
// fs calls throw: main
#include <iostream>
#include <optional>

#include <SQLiteCpp/Exception.h>

#include "app/backup.h"
#include "app/commands.h"
#include "base/text.h"
#include "library/courses.h"
#include "web/api/verdict.h"

namespace edu::app {
namespace {

BackupPlaces places_of(const Desk& desk) {
  return {.data = desk.options.station, .settings = desk.options.settings, .backup = desk.options.file};
}

// "12 %", on one line of a terminal.
BackupProgress progress_of(const Desk& desk) {
  if (!desk.console.terminal) return {};
  return [&err = desk.console.err, shown = -1](std::uint64_t done, std::uint64_t all) mutable {
    const int percent = all ? static_cast<int>(done * 100 / all) : 100;
    if (percent == shown) return;
    shown = percent;
    err << "\r\033[K" << percent << " %" << (percent == 100 ? "\r\033[K" : "") << std::flush;
  };
}

json::object json_of(const BackupReport& report, Language language) {
  json::object out;
  out["made_ms"] = to_ms(report.made);
  out["journal"] = web::verdict_json(report.journal, language);
  out["head"] = report.head;
  out["courses"] = report.courses;
  out["copied"] = report.copied;
  out["copied_bytes"] = report.copied_bytes;
  out["damaged"] = json::array(report.damaged.begin(), report.damaged.end());
  out["settings"] = report.settings;
  return out;
}

// What was done, what is wrong with it, and what is not in it.
Exit tell(const Desk& desk, const std::string& done_key, const BackupReport& report) {
  const bool good = report.journal.good() && report.damaged.empty();
  const auto exit = good ? Exit::done : Exit::refused;
  const auto body = json_of(report, desk.language());
  if (desk.options.json) {
    desk.console.out << json::serialize(body) << "\n";
    return exit;
  }
  desk.console.out << desk.say(done_key, {{"folder", desk.options.file},
                                          {"station", desk.options.station},
                                          {"courses", std::to_string(report.courses)},
                                          {"copied", std::to_string(report.copied)},
                                          {"size", library::size_text(report.copied_bytes)}})
                   << "\n"
                   << get_string(get_object(body, "journal"), "text") << "\n";
  for (const auto& course : report.damaged)
    desk.console.err << desk.say("cli.backup.damaged", {{"course", one_line(course)}}) << "\n";
  if (!report.settings)
    desk.console.err << desk.say("cli.backup.no_settings", {{"file", desk.options.settings}}) << "\n";
  return exit;
}

template <class Work>
Exit carried_out(const Desk& desk, const std::string& done_key, Work work) {
  try {
    const auto report = work();
    if (report) return tell(desk, done_key, *report);
    desk.console.err << text(desk.language(), report.error()) << "\n";
  } catch (const std::system_error& error) {
    desk.console.err << desk.say("cli.backup.failed", {{"why", error.what()}}) << "\n";
  } catch (const SQLite::Exception& error) {
    desk.console.err << desk.say("cli.backup.failed", {{"why", error.what()}}) << "\n";
  } catch (const std::runtime_error& held) {  // another daemon holds the data folder
    desk.console.err << held.what() << "\n";
  }
  return Exit::refused;
}

bool may_replace(Desk& desk) {
  const auto& o = desk.options;
  if (o.yes || !fs::exists(fs::path(o.station) / "station.db")) return true;
  desk.console.err << desk.say("cli.backup.confirm", {{"station", o.station}, {"folder", o.file}}) << " "
                   << std::flush;
  std::string reply;
  if (desk.console.terminal) std::getline(desk.console.in, reply);
  reply = ascii_lower(one_line(reply));
  if (reply == "y" || reply == "yes" || reply == "是") return true;
  desk.console.err << desk.say("cli.backup.not_restored") << "\n";
  return false;
}

}  // namespace

Exit backup(Desk& desk) {
  Files files;
  const auto work = [&] {
    return make_backup(files, places_of(desk), SystemClock().now(), progress_of(desk));
  };
  return carried_out(desk, "cli.backup.made", work);
}

Exit restore(Desk& desk) {
  if (!may_replace(desk)) return Exit::refused;
  Files files;
  const auto work = [&] { return restore_backup(files, places_of(desk), progress_of(desk)); };
  return carried_out(desk, "cli.backup.restored", work);
}

}  // namespace edu::app
