// A course: one file of media that the library holds, and what is known about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace edu::library {

struct Courseware {
  std::int64_t no = 0;  // from 1 on; a number is never given twice
  std::string title;
  std::string category, lecturer, language, audience;  // may be empty
  std::string format;                                  // the container, as the probe names it
  std::int64_t size = 0;                               // bytes
  std::int64_t duration_ms = 0;                        // 0: unknown
  std::string sha256;                                  // hex; names the object
  std::int64_t reception_no = 0;                       // of the reception that brought it
  std::int64_t stored_ms = 0;
  std::string keep_until;  // "2036-11-22"; empty: for ever
  bool poster = false;     // a picture lies beside the object
  bool pinned = false;
  std::int64_t removed_ms = 0;  // 0: it is there
  bool missing = false;         // its object is gone; who looks says so, no row does

  bool removed() const { return removed_ms != 0; }
  bool operator==(const Courseware&) const = default;
};

// The number as people see it: 123 is "KJ000123".
std::string courseware_label(std::int64_t no);
// "KJ000123", "kj123" or "123"; nullopt for anything else.
std::optional<std::int64_t> courseware_no(std::string_view label);

}  // namespace edu::library
