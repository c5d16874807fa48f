// The composition root: makes every room's part in the order of the data's way, and takes them down
// backwards.
//
//   settings come in; a running station leaves. Everything of it but the database's writer, the workers and
//   the helper processes runs on the loop that is given.
#pragma once

#include <functional>
#include <random>
#include <string>

#include "app/data_folder.h"
#include "app/heartbeat.h"
#include "app/parts.h"
#include "app/tasks.h"
#include "base/clock.h"
#include "base/database.h"
#include "base/turns.h"
#include "base/workers.h"
#include "calendar/zone.h"
#include "config/settings.h"
#include "library/object_store.h"
#include "logs/journal/ledger.h"
#include "logs/study/sessions.h"
#include "player/deck/deck_process.h"
#include "player/probe/probe.h"
#include "receiver/catalogue/catalogues.h"
#include "receiver/catalogue/http.h"
#include "receiver/channels/multicast_source.h"
#include "receiver/channels/web_access.h"
#include "receiver/folder/folder_source.h"
#include "receiver/intake/custody.h"
#include "receiver/intake/intake.h"
#include "receiver/intake/sources.h"
#include "receiver/live/recordings.h"
#include "receiver/trust/trust.h"
#include "receiver/volumes/volume_import.h"
#include "receiver/volumes/volume_watch.h"
#include "scheduler/airing/playout.h"
#include "scheduler/timetable/timetable.h"
#include "web/api/web.h"

namespace edu::app {

class Station {
 public:
  // Opens the data folder and its database. Throws what keeps a station from starting, in a sentence for
  // people. `on_failure`: called on the loop when a part has failed for good and the daemon had better end.
  Station(asio::any_io_executor executor, config::Settings settings, std::function<void()> on_failure);

  // Mends what the last end left, starts to receive and to play, opens the doors. What a station can do
  // without is reported and left out when it cannot open; for the rest it throws as the constructor does.
  awaitable<void> start();
  // Closes the doors, ends a programme on air with its record closed, and the deck. Within two seconds.
  awaitable<void> stop(std::string reason);

  const Parts& parts() const { return parts_; }

 private:
  std::unique_ptr<Database> open_station_database();
  std::unique_ptr<Database> open_with_room();
  web::Rooms rooms();
  std::vector<web::LeftOut> out_of_order() const;
  awaitable<void> keep_going(std::string name, std::function<awaitable<void>()> make);
  void add_parts();
  awaitable<void> sweep();
  awaitable<void> begin_boot();
  awaitable<Result<void>> confirm_clock(std::string actor);
  awaitable<void> set_clock_floor(WallTime floor, std::string actor);
  void take_clock(const logs::Record& record);
  awaitable<void> write_boot();
  awaitable<void> write_boot_later();
  awaitable<void> end_boot();
  awaitable<void> take_volume(fs::path path, std::string means);

  using Take = decltype(catalogue::Parts::take);
  using RecordFailure = decltype(catalogue::Parts::record_failure);
  Take take();
  RecordFailure record_failure();
  receiver::MulticastSource::Parts channel_parts();
  catalogue::Parts catalogue_parts();
  scheduler::Playout::Parts playout_parts();
  receiver::WebAccess web_access();
  live::Parts live_parts();

  asio::any_io_executor executor_;
  config::Settings settings_;
  Files files_;
  DataFolder folder_;
  fs::path database_;
  SystemClock clock_;
  Zone zone_;
  Workers workers_;
  logs::Head found_;        // the journal's head before this start
  WallTime found_floor_{};  // and the clock's floor

  Writer writer_;
  logs::Ledger ledger_;
  ClockFloor floor_;
  Heartbeat heartbeat_;

  player::Probe probe_;
  library::ObjectStore store_;
  receiver::Trust trust_;
  KeyedTurns locks_;
  receiver::Intake intake_;
  receiver::Sources sources_;
  receiver::FolderSource inbox_;
  receiver::DiscReader discs_;
  receiver::VolumeImport volumes_;
  receiver::VolumeWatch volume_watch_;
  receiver::Sources::Place inbox_place_;
  receiver::MulticastSource channels_;
  receiver::WebFill web_fill_;
  receiver::Sources::Place channels_place_;
  std::mt19937_64 dice_{std::random_device{}()};  // for waits that are spread by chance
  catalogue::HttpClient http_{{settings_.web.port}};
  catalogue::Catalogues catalogues_;
  live::Recordings recordings_;
  receiver::Sources::Place recordings_place_;
  scheduler::Timetable timetable_;
  receiver::Custody custody_;

  logs::Sessions sessions_;
  player::DeckProcess deck_;
  scheduler::Playout playout_;

  web::Web web_;
  Tasks tasks_;
  Parts parts_;
  std::string stop_reason_;
};

}  // namespace edu::app
