// Asks a process of its own what a DVD-Video holds, and has it write a title out: the only way in which the
// daemon looks at a disc that nobody vouches for. Thread: the loop's; nothing here blocks.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/asio.h"
#include "base/child_process.h"
#include "base/clock.h"
#include "base/result.h"
#include "receiver/volumes/disc_contents.h"

namespace edu::receiver {

class DiscReader {
 public:
  explicit DiscReader(Clock& clock, std::filesystem::path program = helper_program("edustation-disc"));

  // `disc`: an image, a device, a folder with VIDEO_TS or that folder. Titles shorter than `shortest` are
  // counted and skipped. Refusals: receiver.disc_encrypted, disc_no_video, disc_damaged {where},
  // disc_crashed {how}, disc_timeout {seconds}, disc_garbage, disc_unavailable. Only cancellation throws.
  awaitable<Result<DiscContents>> list(std::filesystem::path disc, milliseconds shortest);

  // Writes the title as an MPEG program stream into `file`, which must not exist yet; the bytes that it has.
  // `progress` hears of them as they come. What is left in `file` after a refusal is the caller's to remove.
  // Refusals also: disc_unreadable {where}, disc_not_written {what}.
  using Heard = std::function<void(std::uint64_t bytes)>;
  awaitable<Result<std::uint64_t>> write(std::filesystem::path disc, milliseconds shortest, DiscTitle title,
                                         std::filesystem::path file, Heard heard);

 private:
  Clock& clock_;
  std::filesystem::path program_;
};

}  // namespace edu::receiver
