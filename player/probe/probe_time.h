// How long the packets of a file play: time that goes by, whatever the time stamps do. Pure; microseconds.
//
// Where a container allows its clock to begin again (transport and program streams, Ogg, joined recordings)
// a step back, or one forward of 5 s and more, is the seam of two parts, and the parts count together; a
// player skips the hole. In the others a gap is a gap (a slide that stays), unless it is longer than a film
// can be. These are the bounds by which the deck's player itself decides.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace edu::player {

class StreamTime {
 public:
  // `restarts`: the container's clock may begin again.
  explicit StreamTime(bool restarts) : restarts_(restarts) {}

  // A packet in the order of decoding. `shown`: when it is presented; either time may be missing.
  void add(std::optional<std::int64_t> decoded, std::optional<std::int64_t> shown, std::int64_t duration);

  std::int64_t played() const { return sum_ + (end_ - begin_); }
  std::optional<std::int64_t> first() const { return first_; }  // when the first packet is presented
  int parts() const { return parts_; }                          // 1: the clock never began again

 private:
  bool is_seam(std::int64_t time) const;

  bool restarts_;
  std::optional<std::int64_t> first_;
  std::int64_t begin_ = 0, end_ = 0;  // of the part that is being read
  std::int64_t last_ = 0, next_ = 0;  // decoding time of the last packet, and of the one after it
  std::int64_t step_ = 0;             // between the last two: for packets that have no duration
  std::int64_t sum_ = 0;              // of the parts before
  int parts_ = 0;
};

// The streams of a file that play together.
class PlayTime {
 public:
  explicit PlayTime(bool restarts) : restarts_(restarts) {}
  StreamTime& stream(int index) { return streams_.try_emplace(index, restarts_).first->second; }

  // Of the longest stream, with its wait for the first one.
  std::int64_t played() const;
  int parts() const;
  bool any() const { return !streams_.empty(); }

 private:
  bool restarts_;
  std::map<int, StreamTime> streams_;
};

}  // namespace edu::player
