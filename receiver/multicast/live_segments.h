// Is what a session carries a live channel, cut into segments (DASH, HLS, DVB-MABR), and no courseware?
// Segments are no files that anybody can play alone, and a day brings tens of thousands. Names and types
// tell, and the first bytes. Of a session; pure.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace edu::multicast {

// A playlist or a description of a live channel.
bool is_playlist(std::string_view name, std::string_view type);
// Do an object's first bytes begin a segment of fragmented MP4 (ISO/IEC 14496-12 8.16, 23000-19)? A whole
// file begins with `ftyp`.
bool begins_segment(std::span<const std::uint8_t> bytes);

class LiveSegments {
 public:
  // An entry of an FDT, as it is announced for the first time. True: it is a segment or a playlist.
  bool is_part(std::string_view name, std::string_view type, std::uint64_t length);
  // An object that was announced is not in the newest FDT any more: segments come and go.
  void gone(std::string_view name);
  void found(std::string_view name);  // this object turned out to be a segment by its bytes
  // The beginning of a playlist. True: it is that of a live channel, and names segments that are parts of it.
  bool read_playlist(std::string_view beginning);
  bool sure() const { return sure_; }  // it is a live channel

 private:
  struct Series {
    std::uint32_t came = 0, went = 0;
  };
  bool sure_ = false, playlist_ = false;
  std::map<std::string, Series> series_;  // by the name with its numbers as '#'; bounded
};

}  // namespace edu::multicast
