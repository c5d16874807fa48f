#include "logs/study/credit.h"

#include <algorithm>

namespace edu::logs {
namespace {

struct Interval {
  std::int64_t from, to;
};

std::int64_t length_of_union(std::vector<Interval> intervals) {
  std::ranges::sort(intervals, {}, &Interval::from);
  std::int64_t length = 0, covered_to = INT64_MIN;
  for (const auto& interval : intervals) {
    const auto from = std::max(interval.from, covered_to);
    if (interval.to > from) length += interval.to - from;
    covered_to = std::max(covered_to, interval.to);
  }
  return length;
}

// The media of a span that played between two instants.
Interval media_between(const PlaySpan& span, std::int64_t from_ms, std::int64_t to_ms) {
  const auto from = std::max(from_ms, span.wall_ms), to = std::min(to_ms, span.wall_ms + span.length_ms);
  return {span.media_ms + (from - span.wall_ms), span.media_ms + (to - span.wall_ms)};
}

}  // namespace

std::int64_t effective_ms(const std::vector<PlaySpan>& spans) {
  std::vector<Interval> media;
  for (const auto& span : spans) media.push_back({span.media_ms, span.media_ms + span.length_ms});
  return length_of_union(std::move(media));
}

std::int64_t effective_ms(const std::vector<CoursewarePlay>& plays) {
  std::int64_t sum = 0;
  for (const auto& play : plays) sum += effective_ms(play.spans);
  return sum;
}

std::int64_t credited_ms(const std::vector<CoursewarePlay>& plays, const std::vector<Presence>& presence) {
  std::int64_t sum = 0;
  for (const auto& play : plays) {
    std::vector<Interval> media;
    for (const auto& span : play.spans)
      for (const auto& there : presence) media.push_back(media_between(span, there.from_ms, there.to_ms));
    std::erase_if(media, [](const Interval& i) { return i.to <= i.from; });
    sum += length_of_union(std::move(media));
  }
  return sum;
}

}  // namespace edu::logs
