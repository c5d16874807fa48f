// One attempt of the intake, and what its two sources (intake.cpp, intake_record.cpp) share. Nobody else
// includes this.
#pragma once

#include <system_error>

#include "base/diagnostics.h"
#include "base/path_text.h"
#include "base/text.h"
#include "receiver/intake/intake.h"

namespace edu::receiver {

inline constexpr std::size_t kLongestCell = 1000;  // bytes of a name, a source or an argument in the record

// Text from outside as it may stand in a record.
inline std::string clean(std::string_view bytes, std::size_t most = kLongestText) {
  return one_line(bytes, most);
}

inline std::string name_of(const Arrival& arrival) {
  return arrival.name.empty() ? arrival.path.filename().string() : arrival.name;
}

struct Intake::Attempt {
  Attempt(Arrival what, Progress& shown) : arrival(std::move(what)), progress(shown) {}
  std::string file_name() const { return name_of(arrival); }
  const Manifest* manifest() const {
    return arrival.description && arrival.description->content ? &*arrival.description->content : nullptr;
  }

  Arrival arrival;
  Progress& progress;
  logs::ReceptionRecorded record;
  std::optional<Identity> identity;   // of a file that is given up
  std::int64_t recorded_no = 0;       // an earlier run has recorded its refusal under this number
  std::optional<FileSignature> seen;  // what lay at the path when it was opened
  std::unique_ptr<Incoming> file;
  MediaFacts facts;
  std::optional<Refusal> refusal;
};

// Did the station's own side fail? That is no verdict on the file.
inline bool is_our_fault(const Refusal& refusal) {
  return refusal.kind == Refusal::Kind::unavailable || refusal.kind == Refusal::Kind::no_space;
}

// Runs `work` on a worker; a failure of our own storage is the refusal receiver.storage_failed.
template <class Work>
awaitable<Result<void>> Intake::on_disk(Work work) {
  auto guarded = [work = std::move(work)]() mutable -> Result<void> {
    try {
      return work();
    } catch (const std::system_error& error) {
      spdlog::error("receiver: {}", error.what());
      return refuse("receiver.storage_failed", {{"what", error.code().message()}},
                    Refusal::Kind::unavailable);
    }
  };
  co_return co_await parts_.workers.run(std::move(guarded));
}

}  // namespace edu::receiver
