// A live channel through libavformat: for edustation-record alone. Nothing is decoded or encoded: packets are
// copied from the channel into segments of MPEG-TS, and from the segments into one Matroska file.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <base/result.h>
#include <player/libav.h>
#include <receiver/record_lines.h>

namespace edu::receiver {

std::int64_t wall_ms();  // UTC
std::int64_t mono_ms();

// When reading must be given up: libavformat asks this while it waits.
struct Patience {
  const std::atomic<bool>* stopped = nullptr;  // somebody wants it to end
  std::int64_t end_mono_ms = 0;                // of the recording
  std::int64_t quiet_until_mono_ms = 0;        // without a packet until then, the signal is lost
  bool over() const;
  bool spent() const { return over() || mono_ms() > quiet_until_mono_ms; }
};

// The channel as it comes in: the pictures and sounds of one service.
class LiveInput {
 public:
  // `service`: a program's number in a multiplex, 0: the first with pictures or sound. Refusals:
  // receiver.live_address (not of a kind that may be recorded), live_no_signal, live_no_service,
  // live_no_streams.
  static Result<LiveInput> open(const std::string& url, int service, Patience& patience);

  AVFormatContext& format() { return *format_; }
  const std::vector<int>& streams() const { return streams_; }  // those that are recorded
  // It has an end of its own (an HLS list that was closed, a file): its end is no loss of signal.
  bool finite() const { return format_->duration > 0; }

 private:
  player::libav::Handle<AVFormatContext> format_;
  std::vector<int> streams_;
};

// A file that libavformat writes through a descriptor of ours.
class OutputFile {
 public:
  // `format`: "mpegts", "matroska". `like`: the streams that are copied, in their order.
  OutputFile(const char* format, int fd, AVFormatContext& like, const std::vector<int>& streams);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  bool begin();  // writes the header
  // `place`: of the stream in `streams`. The packet is used up. False when it could not be written to disk;
  // a packet whose time stamps go back is left out.
  bool write(AVPacket& packet, std::size_t place, AVRational time_base);
  bool sync();    // what was written is on the disk
  bool finish();  // the trailer, then on the disk
  std::int64_t bytes() const { return bytes_; }

 private:
  static int put(void* self, std::uint8_t* bytes, int size);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);

  int fd_;
  std::int64_t bytes_ = 0;  // the largest offset written
  std::int64_t at_ = 0;
  bool failed_ = false;
  player::libav::Handle<AVIOContext> io_;
  struct FreeOutput {
    void operator()(AVFormatContext* context) const noexcept { ::avformat_free_context(context); }
  };
  std::unique_ptr<AVFormatContext, FreeOutput> format_;
};

struct RecordOptions {
  std::string url;
  int service = 0;
  std::filesystem::path folder;  // segments are made in it, after those that are there
  std::int64_t seconds = 0;
  std::int64_t largest = 0;  // bytes of all segments
  std::int64_t lost_after_ms = 5'000;
};

// Records until the time is over, the size is reached, `stopped`, or the channel has ended. A loss of signal
// ends a segment; it is tried again, with longer and longer waits up to 10 s. Says each gap as it ends, and a
// line of progress a second. Refusals (only when nothing at all came): those of LiveInput::open;
// receiver.live_not_written {what} at any time.
Result<RecordLine> record(const RecordOptions& options, const std::atomic<bool>& stopped,
                          const std::function<void(const RecordLine&)>& say);

// Joins the segments of the folder, closing up gaps, into `fd`. A segment that cannot be read is left out.
// Refusals: receiver.live_no_data, live_not_written {what}.
Result<JoinedRecording> join(const std::filesystem::path& folder, int fd);

std::vector<std::filesystem::path> segments_in(const std::filesystem::path& folder);  // in their order

}  // namespace edu::receiver
