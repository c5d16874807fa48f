// The seam between a deck's orders and what plays them: files go in, and what becomes of them is told as
// events. Mpv (deck_mpv.h) is the real one; tests put one in its place that plays what they say. Thread: the
// loop's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

#include "base/time.h"

namespace edu::player {

struct FileStarted {
  std::int64_t entry;  // what load() gave
};
struct FileReady {};  // opened, at its first frame, playing or paused
struct FileEnded {
  enum class Reason { eof, stopped, error, redirect };
  std::int64_t entry;
  Reason reason;
  std::string what;  // for error
};
struct Position {
  milliseconds media;
};
struct Moving {  // neither paused, nor seeking, nor waiting, and at normal speed
  bool moving;
};
struct Sought {};       // somebody goes to another place of the file; a jump of its time stamps is none
struct PlayerFault {};  // a message of level error or worse from libav, a decoder or a demuxer
struct Core {           // the core answered ask()
  std::int64_t number;
};
struct Gone {};  // mpv ends by itself
using PlayerEvent =
    std::variant<FileStarted, FileReady, FileEnded, Position, Moving, Sought, PlayerFault, Core, Gone>;

// None of the calls throws.
class MediaPlayer {
 public:
  virtual ~MediaPlayer() = default;
  // The entry's id, or -1. `path` is canonical (realpath) and of a regular file. The first of an order
  // replaces the list, and is opened at once; the others wait their turn.
  virtual std::int64_t load(const std::filesystem::path& path, bool append) = 0;
  virtual void unload() = 0;            // stops, empties the list, back to a black window
  virtual void pause(bool paused) = 0;  // done when it returns
  virtual void next() = 0;          // ends the file that is open, FileEnded{stopped}; the next one follows
  virtual void ask_position() = 0;  // each picture's is told anyway, but not of sound that is only draining
};

}  // namespace edu::player
