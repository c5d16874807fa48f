// The routes over real rooms on a database of their own: library, roster, timetable, sessions, journal. What
// plays is what the test says; files are "examined" by their first bytes.
#pragma once

#include <fstream>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <unistd.h>

#include "base/database.h"
#include "calendar/zone.h"
#include "library/courses.h"
#include "logs/books/books.h"
#include "people/roster.h"
#include "receiver/channels/recorded_keys.h"
#include "receiver/channels/web_access.h"
#include "receiver/live/store.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run.h"
#include "tests/support/temp_folder.h"
#include "web/api/context.h"
#include "web/http/router.h"

namespace edu::test {

inline const Zone kShanghai("Asia/Shanghai");
inline WallTime shanghai(const char* local) { return kShanghai.to_utc(*parse_local_time(local)); }

class StationBench {
 public:
  StationBench() {
    std::filesystem::create_directories(folder_ / "inbox");
    playing.trust = ClockTrust::synced;
    catalogues_.load();
    context_ = std::make_unique<web::Context>(rooms());
    add_routes(router_, *context_);
  }

  web::Rooms rooms() {
    config::Station station;
    station.name = "李家村站";
    return {.clock = clock_,
            .workers = workers_,
            .files = files_,
            .station = station,
            .zone = kShanghai,
            .data_folder = folder_.path(),
            .database = folder_ / "station.db",
            .ledger = ledger_,
            .store = store_,
            .sources = sources_,
            .intake = intake_,
            .import_trust = receiver::Policy::off,
            .folder = inbox_,
            .volumes = volumes_,
            .channels = channels_,
            .web_fill = web_fill_,
            .catalogues = catalogues_,
            .recordings = recordings_,
            .custody = custody_,
            .timetable = timetable_,
            .sessions = sessions_,
            .on_air = [this] { return playing; },
            .timeline = [this](int days) { return timetable_.work_out(clock_.now(), days); },
            .left_out = [this] { return left_out; },
            .is_helper = [](int) { return false; },
            .confirm_clock = [this](std::string actor) { return confirm_clock(std::move(actor)); },
            .set_clock_floor = [this](WallTime instant, std::string) { return set_floor(instant); },
            .disk = [this] { return disk; }};
  }

  web::Response get(const std::string& path, std::map<std::string, std::string, std::less<>> query = {},
                    const std::string& accept = "application/json") {
    web::Request request;
    request.method = "GET";
    request.path = path;
    request.language = Language::en;
    request.query = std::move(query);
    request.headers["accept"] = accept;
    return ask(std::move(request));
  }
  web::Response post(const std::string& path, const std::string& body,
                     const std::string& type = "application/json",
                     const std::string& accept = "application/json") {
    return ask(posted(path, body, type, accept));
  }
  static web::Request posted(const std::string& path, const std::string& body,
                             const std::string& type = "application/json",
                             const std::string& accept = "application/json") {
    web::Request request;
    request.method = "POST";
    request.path = path;
    request.language = Language::en;
    request.body = body;
    request.headers["content-type"] = type;
    request.headers["accept"] = accept;
    return request;
  }
  web::Response ask(web::Request request) { return run(loop_, serve(std::move(request))); }
  // For a test that asks several things at once.
  awaitable<web::Response> serve(web::Request request) {
    request.caller = {"operator", {web::kOperator}, request.caller.uid.value_or(::geteuid())};
    return router_.serve(std::move(request));
  }
  // As it is, by whoever its caller is.
  awaitable<web::Response> route(web::Request request) { return router_.serve(std::move(request)); }
  // The journal, or how many records of a kind it has.
  std::vector<logs::Record> records() const {
    std::vector<logs::Record> all;
    logs::journal::each(*open_read_only(folder_ / "station.db"), 1, [&](const logs::Record& record) {
      all.push_back(record);
      return true;
    });
    return all;
  }
  std::ptrdiff_t count(std::string_view kind) const {
    const auto all = records();
    return std::ranges::count_if(
        all, [&](const auto& record) { return get_string(record.fields(), "kind") == kind; });
  }

  // A file that the intake takes for a film of ten minutes.
  std::string film(const std::string& name, const std::string& bytes) {
    const auto path = folder_ / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path.string();
  }
  // Received, of the number that is answered.
  std::int64_t courseware(const std::string& name) {
    const auto answer = post("/api/v1/library", json::serialize(json::object{{"path", film(name, name)}}));
    return get_int(json::parse(answer.body).as_object(), "courseware");
  }
  void enrol() {
    post("/api/v1/roster", "编号,姓名,类别,支部/小组\n001,王建国,党员,第一支部\n002,李秀英,党员,第一支部\n",
         "text/csv");
  }

  asio::io_context& loop() { return loop_; }
  ManualClock& clock() { return clock_; }
  web::Context& context() { return *context_; }
  logs::Ledger& ledger() { return ledger_; }
  logs::Sessions& sessions() { return sessions_; }
  std::filesystem::path folder() const { return folder_.path(); }

  scheduler::OnAir playing;
  std::vector<web::LeftOut> left_out;
  std::optional<Refusal> disk;
  bool clock_is_possible = true;
  std::vector<std::string> confirmed_by;
  WallTime floor{};

 private:
  awaitable<Result<void>> confirm_clock(std::string actor) {
    if (!clock_is_possible) co_return refuse("clock.impossible", {{"now", "1970"}});
    confirmed_by.push_back(std::move(actor));
    co_return Result<void>();
  }
  awaitable<void> set_floor(WallTime instant) {
    floor = instant;
    co_return;
  }
  static std::unique_ptr<Database> prepared(const std::filesystem::path& file) {
    auto database = open_database(file);
    logs::prepare(*database, logs::all_projections());
    library::create_tables(*database);
    catalogue::create_tables(*database);
    live::create_tables(*database);
    receiver::create_recorded_keys(*database);
    people::create_tables(*database);
    access::create_tables(*database);
    scheduler::prepare(*database);
    return database;
  }
  static awaitable<Result<receiver::MediaFacts>> examine(std::filesystem::path path) {
    if (read_file(path, 1 << 20).starts_with("bad")) co_return refuse("receiver.nothing_to_play");
    receiver::MediaFacts facts;
    facts.format = "mp4";
    facts.duration_ms = 600'000;
    facts.has_video = true;
    facts.poster = "\xFF\xD8 a picture";
    co_return facts;
  }

  // A catalogue in station.toml; no server answers.
  static std::vector<config::Catalogue> configured() {
    config::Catalogue county;
    county.name = "县";
    county.url = "https://county.example/c.json";
    county.origin = "station.toml:12";
    return {county};
  }
  static awaitable<Result<catalogue::Response>> unreachable(catalogue::Request, catalogue::Access,
                                                            catalogue::Sink&) {
    co_return refuse("catalogue.dns", {{"host", "county.example"}}, Refusal::Kind::unavailable);
  }
  catalogue::Parts catalogue_parts() {
    return {unreachable,
            [this](receiver::Arrival arrival) { return intake_.take(std::move(arrival)); },
            [this](receiver::Arrival arrival, Refusal why, std::uint64_t bytes) {
              return intake_.record_failure(std::move(arrival), std::move(why), bytes);
            },
            ledger_,
            store_,
            files_,
            workers_,
            clock_,
            trust_,
            kShanghai,
            folder_ / "station.db",
            folder_.path(),
            1 << 30,
            [] { return 0.5; }};
  }

  TempFolder folder_;
  asio::io_context loop_;
  ManualClock clock_{shanghai("2026-11-22T18:00")};
  Files files_;
  Workers workers_{1};
  Writer writer_{prepared(folder_ / "station.db")};
  logs::Ledger ledger_{writer_, clock_, "boot", logs::all_projections()};
  logs::Sessions sessions_{ledger_, clock_, kShanghai, logs::CountingRule{{"member"}, 1, 0}};
  library::ObjectStore store_{files_, folder_.path(), library::Reserve{0, 1 << 20}};
  KeyedTurns locks_;
  config::Receiver receiving_;
  receiver::Intake intake_{
      receiver::Intake::Parts{ledger_, store_, files_, workers_, clock_, locks_, examine}, receiving_, 10,
      kShanghai};
  scheduler::Timetable timetable_{ledger_, clock_, workers_, kShanghai};
  receiver::Custody custody_{
      receiver::Custody::Parts{ledger_, store_, workers_, clock_, locks_,
                               [this](std::int64_t no) { return timetable_.needs(no); }, kShanghai}};
  receiver::FolderSource inbox_{
      receiver::FolderSource::Parts{
          [this](receiver::Arrival arrival) { return intake_.take(std::move(arrival)); }, files_, workers_,
          clock_, [](std::uint64_t) { return true; }},
      folder_ / "inbox", receiving_};
  receiver::DiscReader discs_{clock_, "/bin/false"};
  receiver::VolumeImport volumes_{
      {intake_, store_, files_, workers_, discs_, [](fs::path path) { return examine(std::move(path)); }},
      {},
      folder_ / "spool",
      Language::en};
  receiver::MulticastSource channels_{
      loop_.get_executor(),
      receiver::MulticastSource::Parts{
          [this](receiver::Arrival arrival) { return intake_.take(std::move(arrival)); }, files_, workers_,
          clock_, store_, writer_, folder_ / "station.db"},
      {},
      folder_ / "multicast",
      receiving_};
  receiver::WebFill web_fill_{receiver::web_fill_parts(channels_, clock_, {workers_}), {}};
  receiver::Sources sources_;
  receiver::Sources::Place inbox_place_{sources_, inbox_};
  receiver::Trust trust_;
  catalogue::Catalogues catalogues_{loop_.get_executor(), catalogue_parts(), sources_, configured(),
                                    "required"};
  // One channel, whose recorder does not start.
  static std::vector<config::Live> live_channels() {
    config::Live channel;
    channel.name = "县台";
    channel.url = "http://me:secret@tv.example/one";
    return {channel};
  }
  live::Parts live_parts() {
    return {[this](receiver::Arrival arrival) { return intake_.take(std::move(arrival)); },
            [this](receiver::Arrival arrival, Refusal why, std::uint64_t bytes) {
              return intake_.record_failure(std::move(arrival), std::move(why), bytes);
            },
            [](asio::any_io_executor, const std::string&) { return std::unique_ptr<live::Recorder>(); },
            ledger_,
            store_,
            files_,
            workers_,
            clock_,
            kShanghai,
            folder_ / "station.db",
            folder_ / "live",
            1 << 30};
  }
  live::Recordings recordings_{loop_.get_executor(), live_parts(), live_channels(), {}};
  receiver::Sources::Place recordings_place_{sources_, recordings_};
  std::unique_ptr<web::Context> context_;
  web::Router router_;
};

inline json::object object_of(const web::Response& response) {
  return json::parse(response.body).as_object();
}
inline std::string code_of(const web::Response& response) { return get_string(object_of(response), "code"); }

}  // namespace edu::test
