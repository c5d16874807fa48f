// One untrusted file, opened by libav through a descriptor that was opened before the sandbox closed: libav
// can read these bytes and nothing else, whatever the file asks for.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/libav/libav.h"
#include "base/result.h"
#include "player/probe/probe_bytes.h"

namespace edu::player {

// How long reading may go on: the processor's time and the wall's. Past it reading ends as at the end of the
// file, so that there is an answer before the kernel's limit or the daemon's patience ends the process.
class Budget {
 public:
  explicit Budget(std::uint64_t seconds);
  bool spent(double share = 1) const;  // that share of it

 private:
  double processor_, wall_, start_;
};

class Input {
 public:
  // Recognises the container (real media containers only: no playlists, no subtitles, no still pictures), and
  // reads its head and its streams. Refusals: empty, playlist, not_media, encrypted, unfinished, damaged.
  // `fd` and `budget` outlive the object.
  static Result<Input> open(int fd, const Budget& budget);

  Result<Input> open_again() const { return open(source_->fd, *source_->budget); }

  AVFormatContext& format() const { return *format_; }
  const std::string& container() const { return container_; }
  std::int64_t size() const { return source_->size; }
  const Budget& budget() const { return *source_->budget; }
  int error() const { return source_->error; }  // errno of the first read that failed; 0: none did
  // May the clock of this container begin again, so that parts add up?
  bool restarts() const { return (format_->iformat->flags & (AVFMT_TS_DISCONT | AVFMT_NOTIMESTAMPS)) != 0; }

 private:
  struct Source {
    int fd;
    std::int64_t size, position;
    const Budget* budget;
    int error;
  };
  Input() = default;
  static int read(void* opaque, std::uint8_t* buffer, int size);
  static std::int64_t seek(void* opaque, std::int64_t offset, int whence);

  std::unique_ptr<Source> source_;
  libav::Handle<AVIOContext> io_;
  libav::Handle<AVFormatContext> format_;  // goes first: it uses the two above
  std::string container_;
};

}  // namespace edu::player
