// libmpv for the deck: one handle for the life of the process, hardened, its events as plain values. The only
// wrapper that includes <mpv/…>. Thread: the loop's; mpv's own threads only post to it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/asio.h"
#include "player/deck/media_player.h"

struct mpv_handle;
struct mpv_event;
struct mpv_event_property;

namespace edu::player {

// What it is to use. `auto`: a window where a display is reachable, DRM where there is only a card, else
// nothing.
struct Output {
  std::string video = "auto";  // auto, x11, wayland, drm or none
  std::string audio = "auto";  // auto or none
  bool fullscreen = true;
  int volume = 100;
};

class Mpv final : public MediaPlayer {
 public:
  // Throws std::runtime_error when mpv cannot be started.
  Mpv(asio::any_io_executor executor, const Output& output);
  ~Mpv() override;
  Mpv(const Mpv&) = delete;
  Mpv& operator=(const Mpv&) = delete;

  void on_event(std::function<void(const PlayerEvent&)> listener) { listener_ = std::move(listener); }

  std::int64_t load(const std::filesystem::path& path, bool append) override;
  void unload() override;
  void pause(bool paused) override;
  void next() override;
  void ask_position() override;
  void ask(std::int64_t number);

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
