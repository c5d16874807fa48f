// Asks a process of its own what a file holds: the only way in which the daemon looks into media that it does
// not trust. Thread: the loop's; nothing here blocks.
#pragma once

#include <filesystem>
#include <string>

#include "base/asio.h"
#include "base/child_process.h"
#include "base/clock.h"
#include "base/result.h"
#include "config/settings.h"
#include "player/probe/media_info.h"

namespace edu::player {

class Probe {
 public:
  // `clock` outlives it.
  Probe(Clock& clock, config::Probe settings,
        std::filesystem::path program = helper_program("edustation-probe"));

  // Starts one probe process on the caller's executor and takes its one line of answer. Any number may run at
  // the same time; each costs up to settings.memory_mb. Whatever the file or the process does comes back as a
  // value:
  //   player.not_media, .empty, .truncated {declared, readable}, .cut_off {readable}, .unfinished, .damaged,
  //   .no_audio_or_video, .playlist, .no_file, .unreadable    - the probe's own answers (probe_reader.h)
  //   player.probe_crashed {how}    - it died without an answer (a decoder's fault, its processor time used
  //   up) player.probe_timeout {seconds} - it did not answer within twice the time limit, and was killed
  //   player.probe_garbage          - its answer is not of the form, or longer than 1 MiB
  //   player.probe_unavailable      - it cannot be started (kind: unavailable)
  // Only cancellation throws.
  awaitable<Result<MediaInfo>> examine(std::filesystem::path file);

 private:
  Clock& clock_;
  config::Probe settings_;
  std::filesystem::path program_;
};

}  // namespace edu::player
