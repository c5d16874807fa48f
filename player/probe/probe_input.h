// One untrusted file, opened by libav through a descriptor that was opened before the sandbox closed: libav
// can read these bytes and nothing else, whatever the file asks for.
#pragma once

#include <cstdint>
#include <string>

#include "base/libav/libav.h"
#include "base/result.h"
#include "player/probe/probe_signatures.h"

namespace edu::player {

// How long reading may go on: the processor's time and the wall's. Past it reading ends as at the end of the
// file, so that there is an answer before the kernel's limit or the daemon's patience ends the process.
class Budget {
 public:
  explicit Budget(std::uint64_t seconds);
  bool spent() const;

 private:
  double processor_, wall_end_;
};

class Input {
 public:
  // Recognises the container (real media containers only: no playlists, no subtitles, no still pictures), and
  // reads its head and its streams. Refusals: empty, playlist, not_media, unfinished, damaged. `fd` and
  // `budget` outlive the object.
  static Result<Input> open(int fd, const Budget& budget);

  AVFormatContext& format() const { return *format_; }
  const std::string& container() const { return container_; }
  std::int64_t size() const { return source_->size; }
  const Budget& budget() const { return *source_->budget; }

 private:
  struct Source {
    int fd;
    std::int64_t size, position;
    const Budget* budget;
  };
  Input() = default;
  static int read(void* opaque, std::uint8_t* buffer, int size);
  static std::int64_t seek(void* opaque, std::int64_t offset, int whence);

  std::unique_ptr<Source> source_;
  libav::Handle<AVIOContext> io_;
  libav::Handle<AVFormatContext> format_;  // goes first: it uses the two above
  std::string container_;
};

// Up to `most` bytes from `offset` on.
std::string read_at(int fd, std::int64_t offset, std::size_t most);
inline Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace edu::player
