#include "base/cell_text.h"

#include <fmt/format.h>

namespace edu {
namespace {

constexpr std::string_view kNothing = "—";
constexpr std::string_view kOpen = "…";

std::chrono::year_month_day parts_of(LocalDate day) { return std::chrono::year_month_day(day); }

std::string number_of(Year year) { return std::to_string(static_cast<int>(year)); }

std::string month_name(std::chrono::month month, Language language) {
  return text(language, fmt::format("cell.month_{}", static_cast<unsigned>(month)));
}

std::string time_text(const Instant& instant) {
  return to_string(instant.local()).substr(11, instant.to_the_second ? 8 : 5);
}

// The two ways of writing a day; everything that holds one is written by them.
struct ForPeople {
  Language language;
  std::optional<Year> year;  // need not be named

  std::string day(LocalDate day) const {
    const auto parts = parts_of(day);
    Args args{{"month", month_name(parts.month(), language)},
              {"day", std::to_string(static_cast<unsigned>(parts.day()))}};
    if (year && parts.year() == *year) return text(language, "cell.day", args);
    args["year"] = number_of(parts.year());
    return text(language, "cell.day_of_year", args);
  }
};

struct ForCsv {
  std::string day(LocalDate day) const { return to_string(day); }
};

template <class Days>
struct Words {
  Days days;

  std::string operator()(const None&) const { return std::string(kNothing); }
  std::string operator()(const Text& words) const { return words; }
  std::string operator()(const Count& count) const { return std::to_string(count.value); }
  std::string operator()(const Percent& percent) const { return fmt::format("{} %", percent.value); }
  std::string operator()(const Rate& rate) const { return shown(rate); }
  std::string operator()(const Duration& duration) const {
    return clock_duration(std::chrono::round<seconds>(duration.length));
  }
  std::string operator()(const Deviation& deviation) const {
    return fmt::format("{:+} ms", deviation.by.count());
  }
  std::string operator()(const Bytes& bytes) const { return shown(bytes); }
  std::string operator()(const CoursewareNo& no) const { return shown(no); }
  std::string operator()(const RecordNo& record) const { return fmt::format("#{}", record.seq); }
  std::string operator()(const LocalDate& day) const { return days.day(day); }
  std::string operator()(const Instant& instant) const { return after(instant, {}); }
  std::string operator()(const Interval& interval) const {
    return after(interval.from, interval.on) + "–" +
           (interval.to ? after(*interval.to, interval.from.day()) : std::string(kOpen));
  }
  template <class Item>
  std::string operator()(const std::vector<Item>& items) const {
    std::string out;
    for (const auto& item : items) out += (out.empty() ? "" : " ") + (*this)(item);
    return out;
  }

 private:
  // The time alone where the reader knows the day already.
  std::string after(const Instant& instant, std::optional<LocalDate> known) const {
    const auto day = instant.day();
    return known == day ? time_text(instant) : days.day(day) + " " + time_text(instant);
  }
};

json::value value_of(const Rate& rate) {
  json::object out;
  out["present"] = rate.present;
  out["expected"] = rate.expected;
  return out;
}

json::value value_of(const Interval& interval) {
  json::object out;
  out["from"] = iso8601(interval.from);
  out["to"] = interval.to ? json::value(iso8601(*interval.to)) : json::value(nullptr);
  return out;
}

struct ForPrograms {
  json::value operator()(const None&) const { return nullptr; }
  json::value operator()(const Text&) const { return nullptr; }
  json::value operator()(const Count& count) const { return count.value; }
  json::value operator()(const Percent& percent) const { return percent.value; }
  json::value operator()(const Rate& rate) const { return value_of(rate); }
  json::value operator()(const Duration& duration) const { return duration.length.count(); }
  json::value operator()(const Deviation& deviation) const { return deviation.by.count(); }
  json::value operator()(const Bytes& bytes) const { return bytes.count; }
  json::value operator()(const CoursewareNo& no) const { return no.no; }
  json::value operator()(const RecordNo& record) const { return record.seq; }
  json::value operator()(const LocalDate& day) const { return json::value(to_string(day)); }
  json::value operator()(const Instant& instant) const { return json::value(iso8601(instant)); }
  json::value operator()(const Interval& interval) const { return value_of(interval); }
  template <class Item>
  json::value operator()(const std::vector<Item>& items) const {
    json::array out;
    for (const auto& item : items) out.push_back((*this)(item));
    return out;
  }
};

}  // namespace

std::string shown(const Cell& cell, Language language, std::optional<Year> year) {
  return std::visit(Words<ForPeople>{{language, year}}, cell);
}

std::string csv_text(const Cell& cell) { return std::visit(Words<ForCsv>{}, cell); }

json::value value_of(const Cell& cell) { return std::visit(ForPrograms(), cell); }

std::string iso8601(const Instant& instant) {
  const auto minutes =
      std::chrono::abs(std::chrono::duration_cast<std::chrono::minutes>(instant.offset)).count();
  return fmt::format("{}{}{:02}:{:02}", to_string(instant.local()), instant.offset < seconds(0) ? '-' : '+',
                     minutes / 60, minutes % 60);
}

std::string shown(const Rate& rate) {
  if (rate.expected == 0) return fmt::format("{}/{} = {}", rate.present, rate.expected, kNothing);
  const auto tenths = rate.present * 1000 / rate.expected;
  return fmt::format("{}/{} = {}.{} %", rate.present, rate.expected, tenths / 10, tenths % 10);
}

std::string shown(Bytes bytes) {
  if (bytes.count < 1000) return fmt::format("{} B", bytes.count);
  auto amount = static_cast<double>(bytes.count) / 1000;
  const char* const units[] = {"kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  for (; amount >= 999.95 && unit + 1 < std::size(units); ++unit) amount /= 1000;
  return fmt::format("{:.1f} {}", amount, units[unit]);
}

std::string shown(CoursewareNo no) { return fmt::format("KJ{:06}", no.no); }

std::string shown_month(std::chrono::year_month month, Language language) {
  return text(language, "cell.month_of_year",
              {{"month", month_name(month.month(), language)}, {"year", number_of(month.year())}});
}

}  // namespace edu
