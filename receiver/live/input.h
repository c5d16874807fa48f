// A live channel as libavformat reads it, strictly: for edustation-record alone, on its one thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/libav/libav.h"
#include "base/result.h"

namespace edu::live {

std::int64_t wall_ms();  // UTC
std::int64_t mono_ms();

// When waiting must end: libavformat asks this while it waits, so that every wait has a bound.
class Patience {
 public:
  // `stopped`: somebody wants it to end. `beat` is called at each question: a sign of life.
  Patience(const std::atomic<bool>& stopped, std::int64_t end_mono_ms, std::function<void()> beat)
      : stopped_(stopped), end_(end_mono_ms), beat_(std::move(beat)) {}

  bool over() const { return stopped_ || mono_ms() >= end_; }
  bool stopped() const { return stopped_; }
  void wait_until(std::int64_t mono) { quiet_until_ = mono; }
  bool spent() {
    beat_();
    return over() || mono_ms() > quiet_until_;
  }

 private:
  const std::atomic<bool>& stopped_;
  std::int64_t end_;
  std::int64_t quiet_until_ = 0;
  std::function<void()> beat_;
};

// How long a channel of this address may be silent.
struct Silence {
  std::int64_t gap_after_ms;   // longer is a gap
  std::int64_t lost_after_ms;  // longer, and it is opened again
};
// nullopt: not of a kind that may be recorded.
std::optional<Silence> silence_of(const std::string& url);

// The pictures and sounds of one service.
class Input {
 public:
  // Refusals: live.address (not of a kind that may be recorded), live.no_signal {what}, live.no_service
  // {what}, live.no_streams. `patience` must outlive it.
  static Result<Input> open(const std::string& url, int service, Patience& patience);

  AVFormatContext& format() { return *format_; }
  const std::vector<int>& streams() const { return streams_; }  // that are recorded, in their order
  // The place of a stream among those that are recorded; nullopt: it is none.
  std::optional<std::size_t> place_of(int stream) const;
  bool pictures() const;
  // It has an end of its own (an HLS list that is closed, a file), so its end is no loss of signal.
  bool finite() const { return format_->duration > 0; }
  // It begins some time before now, and would bring what came before it was lost once more.
  bool replays() const;

 private:
  libav::Handle<AVFormatContext> format_;
  std::vector<int> streams_;
};

// Streams of the program (null: of the whole) that can be recorded; all others are switched off.
std::vector<int> choose(AVFormatContext& format, const AVProgram* program);
std::string said(int error);  // in libav's words, which never hold an address

}  // namespace edu::live
