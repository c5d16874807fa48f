// What a listing of a catalogue or feed promises, whatever bytes it came from.
#pragma once

#include <cstdlib>

#include "base/messages.h"
#include "base/sha256.h"
#include "base/text.h"
#include "base/time.h"
#include "receiver/catalogue/http.h"
#include "receiver/catalogue/listing.h"

namespace edu::fuzz {

inline void check(bool holds) {
  if (!holds) std::abort();
}

inline void check_listing(const Result<catalogue::Listing>& listing) {
  if (!listing) {
    check(has_text(Language::zh, "refusal." + listing.error().code));
    check(!text(Language::en, listing.error()).empty());
    return;
  }
  check(listing->entries.size() <= catalogue::kMostEntries);
  check(is_utf8(listing->title) && one_line(listing->title) == listing->title);
  check(listing->expires.empty() || parse_date(listing->expires).has_value());
  check(listing->series.empty() == (listing->serial == 0));
  for (const auto& entry : listing->entries) {
    check(entry.id.size() == 64 && !entry.urls.empty() && entry.urls.size() <= catalogue::kMostMirrors + 1);
    for (const auto& url : entry.urls) check(url.starts_with("http://") || url.starts_with("https://"));
    check(!entry.name.empty() && is_utf8(entry.name) && entry.name.find('/') == std::string::npos);
    check(entry.name.front() != '.');
    check(entry.sha256.empty() || digest_from_hex(entry.sha256).has_value());
    check(entry.manifest.sha256 == entry.sha256 && entry.manifest.parts.empty());
  }
}

}  // namespace edu::fuzz
