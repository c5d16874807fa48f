// Everything that one volume, folder or disc holds, taken in: a DVD-Video title by title, files one by one,
// each ending as one reception. The volume itself is never changed. On the loop.
//
// A title is written out to `spool` by edustation-disc and goes from there; a volume that is pulled out
// leaves one refused reception, and what would have come after it is not tried.
#pragma once

#include <list>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/messages.h"
#include "base/workers.h"
#include "config/settings.h"
#include "library/object_store.h"
#include "receiver/intake/intake.h"
#include "receiver/volumes/disc.h"
#include "receiver/volumes/volume_scan.h"

namespace edu::receiver {

struct VolumeReport {
  std::vector<Reception> receptions;
  std::int64_t brief = 0, repeated = 0, damaged = 0;  // titles that were skipped (DiscContents)
  Passed passed;                                      // files that are no courseware, by reason
  bool complete = true;                               // false: it holds more than the settings allow to take
  bool gone = false;                                  // it was pulled out
};

class VolumeImport {
 public:
  struct Parts {
    Intake& intake;
    library::ObjectStore& store;
    Files& files;
    Workers& workers;
    DiscReader& discs;
    Examine examine;  // asked of files that nobody calls media, where they lie
  };
  // `spool` is made, and what an earlier start left in it removed. `language`: of the titles' names.
  // `trust`: what manifests must show.
  VolumeImport(Parts parts, config::Volumes settings, fs::path spool, Language language,
               Policy trust = Policy::off);

  // Is this path a folder, a DVD-Video or an image, rather than one file?
  awaitable<bool> holds_several(fs::path path);

  // `means` for files, of logs::ReceptionRecorded; titles of a DVD-Video are "disc". Refusals without a
  // record, because nothing was there to receive: receiver.path_not_absolute, receiver.volume_empty,
  // receiver.volume_unreadable {what}, receiver.busy.
  awaitable<Result<VolumeReport>> import(fs::path path, std::string means, std::string by);

  std::vector<Progress> progress() const { return {underway_.begin(), underway_.end()}; }

 private:
  struct Job;

  awaitable<Result<void>> take_disc(Job& job, fs::path disc);
  awaitable<Result<void>> take_title(Job& job, fs::path disc, std::string name, DiscTitle title);
  awaitable<Result<void>> take(Job& job, Arrival arrival);
  awaitable<Result<void>> take_files(Job& job, const VolumeScan& scan);
  awaitable<bool> is_media(Job& job, fs::path path);
  awaitable<Result<std::uint64_t>> write_out(fs::path disc, DiscTitle title, fs::path file);
  awaitable<void> look_whether_gone(Job& job, fs::path path);

  Parts parts_;
  config::Volumes settings_;
  fs::path spool_;
  Language language_;
  Policy trust_;
  std::list<Progress> underway_;
};

}  // namespace edu::receiver
