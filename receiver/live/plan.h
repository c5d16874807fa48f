// What is recorded and when: plain values.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace edu::live {

inline constexpr std::int64_t kLongestPlan = 24 * 60;  // minutes of one recording

// What an edit hands in; times are local times of `zone`.
struct PlanDraft {
  std::string channel, title;  // title: empty: the channel's name and the time
  LocalTime local_start{};     // of the first occurrence; it must be one of the rule's
  std::string rrule;           // RFC 5545 without the "RRULE:"; empty: once
  std::int64_t minutes = 0;    // 1 to kLongestPlan
};

struct Plan : PlanDraft {
  std::int64_t no = 0;  // from 1
  std::string zone;     // IANA
  WallTime added{};     // what would have started before is no occurrence of it
  LocalTime begun{};    // the newest occurrence that was begun or missed: none is recorded twice
  std::string by;
};

// One recording that was begun and is not with the intake yet. Instants are UTC ms.
struct Recording {
  std::int64_t no = 0;    // from 1
  std::int64_t plan = 0;  // 0: by hand
  std::string channel, title;
  std::int64_t begin_ms = 0, end_ms = 0;  // with what is recorded before and after its time
  std::int64_t planned_end_ms = 0;        // its time alone
  std::string by;
  std::int64_t gaps = 0, gap_ms = 0;  // losses of signal and outages of the station so far
  bool settled = false;               // its time is over, and the gaps are all there are
};

}  // namespace edu::live
