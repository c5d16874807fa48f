#include "receiver/live/tape.h"

#include <algorithm>

#include "base/diagnostics.h"
#include "base/text.h"
#include "receiver/intake/quarantine.h"
#include "receiver/live/address.h"
#include "receiver/live/segments.h"
#include "receiver/live/store.h"

namespace edu::live {
namespace {

constexpr milliseconds kFirstWait{1'000}, kLongestWait{10'000};  // before a recorder is started again
constexpr milliseconds kDiskLook{10'000};                        // between two looks whether there is room
constexpr milliseconds kGoodOrder{30'000};                 // to end in good order, after it was asked to
constexpr milliseconds kPatience{60'000};                  // before joining is tried again
constexpr milliseconds kBusy{5'000};                       // before the intake is asked again
constexpr std::int64_t kNoGap = 2'000;                     // ms at the end that are nobody's loss
constexpr std::int64_t kMostGaps = kLongestPlan * 60'000;  // ms
// The file of all segments may be larger than they are, and what comes in the last second is more than the
// bound: both must leave it below what the intake takes.
constexpr std::uint64_t kShareForForm = 64;
constexpr std::int64_t kMostOfASecond = 4 << 20;  // bytes; 32 Mbit/s
constexpr int kMostJoins = 3;                     // that break the process

Refusal no_signal() { return {"live.no_signal", {{"what", ""}}, Refusal::Kind::unavailable}; }

bool is_there(const fs::path& file) { return fs::exists(file); }  // throws: carry()

}  // namespace

Tape::Tape(const Parts& parts, config::Live channel, Recording recording)
    : parts_(parts),
      channel_(std::move(channel)),
      recording_(std::move(recording)),
      folder_(parts.folder / std::to_string(recording_.no)),
      part_(folder_ / "whole.part"),
      whole_(folder_ / "whole.mkv") {}

template <class Work>
awaitable<std::invoke_result_t<Work>> Tape::on_disk(Work work) {
  co_return co_await parts_.workers.run(std::move(work));
}

bool Tape::over() const { return enough_ || to_ms(parts_.clock.now()) >= recording_.end_ms; }

void Tape::end_at(WallTime end, WallTime planned_end) {
  recording_.end_ms = std::min(recording_.end_ms, to_ms(end));
  recording_.planned_end_ms = std::min(recording_.planned_end_ms, to_ms(planned_end));
}

awaitable<void> Tape::run() {
  const bool recorded = co_await is_recorded();
  if (recorded) co_return co_await forget(false);
  std::int64_t there = 0;
  auto look = [this, &there] {
    parts_.files.make_folder(folder_);
    parts_.files.sync_folder(parts_.folder);
    there = static_cast<std::int64_t>(bytes_in(folder_));
    return is_there(whole_);
  };
  bool whole = co_await on_disk(look);
  before_ = there;  // on the loop, where bytes() reads it
  if (!whole) {
    co_await record();
    co_await settle_rest();
    whole = co_await join();
  }
  if (whole) co_await hand_over();
}

RecordOrder Tape::order() const {
  const auto left = recording_.end_ms - to_ms(parts_.clock.now());
  RecordOrder out;
  out.url = channel_.url;
  out.service = static_cast<int>(channel_.service);
  out.folder = folder_;
  out.seconds = std::clamp<std::int64_t>(left / 1000 + 1, 1, kLongestPlan * 60 * 2);
  const auto largest = static_cast<std::int64_t>(parts_.largest_file - parts_.largest_file / kShareForForm);
  out.largest = std::max<std::int64_t>(largest - std::min(kMostOfASecond, largest / 8) - before_, 1);
  out.since_ms = recording_.begin_ms;
  return out;
}

awaitable<void> Tape::record() {
  phase_ = Phase::recording;
  const auto executor = co_await asio::this_coro::executor;
  auto wait = kFirstWait;
  while (!over() && !channel_.url.empty()) {
    auto recorder = parts_.launch(executor, to_line(order()));
    auto next = Next::again;
    if (recorder)
      next = co_await listen(*recorder);
    else
      trouble_ = Refusal{"live.unavailable", {}, Refusal::Kind::unavailable};
    recorder.reset();
    if (bytes_ > 0) wait = kFirstWait;
    before_ += std::exchange(bytes_, 0);
    signal_ = false;
    enough_ = enough_ || next == Next::enough;
    if (over()) break;
    co_await parts_.clock.pause(wait);
    wait = std::min(wait * 2, kLongestWait);
  }
}

// All that one run of the recorder says.
awaitable<Tape::Next> Tape::listen(Recorder& recorder) {
  accounted_ = false;
  std::optional<milliseconds> asked;
  for (;;) {
    const auto text = co_await recorder.next();
    const auto line = text ? parse_record_line(*text) : Result<RecordLine>(Unexpected(text.error()));
    if (!line) {
      trouble_ = line.error();
      spdlog::warn("live: {}: {}", recording_.channel, line.error().code);
      // What our own disk does not take now it may take in a moment: that is a gap.
      co_return line.error().code == "live.address" ? Next::enough : Next::again;
    }
    const auto next = co_await note(*line);
    if (line->kind == RecordLine::Kind::ended) co_return next;
    co_await look_at_disk();
    const auto now = parts_.clock.mono();
    if (over() && !asked) asked = now, recorder.finish();
    if (asked && now - *asked > kGoodOrder) co_return Next::again;  // it never ends; it is killed
  }
}

awaitable<Tape::Next> Tape::note(const RecordLine& line) {
  bytes_ = std::max(bytes_, line.bytes);
  if (line.kind == RecordLine::Kind::progress) {
    signal_ = line.signal;
    if (!enough_) hear(line);
    if (line.signal) heard_ = parts_.clock.now();
  }
  if (line.gap.length_ms > 0) {
    count_gap(line.gap.length_ms);
    co_await keep_row();
  }
  if (line.kind != RecordLine::Kind::ended) co_return Next::again;
  accounted_ = true;
  if (line.why == "finished") recording_.end_ms = std::min(recording_.end_ms, to_ms(parts_.clock.now()));
  co_return line.why == "finished" || line.why == "full" ? Next::enough : Next::again;
}

// Says it once each time that the signal goes or comes. While a channel is opened nothing is wrong yet.
void Tape::hear(const RecordLine& line) {
  auto trouble = line.trouble;
  if (!line.signal && !trouble && line.segments > 0) trouble = no_signal();
  if (trouble != trouble_)
    spdlog::info("live: {}: {} {}", recording_.channel, trouble ? trouble->code : "nothing is wrong",
                 trouble ? trouble->args["what"] : "");
  trouble_ = std::move(trouble);
}

// The file that the segments become needs as much room again.
awaitable<void> Tape::look_at_disk() {
  const auto now = parts_.clock.mono();
  if (enough_ || now - disk_looked_ < kDiskLook) co_return;
  disk_looked_ = now;
  auto look = [this, bytes = static_cast<std::uint64_t>(bytes())] { return parts_.store.room_for(bytes); };
  const auto room = co_await on_disk(look);
  if (room) co_return;
  spdlog::warn("live: {}: the disk is full; what was recorded so far is kept", recording_.channel);
  trouble_ = room.error();
  enough_ = true;
}

void Tape::count_gap(std::int64_t length_ms) {
  recording_.gaps += 1;
  const auto length = std::min(length_ms, recording_.end_ms - recording_.begin_ms);
  recording_.gap_ms = std::min(recording_.gap_ms + length, kMostGaps);  // whatever the recorder says
}

// What a channel sent again after a gap is not missing, and what two tell of is missing once.
void Tape::bound_gaps(std::int64_t kept_ms) {
  if (!cut_ms_) return;
  const auto wanted = recording_.end_ms + *cut_ms_ - recording_.begin_ms;
  const auto missing = std::max<std::int64_t>(wanted - kept_ms, 0);
  recording_.gap_ms = std::min(recording_.gap_ms, missing);
  if (recording_.gap_ms == 0) recording_.gaps = 0;
}

awaitable<void> Tape::keep_row() {
  auto unit = [recording = recording_](logs::Transaction& t) { return update(t.db, recording); };
  co_await parts_.ledger.write(std::move(unit));
}

// Up to its end, what nobody has told of: the station was off, or the rest could not be recorded.
awaitable<void> Tape::settle_rest() {
  if (recording_.settled) co_return;
  const auto until = recording_.end_ms;
  auto look = [this] { return last_written_ms(folder_).value_or(recording_.begin_ms); };
  const auto written = co_await on_disk(look);
  const auto since = accounted_ ? std::max(written, to_ms(parts_.clock.now())) : written;
  if (until - since > kNoGap) count_gap(until - since);
  recording_.end_ms = std::min(until, to_ms(parts_.clock.now()));
  cut_ms_ = until - recording_.end_ms;
  recording_.settled = true;
  co_await keep_row();
}

awaitable<Result<JoinLine>> Tape::join_once() {
  auto prepare = [this] {
    parts_.files.remove(part_);
    return parts_.store.room_for(bytes_in(folder_));
  };
  const auto room = co_await on_disk(prepare);
  if (!room) co_return Unexpected(room.error());
  const JoinOrder order{folder_, part_};
  const auto executor = co_await asio::this_coro::executor;
  const auto recorder = parts_.launch(executor, to_line(order));
  if (!recorder) co_return refuse("live.unavailable", {}, Refusal::Kind::unavailable);
  for (;;) {
    const auto text = co_await recorder->next();
    if (!text) co_return Unexpected(text.error());
    const auto line = parse_join_line(*text);
    if (!line || line->last) co_return line;
    bytes_ = line->bytes;
  }
}

// False: nothing came of it, and it is dealt with.
awaitable<bool> Tape::join() {
  phase_ = Phase::joining;
  bytes_ = before_ = 0;
  auto measure = [this] { return bytes_in(folder_); };
  const auto bytes = co_await on_disk(measure);
  int broken = bytes == 0 ? kMostJoins : 0;
  auto why = trouble_.value_or(no_signal());
  while (broken < kMostJoins) {
    const auto joined = co_await join_once();
    if (joined) {
      recording_.gaps += joined->left_out;
      recording_.gap_ms += joined->left_out_ms;
      bound_gaps(joined->duration_ms);
      co_await keep_row();
      auto publish = [this] {
        parts_.files.rename(part_, whole_);
        parts_.files.sync_folder(folder_);
        for (const auto& segment : segments_in(folder_)) parts_.files.remove(segment);
        return true;
      };
      co_return co_await on_disk(publish);
    }
    why = joined.error();
    trouble_ = why;
    spdlog::warn("live: {}: joining: {}", recording_.channel, why.code);
    if (why.code == "live.no_data") break;
    const bool waits = why.code == "library.no_space" || why.code == "live.not_written";
    broken += waits ? 0 : 1;
    const auto wait = waits ? kPatience : kFirstWait;
    if (broken < kMostJoins) co_await parts_.clock.pause(wait);
  }
  const bool keep = bytes > 0 && why.code != "live.no_data";
  co_await fail(std::move(why), keep);
  co_return false;
}

receiver::Arrival Tape::arrival() const {
  receiver::Arrival out;
  out.path = whole_;
  out.origin.means = "live";
  out.origin.source = source_of(recording_.channel, channel_.url);
  out.origin.receiver = recording_.by;
  out.name = receiver::safe_name(recording_.title) + ".mkv";
  out.afterwards = receiver::Arrival::Afterwards::give_up;
  out.origin.started_ms = recording_.begin_ms;
  out.known.gaps = recording_.gaps;
  out.known.gap_ms = recording_.gap_ms;
  out.with_record = [no = recording_.no](Database& db, const logs::ReceptionRecorded&,
                                         const Refusal* refusal) {
    if (!refusal || refusal->kind == Refusal::Kind::invalid) note_recorded(db, no);
  };
  return out;
}

awaitable<void> Tape::hand_over() {
  phase_ = Phase::storing;
  bool done = false, refused = false;
  for (auto next = arrival(); !done;) {
    auto look = [this] { return parts_.store.room_for(fs::file_size(whole_)); };  // throws: carry()
    const auto room = co_await on_disk(look);
    trouble_.reset();
    if (!room) trouble_ = room.error();
    if (!room) {  // it waits until somebody makes room
      co_await parts_.clock.pause(kDiskLook);
      continue;
    }
    const auto reception = co_await parts_.take(next);
    refused = reception && reception->refusal;
    done = reception && (!refused || reception->refusal->kind == Refusal::Kind::invalid);
    if (done) break;
    next.perhaps_recorded = refused;  // the same refusal again is no other record
    const auto wait = refused ? kPatience : kBusy;
    co_await parts_.clock.pause(wait);
  }
  // What the intake refused is in the quarantine; if it could not be moved there, it is the only copy.
  auto look = [this, refused] { return refused && is_there(whole_); };
  const bool keep = co_await on_disk(look);
  co_await forget(keep);
}

// The attempt brought nothing that could be handed over: it is recorded as that.
awaitable<void> Tape::fail(Refusal why, bool keep) {
  if (keep) spdlog::error("live: {}: what was recorded stays in {}", recording_.channel, folder_.string());
  auto last = arrival();
  last.with_record = [no = recording_.no](Database& db, const logs::ReceptionRecorded&, const Refusal*) {
    note_recorded(db, no);
  };
  co_await parts_.record_failure(std::move(last), std::move(why), 0);
  co_await forget(keep);
}

// By an earlier attempt, which failed after that, or the power did.
awaitable<bool> Tape::is_recorded() {
  auto look = [file = parts_.database, no = recording_.no] {
    return live::is_recorded(*open_read_only(file), no);
  };
  co_return co_await on_disk(std::move(look));
}

awaitable<void> Tape::forget(bool keep) {
  auto clear = [this, keep] {
    std::error_code left;  // the next start says that it belongs to nothing
    return !keep && fs::remove_all(folder_, left) > 0;
  };
  co_await on_disk(clear);
  auto unit = [no = recording_.no](logs::Transaction& t) { return remove_recording(t.db, no); };
  co_await parts_.ledger.write(unit);
}

}  // namespace edu::live
