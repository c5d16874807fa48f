// A span of every day by the clock on the wall, such as a night's "22:00-06:00". Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace edu {

class DayWindow {
 public:
  // "22:00-06:00": from the first minute up to, not including, the second; across midnight when the second is
  // not after the first. "00:00-24:00" and twice the same time are the whole day. nullopt for anything else.
  static std::optional<DayWindow> parse(std::string_view text);
  DayWindow() = default;  // the whole day

  bool contains(LocalTime local) const;
  // The next local time, `local` itself included, that it contains.
  LocalTime next_open(LocalTime local) const;

 private:
  using minutes = std::chrono::minutes;
  DayWindow(minutes from, minutes to) : from_(from), to_(to) {}
  bool whole() const { return from_ == to_; }

  minutes from_{0}, to_{0};  // since midnight, below 24 h
};

}  // namespace edu
