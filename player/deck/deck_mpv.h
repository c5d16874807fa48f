// libmpv for the deck: one handle for the life of the process, hardened, its events as plain values. The only
// wrapper that includes <mpv/…>. Thread: the loop's; mpv's own threads only post to it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "base/asio.h"
#include "base/time.h"

struct mpv_handle;
struct mpv_event;
struct mpv_event_property;

namespace edu::player {

// What it shall use. `auto`: a window where a display is reachable, DRM where there is only a card, else
// nothing.
struct Output {
  std::string video = "auto";  // auto, x11, wayland, drm or none
  std::string audio = "auto";  // auto or none
  bool fullscreen = true;
  int volume = 100;
};

struct FileStarted {
  std::int64_t entry;  // mpv's playlist_entry_id
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
struct PlayerFault {};  // a message of level error or worse from libav, a decoder or a demuxer
struct Core {           // the core answered ask()
  std::int64_t number;
};
struct Gone {};  // mpv ends by itself
using PlayerEvent =
    std::variant<FileStarted, FileReady, FileEnded, Position, Moving, PlayerFault, Core, Gone>;

class Mpv {
 public:
  // Throws std::runtime_error when mpv cannot be started.
  Mpv(asio::any_io_executor executor, const Output& output);
  ~Mpv();
  Mpv(const Mpv&) = delete;
  Mpv& operator=(const Mpv&) = delete;

  void on_event(std::function<void(const PlayerEvent&)> listener) { listener_ = std::move(listener); }

  // The entry's id, or -1. `path` is canonical (realpath) and of a regular file. The first of an order
  // replaces the list, and is opened at once; the others wait their turn.
  std::int64_t load(const std::filesystem::path& path, bool append);
  void unload();            // stops, empties the list, back to a black window
  void pause(bool paused);  // done when it returns
  void ask(std::int64_t number);
  void ask_position();  // mpv tells of each picture's by itself, but not of sound that is only draining

  bool video_chosen() const { return !video_.empty(); }
  std::string video_output() const;  // what is used now; "null" where nothing is shown
  std::string audio_output() const;
  std::string version() const;

 private:
  struct Destroy {
    void operator()(mpv_handle* handle) const noexcept;
  };
  struct Wakeup;
  void drain();
  void take(const mpv_event& event);
  void take(const mpv_event_property& property);
  void update_moving();

  std::unique_ptr<Wakeup> wakeup_;  // outlives the handle, whose threads use it
  std::unique_ptr<mpv_handle, Destroy> handle_;
  std::function<void(const PlayerEvent&)> listener_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  bool idle_ = true, seeking_ = false, moving_ = false;
  double speed_ = 1;
  std::string video_, audio_, audio_choice_;
};

}  // namespace edu::player
