// How WebFill reaches the channels on one side and the web on the other. On the loop.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "config/settings.h"
#include "receiver/channels/multicast_source.h"
#include "receiver/channels/web_fill.h"

namespace edu::receiver {

// The web, by the HTTP client and the hours of whoever has them; empty functions: there is none.
struct WebAccess {
  Workers& workers;
  Trust trust = {};  // whose manifests are believed about addresses
  decltype(WebFill::Parts::fetch) fetch = {};
  decltype(WebFill::Parts::open_now) open_now = {};
  // Where the station's own catalogues say that the file of this digest (hex) is.
  std::function<std::vector<std::string>(const std::string& sha256)> known = {};
};

// `channels`, `clock` and the workers outlive the WebFill.
WebFill::Parts web_fill_parts(MulticastSource& channels, Clock& clock, WebAccess access);
std::map<std::string, WebFill::Rule> web_fill_rules(const std::vector<config::Channel>& channels);

}  // namespace edu::receiver
