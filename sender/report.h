// What a person or a program reads of the sending: a bar on a terminal, lines elsewhere, figures at the end.
#pragma once

#include <iosfwd>

#include "sender/carousel.h"
#include "sender/options.h"

namespace edu::send {

class Report {
 public:
  // `columns`: of the terminal; 0: none, then a line every ten seconds.
  Report(const Options& options, const std::vector<Object>& objects, std::ostream& out, unsigned columns);

  void begin();  // what is sent where, what loss it bears, and names that receivers may not take
  void progress(const Counts& counts, nanoseconds now);
  void end(const Counts& counts, nanoseconds took, std::uint64_t lost);
  // The same as one line of JSON.
  std::string json(const Counts& counts, nanoseconds took, std::uint64_t lost, bool segments) const;

 private:
  void warn_of_names();
  std::string say(const char* key, const Args& args) const;

  const Options& options_;
  const std::vector<Object>& objects_;
  std::ostream& out_;
  unsigned columns_;
  std::uint64_t bytes_ = 0, pass_bytes_ = 0;  // of all objects; with their repair symbols
  nanoseconds next_{0};
};

std::string human_bytes(std::uint64_t bytes);

}  // namespace edu::send
