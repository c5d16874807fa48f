#include "app/station.h"

#include "app/examine.h"
#include "app/service_notify.h"
#include "base/diagnostics.h"
#include "base/random.h"
#include "base/retry.h"
#include "base/sandbox/sandbox.h"
#include "calendar/day_window.h"
#include "library/courses.h"
#include "logs/books/books.h"
#include "receiver/catalogue/range.h"

namespace edu::app {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::size_t kWorkers = 3;  // one per file that is taken in, and one for who reads a book meanwhile
constexpr BackOff kBeforeAgain{milliseconds(5'000),
                               milliseconds(300'000)};  // of a source or watch that failed
constexpr milliseconds kWebGrace{300};  // for answers under way; the whole end takes at most two seconds

library::Reserve reserve_of(const config::Library& settings) {
  return {settings.reserve_percent, settings.reserve_mb * kMiB};
}

logs::CountingRule rule_of(const config::People& settings) {
  return {settings.counted, settings.excused_counts ? 1 : 0, settings.credited_percent};
}

player::DeckProcess::Options deck_options(const DataFolder& folder, const config::Player& settings) {
  player::DeckProcess::Options options;
  options.door = settings.deck_socket;
  options.readable = {folder.path() / "objects"};
  return options;
}

scheduler::MediaFile file_of(const fs::path& database, const library::ObjectStore& store,
                             std::int64_t courseware) {
  const auto found = library::find(*open_read_only(database), courseware);
  if (!found || found->removed()) return {};
  return {store.path(found->sha256), !store.lacks(found->sha256)};
}

// Where the object of a course lies; the database and the disk are asked on a worker.
awaitable<scheduler::MediaFile> find_file(Workers& workers, const fs::path& database,
                                          const library::ObjectStore& store, std::int64_t courseware) {
  auto look = [&database, &store, courseware] { return file_of(database, store, courseware); };
  co_return co_await workers.run(look);
}

}  // namespace

Station::Station(asio::any_io_executor executor, config::Settings settings, std::function<void()> on_failure)
    : executor_(std::move(executor)),
      settings_(std::move(settings)),
      folder_(files_, settings_.data.folder),
      database_(folder_.database()),
      zone_(settings_.station.time_zone),
      workers_(kWorkers),
      writer_(open_with_room()),
      ledger_(writer_, clock_, random_id(), logs::all_projections()),
      floor_(clock_),
      heartbeat_(clock_, writer_, floor_, [this] { folder_.hold_room(); }),
      probe_(clock_, settings_.probe),
      store_(files_, folder_.path(), reserve_of(settings_.library)),
      trust_(settings_.trust.keys),
      intake_({.ledger = ledger_,
               .store = store_,
               .files = files_,
               .workers = workers_,
               .clock = clock_,
               .locks = locks_,
               .examine = [this](fs::path file) { return examine(probe_, std::move(file)); },
               .trust = trust_},
              settings_.receiver, settings_.library.keep_years, zone_),
      inbox_({.take = take(),
              .files = files_,
              .workers = workers_,
              .clock = clock_,
              .has_room = [this](std::uint64_t bytes) { return store_.room_for(bytes).has_value(); }},
             settings_.receiver.inbox.empty() ? folder_.inbox() : settings_.receiver.inbox,
             settings_.receiver, receiver::policy_of(settings_.trust.folder)),
      discs_(clock_),
      volumes_({.intake = intake_,
                .store = store_,
                .files = files_,
                .workers = workers_,
                .discs = discs_,
                .examine = [this](fs::path file) { return examine(probe_, std::move(file)); }},
               settings_.volumes, folder_.path() / "spool" / "disc", language_of(settings_.station.language),
               receiver::policy_of(settings_.trust.folder)),
      volume_watch_(clock_, settings_.volumes,
                    [this](fs::path path, std::string means) {
                      return take_volume(std::move(path), std::move(means));
                    }),
      inbox_place_(sources_, inbox_),
      channels_(executor_, channel_parts(), settings_.channels, folder_.path() / "multicast",
                settings_.receiver, receiver::policy_of(settings_.trust.multicast)),
      web_fill_(receiver::web_fill_parts(channels_, clock_, web_access()),
                receiver::web_fill_rules(settings_.channels)),
      channels_place_(sources_, channels_),
      catalogues_(executor_, catalogue_parts(), sources_, settings_.catalogues, settings_.trust.web),
      recordings_(executor_, live_parts(), settings_.live, settings_.recording),
      recordings_place_(sources_, recordings_),
      timetable_(ledger_, clock_, workers_, zone_),
      custody_({.ledger = ledger_,
                .store = store_,
                .workers = workers_,
                .clock = clock_,
                .locks = locks_,
                .needed_by = [this](std::int64_t courseware) { return timetable_.needs(courseware); },
                .zone = zone_}),
      sessions_(ledger_, clock_, zone_, rule_of(settings_.people)),
      deck_(executor_, clock_, settings_.player, deck_options(folder_, settings_.player)),
      playout_(executor_, playout_parts()),
      web_(executor_, rooms(), settings_.web),
      tasks_(executor_,
             [this](const std::string& name, const std::string& why) { parts_.failed(name, why); }),
      parts_(std::move(on_failure)) {
  floor_.set(found_floor_);
  ledger_.listen([this](const logs::Record& record) { take_clock(record); });
  const auto reader = open_read_only(database_);
  timetable_.load(*reader);
  add_parts();
}

web::Rooms Station::rooms() {
  return {.clock = clock_,
          .workers = workers_,
          .files = files_,
          .station = settings_.station,
          .zone = zone_,
          .data_folder = folder_.path(),
          .database = database_,
          .ledger = ledger_,
          .store = store_,
          .sources = sources_,
          .intake = intake_,
          .import_trust = receiver::policy_of(settings_.trust.folder),
          .folder = inbox_,
          .volumes = volumes_,
          .channels = channels_,
          .web_fill = web_fill_,
          .catalogues = catalogues_,
          .recordings = recordings_,
          .custody = custody_,
          .timetable = timetable_,
          .sessions = sessions_,
          .on_air = [this] { return playout_.status(); },
          .timeline = [this](int days) { return playout_.timeline(days); },
          .left_out = [this] { return out_of_order(); },
          .is_helper = [this](int pid) { return pid == deck_.pid(); },
          .confirm_clock = [this](std::string actor) { return confirm_clock(std::move(actor)); },
          .set_clock_floor = [this](WallTime floor,
                                    std::string actor) { return set_clock_floor(floor, std::move(actor)); },
          .disk = [this] { return heartbeat_.trouble(); }};
}

// What does not work, and a lock that the kernel does not have.
std::vector<web::LeftOut> Station::out_of_order() const {
  auto all = parts_.left_out();
  if (sandbox::landlock_version() == 0) all.push_back({"landlock", std::generic_category().message(ENOSYS)});
  return all;
}

// The one door, for all that bring files.
Station::Take Station::take() {
  return [this](receiver::Arrival arrival) { return intake_.take(std::move(arrival)); };
}

receiver::MulticastSource::Parts Station::channel_parts() {
  return {.take = take(),
          .files = files_,
          .workers = workers_,
          .clock = clock_,
          .store = store_,
          .writer = writer_,
          .database = database_,
          .trust = trust_,
          .tell = [this](const receiver::ChannelEvent& event) { web_.tell(event); },
          .ended = [this](const multicast::ObjectKey& key, bool good) { return web_fill_.ended(key, good); }};
}

scheduler::Playout::Parts Station::playout_parts() {
  return {.timetable = timetable_,
          .sessions = sessions_,
          .ledger = ledger_,
          .decks = {{"A", deck_}},
          .clock = clock_,
          .zone = zone_,
          .find_file = [this](std::int64_t no) { return find_file(workers_, database_, store_, no); },
          .files = files_,
          .workers = workers_,
          .emergency_log = folder_.path() / "emergency.log",
          .player = settings_.player,
          .scheduler = settings_.scheduler,
          .open_before = settings_.people.open_before};
}

catalogue::Parts Station::catalogue_parts() {
  return {.fetch =
              [this](catalogue::Request request, catalogue::Access access, catalogue::Sink& sink) {
                return http_.fetch(std::move(request), std::move(access), sink);
              },
          .take = take(),
          .record_failure = record_failure(),
          .ledger = ledger_,
          .store = store_,
          .files = files_,
          .workers = workers_,
          .clock = clock_,
          .trust = trust_,
          .zone = zone_,
          .database = database_,
          .data = folder_.path(),
          .largest_file = settings_.receiver.largest_file_mb * kMiB,
          .chance = [this] { return std::uniform_real_distribution<double>(0, 1)(dice_); }};
}

Station::RecordFailure Station::record_failure() {
  return [this](receiver::Arrival arrival, Refusal why, std::uint64_t bytes) {
    return intake_.record_failure(std::move(arrival), std::move(why), bytes);
  };
}

// What a channel's files lack, by the same client, hours and limits as the catalogue of that server has.
receiver::WebAccess Station::web_access() {
  auto fetch = [this](catalogue::Request request, catalogue::Access access, catalogue::Sink& sink) {
    return http_.fetch(std::move(request), std::move(access), sink);
  };
  return {
      .workers = workers_,
      .trust = trust_,
      .fetch =
          [this, fetch](receiver::WebRange range) {
            const auto* server = catalogues_.of_server(range.url);
            auto access = server ? catalogue::access_of(*server) : catalogue::Access{};
            access.private_too = true;
            // By a manifest that a trusted key signed, or a person's word; not by a list of the web's.
            if (!catalogues_.lists(range.url)) access.named.push_back(catalogue::host_of(range.url));
            return catalogue::fetch_range(fetch, {range.url, range.first, range.last, range.length}, access);
          },
      .open_now =
          [this](const std::string& url) {
            const auto* server = catalogues_.of_server(url);
            const auto hours = server ? DayWindow::parse(server->window) : std::nullopt;
            return !hours || hours->contains(zone_.to_local(clock_.now()));
          },
      .known = [this](const std::string& sha256) { return catalogues_.addresses_of(sha256); }};
}

live::Parts Station::live_parts() {
  return {.take = take(),
          .record_failure = record_failure(),
          .launch = live::launch_record_program(clock_, {settings_.web.port}),
          .ledger = ledger_,
          .store = store_,
          .files = files_,
          .workers = workers_,
          .clock = clock_,
          .zone = zone_,
          .database = database_,
          .folder = folder_.path() / "live",
          .largest_file = settings_.receiver.largest_file_mb * kMiB};
}

// What the volume's files came to is in the reception book; here is what is not.
awaitable<void> Station::take_volume(fs::path path, std::string means) {
  const auto report = co_await volumes_.import(path, std::move(means), "auto");
  if (!report)
    spdlog::warn("receiver: volume {}: {}", path.string(), report.error().code);
  else
    spdlog::info("receiver: volume {}: {} receptions{}{}", path.string(), report->receptions.size(),
                 report->complete ? "" : ", more than the settings allow to take",
                 report->gone ? ", pulled out" : "");
}

// In the order of opening; closing goes backwards: first nobody may ask any more, then what is on air ends.
void Station::add_parts() {
  using enum Parts::Need;
  const auto loop = [this](const char* name, awaitable<void> task) { tasks_.start(name, std::move(task)); };
  const auto again = [this](const char* name, std::function<awaitable<void>()> make) {
    tasks_.start(name, keep_going(name, std::move(make)));
  };
  parts_.add({"journal", vital, [this] { return begin_boot(); }, [this] { return end_boot(); }});
  parts_.add({"library", optional, [this] { return sweep(); }});
  parts_.add({"last_programme", vital, [this] { return playout_.recover(); }});
  parts_.add({"deck", vital, at_once([this] { deck_.start(); }), [this] { return deck_.shutdown(); }});
  parts_.add({"tasks", vital, at_once([] {}), [this] { return tasks_.cancel(); }});
  const auto receive = [=, this] {
    again("inbox", [this] { return inbox_.run(); });
    again("library", [this] { return intake_.count_days(); });
  };
  parts_.add({"inbox", optional, at_once(receive)});
  if (settings_.volumes.watch)
    parts_.add({"volumes", optional,
                at_once([=, this] { again("volumes", [this] { return volume_watch_.run(); }); })});
  parts_.add({"catalogues", optional,
              at_once([=, this] { again("catalogues", [this] { return catalogues_.run(); }); })});
  parts_.add({"added_catalogues", optional, at_once([this] { catalogues_.load(); })});
  const auto listen = [=, this] {
    channels_.start();
    for (unsigned i = 0; i < settings_.receiver.at_once; ++i)
      again("channels", [this] { return channels_.run(); });
    again("channels", [this] { return web_fill_.run(); });
  };
  parts_.add({"channels", optional, at_once(listen), [this] { return channels_.stop(); }, false});
  const auto record = [=, this] {
    recordings_.load(*open_read_only(database_));
    again("recordings", [this] { return recordings_.run(); });
  };
  parts_.add({"recordings", optional, at_once(record)});
  const auto play = [=, this] {
    loop("playout", playout_.run());
    loop("playout", playout_.run_record());
  };
  parts_.add({"playout", vital, at_once(play), [this] { return playout_.stop(); }});
  parts_.add({"watchdog", vital, at_once([=, this] { loop("watchdog", heartbeat_.run()); })});
  parts_.add({"web", optional, at_once([this] { web_.listen(folder_.socket()); }),
              [this] { return web_.stop(kWebGrace); }});
  if (settings_.web.port != 0)
    parts_.add({"page", optional, at_once([this] { web_.listen_tcp(settings_.web.port); }),
                [this] { return web_.stop(kWebGrace); }});
}

// One that fails logs, waits and begins again; the others never notice. Ends by cancellation alone.
awaitable<void> Station::keep_going(std::string name, std::function<awaitable<void>()> make) {
  for (std::int64_t failures = 1;; ++failures) {
    const auto why = co_await failure_of(make());
    if (!why) co_return;
    parts_.failed(name, *why);
    co_await clock_.pause(kBeforeAgain.after(failures));
    parts_.works(name);
  }
}

awaitable<void> Station::sweep() {
  co_await custody_.sweep();
  co_await intake_.tell_counted();
}

awaitable<void> Station::start() {
  co_await parts_.open();
  auto state = "ready" + (web_.port() == 0 ? "" : ", http://127.0.0.1:" + std::to_string(web_.port()) + "/");
  for (const auto& one : parts_.left_out()) state += "; without " + one.part + ": " + one.why;
  spdlog::info("{}: {}", folder_.path().string(), state);
  tell_ready(state);
  tasks_.start("mend", parts_.mend(clock_));
}

awaitable<void> Station::stop(std::string reason) {
  stop_reason_ = std::move(reason);
  co_await parts_.close();
}

}  // namespace edu::app
