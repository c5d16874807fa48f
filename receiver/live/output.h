// A Matroska file that libavformat writes through a descriptor of ours: for edustation-record alone.
//
// Matroska, for segments and for the file that they become: it takes whatever a channel may carry (an MPEG
// transport stream takes neither Vorbis nor PCM, MP4 no MP2 sound that every player likes), what is cut off
// anywhere can be read up to there, and its index makes it seekable.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/libav/libav.h"

namespace edu::live {

class OutputFile {
 public:
  // `like`: the streams that are copied, in their order.
  OutputFile(int fd, AVFormatContext& like, const std::vector<int>& streams);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  bool begin();  // writes the header; false: the streams lack what it needs, or failed()
  // `place`: of the stream in `streams`. The packet is used up. False when it could not be written to disk; a
  // packet whose time stamps go back is left out.
  bool write(AVPacket& packet, std::size_t place, AVRational time_base);
  bool sync();    // what was written is on the disk
  bool finish();  // the index, then on the disk
  bool failed() const { return failed_; }
  std::int64_t bytes() const { return bytes_; }

 private:
  static int put(void* self, std::uint8_t* bytes, int size);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);

  int fd_;
  std::int64_t bytes_ = 0;  // the largest offset written
  std::int64_t at_ = 0;
  bool failed_ = false;
  libav::Handle<AVIOContext> io_;
  struct FreeOutput {
    void operator()(AVFormatContext* context) const noexcept { ::avformat_free_context(context); }
  };
  std::unique_ptr<AVFormatContext, FreeOutput> format_;
};

}  // namespace edu::live
