// The only source that includes `date`: the system's tzdata behind one class.
#include "calendar/zone.h"

#include <stdexcept>

#include <date/tz.h>
#include <fmt/format.h>

#include "base/cell_text.h"

namespace edu {
namespace {

date::local_seconds to_date(LocalTime t) { return date::local_seconds(t.time_since_epoch()); }
LocalTime from_date(date::local_seconds t) { return LocalTime(t.time_since_epoch()); }

}  // namespace

Zone::Zone(std::string name) : name_(std::move(name)) {
  try {
    zone_ = date::locate_zone(name_);
  } catch (const std::exception&) {
    throw std::runtime_error(
        fmt::format("unknown time zone '{}'; a name like Asia/Shanghai is expected", name_));
  }
}

WallTime Zone::to_utc(LocalTime local) const {
  const auto when = to_date(local);
  const auto info = zone_->get_info(when);
  if (info.result == date::local_info::nonexistent) return WallTime(info.first.end.time_since_epoch());
  return WallTime((when.time_since_epoch() - info.first.offset));
}

LocalTime Zone::to_local(WallTime instant) const {
  const auto whole = std::chrono::floor<seconds>(instant);
  return from_date(zone_->to_local(date::sys_seconds(whole.time_since_epoch())));
}

LocalDate Zone::date_of(WallTime instant) const {
  return std::chrono::floor<std::chrono::days>(to_local(instant));
}

Instant Zone::instant(WallTime at) const {
  const date::sys_seconds whole(std::chrono::floor<seconds>(at).time_since_epoch());
  return {at, zone_->get_info(whole).offset};
}

Instant Zone::instant_to_the_second(WallTime at) const {
  auto out = instant(at);
  out.to_the_second = true;
  return out;
}

std::string Zone::iso8601(WallTime at) const { return edu::iso8601(instant(at)); }

std::string Zone::time_of_day(WallTime instant) const { return to_string(to_local(instant)).substr(11); }

}  // namespace edu
