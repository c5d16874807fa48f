// A station's receiver in a folder of its own: database, library, intake, with a probe that believes what the
// file says.
#pragma once

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sql.h"
#include "calendar/zone.h"
#include "library/courses.h"
#include "logs/books/books.h"
#include "receiver/intake/custody.h"
#include "receiver/intake/intake.h"
#include "tests/support/faulty_files.h"
#include "tests/support/file_content.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run.h"
#include "tests/support/temp_folder.h"
#include "tests/support/until.h"

namespace edu::receiver {

using test::content_of;
using test::hex_of;
using test::run_until;
using test::write_file;

// A folder that is not there has none; what goes while it is read is not there.
inline std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> found;
  std::error_code gone;
  for (fs::recursive_directory_iterator entry(folder, gone), end; !gone && entry != end;
       entry.increment(gone))
    if (std::error_code unknown; !entry->is_directory(unknown))
      found.push_back(entry->path().filename().string());
  std::ranges::sort(found);
  return found;
}

struct Station {
  explicit Station(const fs::path& folder, Files& storage, config::Receiver receiver = {},
                   std::vector<config::TrustKey> keys = {})
      : data(folder),
        files(storage),
        settings(receiver),
        trust(keys),
        store(files, data, library::Reserve{0, 0}) {
    fs::create_directories(inbox);
  }

  static std::unique_ptr<Database> open(const fs::path& data) {
    auto database = open_database(data / "station.db");
    logs::prepare(*database, logs::all_projections());
    library::create_tables(*database);
    return database;
  }

  // "media …" is a course of 45 minutes, whose tags are the second line; anything else is no media.
  awaitable<Result<MediaFacts>> examine(fs::path path) {
    if (on_examine) co_await on_examine();
    if (fault) co_return Unexpected(*std::exchange(fault, std::nullopt));
    const auto content = content_of(path);
    if (!content.starts_with("media")) co_return refuse("player.not_media");
    MediaFacts facts;
    facts.format = "mp4";
    facts.duration_ms = 45 * 60'000;
    facts.has_video = facts.has_audio = true;
    facts.poster = "jpeg of " + content;
    if (const auto line = content.find('\n'); line != content.npos) facts.title = content.substr(line + 1);
    co_return facts;
  }

  Result<Reception> take(Arrival arrival) { return test::run(loop, intake.take(std::move(arrival))); }

  // As the watched folder does it.
  Arrival arrival(const fs::path& path) const {
    Arrival a;
    a.path = path;
    a.origin.means = "folder";
    a.origin.source = path.parent_path().string();
    a.afterwards = Arrival::Afterwards::give_up;
    const auto sidecar = sidecar_of(path);
    std::error_code too_long;
    if (fs::exists(fs::symlink_status(sidecar, too_long)))
      a.description = describe(read_manifest(sidecar), path);
    return a;
  }
  Reception drop(const std::string& name, std::string_view content, std::string_view manifest = "") {
    write_file(inbox / name, content);
    if (!manifest.empty()) write_file(sidecar_of(inbox / name), manifest);
    return take(arrival(inbox / name)).value();
  }

  std::int64_t count(const char* query) { return sql::number(*reader, query, 0); }
  std::int64_t receptions() { return count("SELECT count(*) FROM reception"); }
  std::vector<library::Courseware> courseware() { return library::list(*reader); }

  asio::io_context loop;
  fs::path data;
  fs::path inbox = data / "inbox";
  Files& files;
  config::Receiver settings;
  Trust trust;
  test::ManualClock clock{from_ms(1'795'000'000'000)};  // 2026-11-18 in Shanghai
  Writer writer{open(data)};
  std::unique_ptr<Database> reader = open_database(data / "station.db");
  logs::Ledger ledger{writer, clock, "0123456789abcdef", logs::all_projections()};
  library::ObjectStore store;
  KeyedTurns locks;
  std::function<awaitable<void>()> on_examine;
  std::optional<Refusal> fault;     // what the next examination answers
  std::vector<std::string> needed;  // programmes that need any courseware
  Workers workers{2};
  Intake intake{
      {ledger, store, files, workers, clock, locks, [this](fs::path path) { return examine(path); }, trust},
      settings,
      10,
      Zone()};
  Custody custody{{ledger, store, workers, clock, locks, [this](std::int64_t) { return needed; }, Zone()}};
};

class Receiving : public testing::Test {
 protected:
  test::TempFolder folder_;
  test::FaultyFiles files_;  // sound unless a test says otherwise
  Station station_{folder_.path(), files_};
};

}  // namespace edu::receiver
