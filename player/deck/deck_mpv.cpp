#include "player/deck/deck_mpv.h"

#include <array>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <mpv/client.h>

namespace edu::player {
namespace {

enum Observed : std::uint64_t {
  kTimePos = 1,
  kCoreIdle,
  kSeeking,
  kSpeed,
  kVideo,
  kAudio,
  kPosition,
  kAsk = 1'000
};

// No file beside ours or in a home folder changes what is played, nothing is fetched, nobody's key stops a
// programme.
constexpr std::array<std::pair<const char*, const char*>, 39> kHardened{{
    {"config", "no"},
    {"load-scripts", "no"},
    {"load-stats-overlay", "no"},
    {"load-osd-console", "no"},
    {"load-auto-profiles", "no"},
    {"ytdl", "no"},
    {"access-references", "no"},
    {"load-unsafe-playlists", "no"},
    {"ordered-chapters", "no"},
    {"autoload-files", "no"},
    {"sub-auto", "no"},
    {"sid", "no"},            // what draws subtitles reads fonts and styles out of the file
    {"embeddedfonts", "no"},  // neither is a font of the file's
    {"audio-file-auto", "no"},
    {"cover-art-auto", "no"},
    {"resume-playback", "no"},
    {"save-position-on-quit", "no"},
    {"osc", "no"},
    {"osd-level", "0"},
    {"terminal", "no"},
    {"input-default-bindings", "no"},
    {"input-builtin-bindings", "no"},
    {"input-vo-keyboard", "no"},
    {"input-cursor", "no"},
    {"input-media-keys", "no"},
    {"cursor-autohide", "always"},
    {"idle", "yes"},
    {"keep-open", "no"},
    {"pause", "yes"},
    {"loop-file", "no"},
    {"image-display-duration", "5"},
    {"audio-fallback-to-null", "yes"},
    {"gapless-audio", "no"},  // else an item ends when its last sound is queued, not when it was heard
    {"stop-screensaver", "yes"},
    // Of frames that say so both fields make one picture; others pass as they are.
    {"vf", "lavfi=[bwdif=mode=send_frame:parity=auto:deint=interlaced]"},
    {"title", "EduStation"},
    // libav's readers alone, and of them those that read media: not mpv's own for playlists, EDL, cue sheets,
    // archives.
    {"demuxer", "lavf"},
    {"demuxer-lavf-propagate-opts", "yes"},
    {"demuxer-lavf-o",
     "protocol_whitelist=file,format_whitelist=[mov,mpeg,mpegts,asf,matroska,avi,flv,mp3,aac,wav,ogg,flac,rm,"
     "ac3,amr,"
     "aiff,w64,dv,mxf,eac3,caf,au,h264,hevc,m4v,mpegvideo]"},
}};

bool exists(const char* path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value && *value;
}

// mpv's list of video outputs to try, the best first. Nothing shown is the last resort, so that sound and
// record go on.
std::string video_list(const std::string& wanted) {
  const bool card = exists("/dev/dri");
  std::string choice = wanted;
  if (choice == "auto")
    choice = is_set("WAYLAND_DISPLAY") ? "wayland" : is_set("DISPLAY") ? "x11" : card ? "drm" : "none";
  if (choice == "wayland") return card ? "gpu,wlshm,null" : "wlshm,null";
  if (choice == "x11") return card ? "gpu,x11,null" : "x11,null";
  if (choice == "drm") return "gpu,drm,null";
  return "null";
}

std::string gpu_context(const std::string& wanted) {
  if (wanted == "x11") return "x11egl";
  if (wanted == "wayland") return "wayland";
  if (wanted == "drm") return "drm";
  return "auto";
}

void set_option(mpv_handle* handle, const char* name, const std::string& value) {
  if (const int error = ::mpv_set_option_string(handle, name, value.c_str()); error < 0)
    throw std::runtime_error(std::string("mpv: option ") + name + ": " + ::mpv_error_string(error));
}

void set_options(mpv_handle* handle, const Output& output) {
  for (const auto& [name, value] : kHardened) set_option(handle, name, value);
  set_option(handle, "vo", video_list(output.video));
  set_option(handle, "gpu-context", gpu_context(output.video));
  set_option(handle, "force-window", "yes");
  set_option(handle, "fullscreen", output.fullscreen ? "yes" : "no");
  set_option(handle, "volume", std::to_string(output.volume));
  if (output.audio == "none") set_option(handle, "ao", "null");
}

std::string text_property(mpv_handle* handle, const char* name) {
  char* value = ::mpv_get_property_string(handle, name);
  std::string text = value ? value : "";
  ::mpv_free(value);
  return text;
}

// The driver of the first real sound device ("alsa/default" → "alsa"), empty without one.
std::string sound_driver(mpv_handle* handle) {
  mpv_node list;
  std::string driver;
  if (::mpv_get_property(handle, "audio-device-list", MPV_FORMAT_NODE, &list) < 0) return driver;
  for (int i = 0; list.format == MPV_FORMAT_NODE_ARRAY && i < list.u.list->num && driver.empty(); ++i) {
    const auto& device = list.u.list->values[i];
    for (int k = 0; device.format == MPV_FORMAT_NODE_MAP && k < device.u.list->num; ++k) {
      if (std::string_view(device.u.list->keys[k]) != "name") continue;
      const std::string_view name = device.u.list->values[k].u.string;
      if (const auto slash = name.find('/'); slash != name.npos) driver = name.substr(0, slash);
    }
  }
  ::mpv_free_node_contents(&list);
  return driver;
}

FileEnded end_of(const mpv_event_end_file& end) {
  switch (end.reason) {
    case MPV_END_FILE_REASON_EOF:
      return {end.playlist_entry_id, FileEnded::Reason::eof, ""};
    case MPV_END_FILE_REASON_ERROR:
      return {end.playlist_entry_id, FileEnded::Reason::error, ::mpv_error_string(end.error)};
    case MPV_END_FILE_REASON_REDIRECT:
      return {end.playlist_entry_id, FileEnded::Reason::redirect, "names other files"};
    default:
      return {end.playlist_entry_id, FileEnded::Reason::stopped, ""};
  }
}

bool is_of_media(std::string_view prefix) {
  constexpr std::array<std::string_view, 6> sources{"ffmpeg", "lavf", "vd", "ad", "demux", "mkv"};
  for (const auto source : sources)
    if (prefix.starts_with(source)) return true;
  return false;
}

}  // namespace

// mpv calls from any of its threads, and wants nothing done there. One post is enough until it is drained.
struct Mpv::Wakeup {
  asio::any_io_executor executor;
  std::function<void()> drain;
  std::atomic<bool> posted = false;

  static void ring(void* self) {
    auto& wakeup = *static_cast<Wakeup*>(self);
    if (!wakeup.posted.exchange(true)) asio::post(wakeup.executor, wakeup.drain);
  }
};

void Mpv::Destroy::operator()(mpv_handle* handle) const noexcept { ::mpv_terminate_destroy(handle); }

Mpv::Mpv(asio::any_io_executor executor, const Output& output)
    : wakeup_(std::make_unique<Wakeup>()), handle_(::mpv_create()) {
  if (!handle_) throw std::runtime_error("mpv: no handle (is LC_NUMERIC \"C\"?)");
  auto* handle = handle_.get();
  set_options(handle, output);
  ::mpv_request_log_messages(handle, "error");
  if (const int error = ::mpv_initialize(handle); error < 0)
    throw std::runtime_error(std::string("mpv: ") + ::mpv_error_string(error));
  audio_choice_ = output.audio == "none" ? "null" : sound_driver(handle);
  if (audio_choice_.empty()) {
    audio_choice_ = "null";
    ::mpv_set_property_string(handle, "ao", "null");
  }
  ::mpv_observe_property(handle, kTimePos, "time-pos", MPV_FORMAT_DOUBLE);
  ::mpv_observe_property(handle, kCoreIdle, "core-idle", MPV_FORMAT_FLAG);
  ::mpv_observe_property(handle, kSeeking, "seeking", MPV_FORMAT_FLAG);
  ::mpv_observe_property(handle, kSpeed, "speed", MPV_FORMAT_DOUBLE);
  ::mpv_observe_property(handle, kVideo, "current-vo", MPV_FORMAT_STRING);
  ::mpv_observe_property(handle, kAudio, "current-ao", MPV_FORMAT_STRING);
  video_ = text_property(handle, "current-vo");

  wakeup_->executor = executor;
  wakeup_->drain = [this, alive = std::weak_ptr<bool>(alive_)] {
    if (!alive.expired()) drain();
  };
  ::mpv_set_wakeup_callback(handle, &Wakeup::ring, wakeup_.get());
}

Mpv::~Mpv() { ::mpv_set_wakeup_callback(handle_.get(), nullptr, nullptr); }

std::int64_t Mpv::load(const std::filesystem::path& path, bool append) {
  const std::array<const char*, 4> command{"loadfile", path.c_str(), append ? "append" : "replace", nullptr};
  mpv_node result{};
  if (::mpv_command_ret(handle_.get(), const_cast<const char**>(command.data()), &result) < 0) return -1;
  std::int64_t entry = -1;
  if (result.format == MPV_FORMAT_NODE_MAP && result.u.list->num > 0 &&
      result.u.list->values[0].format == MPV_FORMAT_INT64)
    entry = result.u.list->values[0].u.int64;
  ::mpv_free_node_contents(&result);
  return entry;
}

void Mpv::unload() {
  std::array<const char*, 2> command{"stop", nullptr};
  ::mpv_command(handle_.get(), command.data());
}

void Mpv::pause(bool paused) {
  int flag = paused ? 1 : 0;
  ::mpv_set_property(handle_.get(), "pause", MPV_FORMAT_FLAG, &flag);
}

void Mpv::next() {
  std::array<const char*, 3> command{"playlist-next", "force", nullptr};
  ::mpv_command(handle_.get(), command.data());
}

void Mpv::ask(std::int64_t number) {
  ::mpv_get_property_async(handle_.get(), kAsk + static_cast<std::uint64_t>(number), "idle-active",
                           MPV_FORMAT_FLAG);
}

void Mpv::ask_position() {
  ::mpv_get_property_async(handle_.get(), kPosition, "time-pos", MPV_FORMAT_DOUBLE);
}

std::string Mpv::video_output() const { return video_.empty() ? "null" : video_; }
std::string Mpv::audio_output() const { return audio_.empty() ? audio_choice_ : audio_; }
std::string Mpv::version() const { return text_property(handle_.get(), "mpv-version"); }

void Mpv::drain() {
  wakeup_->posted = false;
  const std::weak_ptr<bool> alive = alive_;
  while (!alive.expired()) {
    const auto* event = ::mpv_wait_event(handle_.get(), 0);
    if (event->event_id == MPV_EVENT_NONE) return;
    take(*event);
  }
}

void Mpv::take(const mpv_event& event) {
  switch (event.event_id) {
    case MPV_EVENT_START_FILE:
      return listener_(FileStarted{static_cast<mpv_event_start_file*>(event.data)->playlist_entry_id});
    case MPV_EVENT_PLAYBACK_RESTART:
      return listener_(FileReady{});
    case MPV_EVENT_SEEK:
      return listener_(Sought{});
    case MPV_EVENT_END_FILE:
      return listener_(end_of(*static_cast<mpv_event_end_file*>(event.data)));
    case MPV_EVENT_PROPERTY_CHANGE:
      return take(*static_cast<mpv_event_property*>(event.data));
    case MPV_EVENT_LOG_MESSAGE:
      if (is_of_media(static_cast<mpv_event_log_message*>(event.data)->prefix)) listener_(PlayerFault{});
      return;
    case MPV_EVENT_GET_PROPERTY_REPLY:
      if (event.reply_userdata == kPosition)
        return event.error < 0 ? void() : take(*static_cast<mpv_event_property*>(event.data));
      return listener_(Core{static_cast<std::int64_t>(event.reply_userdata - kAsk)});
    case MPV_EVENT_SHUTDOWN:
      return listener_(Gone{});
    default:
      return;
  }
}

void Mpv::take(const mpv_event_property& property) {
  const std::string_view name = property.name;
  const bool present = property.format != MPV_FORMAT_NONE;
  const auto flag = [&] { return present && *static_cast<int*>(property.data) != 0; };
  if (name == "time-pos" && present)
    listener_(Position{milliseconds(std::llround(*static_cast<double*>(property.data) * 1000))});
  if (name == "core-idle") idle_ = !present || flag();
  if (name == "seeking") seeking_ = flag();
  if (name == "speed" && present) speed_ = *static_cast<double*>(property.data);
  if (name == "current-vo") video_ = present ? *static_cast<char**>(property.data) : "";
  if (name == "current-ao") audio_ = present ? *static_cast<char**>(property.data) : "";
  update_moving();
}

void Mpv::update_moving() {
  const bool moving = !idle_ && !seeking_ && std::abs(speed_ - 1) < 1e-6;
  if (moving != std::exchange(moving_, moving)) listener_(Moving{moving});
}

}  // namespace edu::player
