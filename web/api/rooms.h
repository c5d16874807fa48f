// What the routes need of the other rooms; the composition root (app/) fills it. Everything referred to
// outlives the web room and is used on the loop, but for `database`, which is opened read-only on workers.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/workers.h"
#include "calendar/zone.h"
#include "config/settings.h"
#include "library/object_store.h"
#include "logs/journal/ledger.h"
#include "logs/study/sessions.h"
#include "receiver/catalogue/catalogues.h"
#include "receiver/channels/multicast_source.h"
#include "receiver/channels/web_fill.h"
#include "receiver/folder/folder_source.h"
#include "receiver/intake/custody.h"
#include "receiver/intake/intake.h"
#include "receiver/intake/sources.h"
#include "receiver/live/recordings.h"
#include "receiver/volumes/volume_import.h"
#include "scheduler/airing/playout.h"
#include "scheduler/timetable/timetable.h"
#include "web/api/left_out.h"

namespace edu::web {

struct Rooms {
  // of the station as a whole
  Clock& clock;
  Workers& workers;
  Files& files;
  config::Station station;
  Zone zone;
  fs::path data_folder;
  fs::path database;  // the file

  // in the order of the data's way
  logs::Ledger& ledger;
  library::ObjectStore& store;
  receiver::Sources& sources;
  receiver::Intake& intake;
  receiver::Policy import_trust = receiver::Policy::off;  // what a person imports must show
  receiver::FolderSource& folder;
  receiver::VolumeImport& volumes;
  receiver::MulticastSource& channels;
  receiver::WebFill& web_fill;
  catalogue::Catalogues& catalogues;
  live::Recordings& recordings;
  receiver::Custody& custody;
  scheduler::Timetable& timetable;
  logs::Sessions& sessions;
  std::function<scheduler::OnAir()> on_air;                                         // Playout::status
  std::function<awaitable<std::vector<scheduler::Occurrence>>(int days)> timeline;  // Playout::timeline
  std::function<std::vector<LeftOut>()> left_out;                                   // what does not work
  std::function<bool(int pid)> is_helper;  // a process of ours that gets no answer on the socket
  // A person's word for the clock, as a record. Refusal clock.impossible.
  std::function<awaitable<Result<void>>(std::string actor)> confirm_clock;
  std::function<awaitable<void>(WallTime floor, std::string actor)> set_clock_floor;
  std::function<std::optional<Refusal>()> disk;  // why it takes no writes: storage.…; nullopt: it does
};

}  // namespace edu::web
