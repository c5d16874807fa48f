// What a MulticastSource is made of in these tests; each puts its own ends in.
#pragma once

#include "receiver/channels/multicast_source.h"
#include "receiver/channels/recorded_keys.h"
#include "tests/receiver/receiving.h"

namespace edu::receiver {

inline MulticastSource::Parts channel_parts(Station& station, Files& files) {
  return {.take = [&station](Arrival arrival) { return station.intake.take(std::move(arrival)); },
          .files = files,
          .workers = station.workers,
          .clock = station.clock,
          .store = station.store,
          .writer = station.writer,
          .database = station.data / "station.db"};
}

}  // namespace edu::receiver
