// What `edustation source list`, status and the first page show of the ways by which courseware comes. Each
// way (folder, catalogues, multicast channels) is a Source and registers itself here for as long as it lives.
// Loop thread.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "receiver/intake/arrival.h"

namespace edu::receiver {

struct SourceState {
  std::string name;   // unique within its means
  std::string means;  // of logs::ReceptionRecorded: "folder", "web", "multicast", "live"
  std::string where;  // the folder, the URL, the group
  Policy trust = Policy::off;
  std::string state = "waiting";   // text source.state.<state>: waiting, checking, receiving, closed (outside
                                   // its hours), failing
  std::optional<Refusal> problem;  // what is wrong at the moment, for people
  std::optional<WallTime> heard;   // when it last said something that was right
  std::optional<WallTime> next;    // when it is looked at again
  std::string origin;              // "station.toml:12", "sources.toml:4"; empty: by the settings' defaults
};

class Source {
 public:
  virtual ~Source() = default;
  virtual std::vector<SourceState> states() const = 0;  // one or more: channels of one receiver
  virtual std::vector<Progress> progress() const = 0;   // of what is on its way and not with the intake yet
};

class Sources {
 public:
  Sources() = default;
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;

  // As long as the answer lives, `source` is shown; it must not outlive either of the two.
  class Place {
   public:
    Place(Sources& sources, const Source& source)
        : list_(&sources.sources_), at_(list_->insert(list_->end(), &source)) {}
    ~Place() { list_->erase(at_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    std::list<const Source*>* list_;
    std::list<const Source*>::iterator at_;
  };

  std::vector<SourceState> states() const {
    std::vector<SourceState> all;
    for (const auto* source : sources_)
      for (auto& state : source->states()) all.push_back(std::move(state));
    return all;
  }
  std::vector<Progress> progress() const {
    std::vector<Progress> all;
    for (const auto* source : sources_)
      for (auto& one : source->progress()) all.push_back(std::move(one));
    return all;
  }

 private:
  std::list<const Source*> sources_;
};

}  // namespace edu::receiver
