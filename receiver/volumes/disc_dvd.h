// A DVD-Video through libdvdread: for edustation-disc alone, which is the only program that links it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "receiver/volumes/disc_plan.h"

struct dvd_reader_s;

namespace edu::receiver {

class Dvd {
 public:
  // An image, a device, or a folder that holds VIDEO_TS or is it. Call it within the sandbox: libdvdread
  // looks for libdvdcss, which the sandbox keeps it from loading, and so nothing is ever decrypted. Refusal
  // receiver.disc_no_video.
  static Result<Dvd> open(const std::string& path);

  std::string name() const;  // of the volume, as bytes; empty: it has none

  // Reads the tables. Refusals: receiver.disc_no_video, receiver.disc_damaged {where}.
  Result<std::vector<RawTitle>> titles() const;

  // Gives the title's sectors in order, some at a time, to `take`, which answers false to end it. Refusals:
  // receiver.disc_encrypted; disc_unreadable {where}, a sector; disc_damaged {where}, a sector that is none
  // of a video. With `sparse` a few sectors of each cell, to learn whether it is encrypted.
  using TakeSectors = std::function<bool(std::span<const std::uint8_t>)>;
  Result<std::uint64_t> read(const PlannedTitle& title, bool sparse, const TakeSectors& take) const;

 private:
  struct Close {
    void operator()(dvd_reader_s* dvd) const noexcept;
  };
  explicit Dvd(dvd_reader_s* dvd) : dvd_(dvd) {}

  std::unique_ptr<dvd_reader_s, Close> dvd_;
};

}  // namespace edu::receiver
