// The command line of edustation-send.
#pragma once

#include <iosfwd>

#include "base/messages.h"
#include "sender/settings.h"

namespace edu::send {

struct Options {
  Settings settings;
  Language language = Language::zh;
  bool json = false, quiet = false;
};

// `preferred`: the language where --lang does not say. None: `exit` says how to end, after what was asked for
// (help, version) or what is wrong was written to `out` or `err`.
std::optional<Options> read_options(std::vector<std::string> arguments, Language preferred, std::ostream& out,
                                    std::ostream& err, int& exit);

// "10M", "2.5m", "800k", "1G", "9600": bits per second.
std::optional<std::uint64_t> rate_of(std::string_view text);

}  // namespace edu::send
