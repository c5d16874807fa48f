// Effective and credited minutes: what really played at normal speed, and how much of it somebody was there
// for. Pure; the rule is docs/domain.md, "Effective minutes".
#pragma once

#include <cstdint>
#include <vector>

#include "logs/journal/events.h"

namespace edu::logs {

// Half open, in milliseconds of the wall clock.
struct Presence {
  std::int64_t from_ms = 0, to_ms = 0;
};

// What one course played in a session, over all its plays.
struct CoursewarePlay {
  std::int64_t courseware = 0;
  std::vector<PlaySpan> spans;
};

// The union of the media that played: a passage that played twice counts once.
std::int64_t effective_ms(const std::vector<CoursewarePlay>& plays);
std::int64_t effective_ms(const std::vector<PlaySpan>& spans);  // of one course

// The union of the media that played while somebody was there.
std::int64_t credited_ms(const std::vector<CoursewarePlay>& plays, const std::vector<Presence>& presence);

}  // namespace edu::logs
