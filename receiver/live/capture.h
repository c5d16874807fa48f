// One run of recording: a channel's packets go as they are into segments. For edustation-record alone.
#pragma once

#include <atomic>
#include <functional>

#include "base/result.h"
#include "receiver/live/lines.h"

namespace edu::live {

// Records until the time is over, `largest` is reached, `stopped`, or the channel has an end. A loss of
// signal ends a segment; the channel is opened again, with longer and longer waits up to 10 s. Says each gap
// as it ends, and a line of progress a second, come what may. The answer is the line of the end, also when
// nothing at all came. Refusals: live.address, live.not_written {what}.
Result<RecordLine> record(const RecordOrder& order, const std::atomic<bool>& stopped,
                          const std::function<void(const RecordLine&)>& say);

}  // namespace edu::live
