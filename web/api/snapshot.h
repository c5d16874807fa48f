// The station at this moment, gathered once for all who ask: the status as JSON or text, and the first page.
#pragma once

#include <string>
#include <vector>

#include "web/api/context.h"

namespace edu::web {

struct Snapshot {
  WallTime now{};
  std::vector<std::string> alarms;  // sentences: what is to be mended first
  std::vector<LeftOut> left_out;
  scheduler::OnAir playout;
  std::vector<scheduler::Occurrence> coming;  // of the next days, what is on air among them
  std::vector<receiver::Progress> receiving;
  std::vector<receiver::Waiting> waiting;
  std::vector<receiver::SourceState> sources;
  std::vector<multicast::ChannelStatus> channels;
  bool folder_working = false;
  Space space;
  std::int64_t records = 0;  // of the journal
  Table sessions;            // of today
  Table receptions;          // of the last days
};

awaitable<Snapshot> take_snapshot(Context& context, Language language);

json::object to_json(const Snapshot& snapshot, const Rooms& rooms, Language language);
Table to_table(const Snapshot& snapshot, const Rooms& rooms, Language language);

// "on_air", "idle", "clock" (waits for the clock to be right), "no_deck": text web.state.<state>
std::string state_of(const Snapshot& snapshot);
// The courseware that plays or comes next.
std::string item_title(const scheduler::OnAir::Now& now);
// Why this is playing, or nothing is: a sentence.
std::string why_text(const Snapshot& snapshot, Language language);
// "the web page: address already in use"
std::string left_out_text(const LeftOut& one, Language language);
// "00:12:30 / 00:45:00"
std::string progress_text(const scheduler::OnAir::Now& now);

}  // namespace edu::web
