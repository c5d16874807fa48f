// Why packets and files are not taken, for people: what was counted lately.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace edu::multicast {

struct Note {
  std::string session;  // "192.0.2.1 TSI 7"; empty: of the channel as a whole
  Refusal what;         // texts refusal.multicast.…, .fdt.…
};

// Counts that only grow, each by the code of its text. Told are those that grew within the last ten minutes.
class RecentCounts {
 public:
  void saw(const std::string& code, std::uint64_t count, milliseconds now) {
    auto& one = counts_[code];
    if (one.count != count) one.grew = now;
    one.count = count;
  }
  std::vector<Note> notes(milliseconds now) const {
    std::vector<Note> out;
    for (const auto& [code, one] : counts_)
      if (one.count > 0 && now - one.grew < kLately)
        out.push_back({"", {code, {{"count", std::to_string(one.count)}}}});
    return out;
  }

 private:
  static constexpr milliseconds kLately{600'000};
  struct Count {
    std::uint64_t count = 0;
    milliseconds grew{};
  };
  std::map<std::string, Count> counts_;
};

}  // namespace edu::multicast
