#include "scheduler/airing/as_run_log.h"

#include <boost/asio/redirect_error.hpp>

#include "base/diagnostics.h"
#include "base/retry.h"

namespace edu::scheduler {
namespace {

constexpr BackOff kBackOff{milliseconds(1000), milliseconds(30'000)};
constexpr milliseconds kLate{5000};  // what waits for longer comes late

std::optional<Note> note_in(const std::string& text) {
  const auto value = parse_json(text);
  if (!value) return std::nullopt;
  auto note = json::try_value_to<Note>(*value);
  if (!note) return std::nullopt;
  return *std::move(note);
}

}  // namespace

// Tokens of two starts of the daemon are different.
AsRunLog::AsRunLog(asio::any_io_executor executor, Parts parts)
    : parts_(std::move(parts)),
      bell_(executor, asio::steady_timer::time_point::max()),
      last_token_(static_cast<std::uint64_t>(std::max<std::int64_t>(0, to_ms(parts_.clock.now()))) << 10) {}

std::int64_t AsRunLog::number_of(std::uint64_t token) const {
  const auto found = numbers_.find(token);
  return found == numbers_.end() ? 0 : found->second;
}

// Of two rows of the scratch table that say nothing else the newer is enough.
void AsRunLog::put(Note note) {
  const auto is_row = [](const Note& one) {
    return one.on_air && !one.open && !one.started && !one.ended && !one.session && one.missed.empty() &&
           !one.clock_set && !one.deck_failed && !one.deck_restarted && !one.resumed && !one.off_air;
  };
  if (queue_.size() > 1 && is_row(note) && is_row(queue_.back().note) &&
      queue_.back().note.on_air->deck == note.on_air->deck && !queue_.back().kept)
    queue_.pop_back();
  queue_.push_back({std::move(note), parts_.clock.now(), {}, false});
  bell_.cancel();
}

awaitable<std::vector<Note>> AsRunLog::take_over() {
  const auto lines = co_await parts_.emergency.prepare();
  std::vector<Note> notes;
  if (lines.empty()) co_return notes;
  auto ask = [series = lines.front().place.series](logs::Transaction& t) {
    return EmergencyLog::last_entered(t.db, series);
  };
  const auto entered = co_await parts_.ledger.write(ask);
  for (const auto& line : lines) {
    if (line.place.number <= entered) continue;
    auto note = note_in(line.text);
    if (!note) continue;
    queue_.push_back({*note, parts_.clock.now() - kLate, line.place, true});
    notes.push_back(*std::move(note));
  }
  if (!notes.empty())
    spdlog::warn("playout: {} entries of the as-run record wait since the last end", notes.size());
  co_return notes;
}

awaitable<void> AsRunLog::run() {
  for (;;) {
    const auto failure = co_await failure_of(write());
    if (failure) {
      co_await parts_.clock.pause(kBackOff.after(failures_));
    } else if (queue_.empty()) {
      boost::system::error_code rung;
      auto token = asio::redirect_error(asio::use_awaitable, rung);
      co_await bell_.async_wait(token);
      co_await stop_if_cancelled();
    }
  }
}

awaitable<void> AsRunLog::write() {
  const auto turn = co_await turns_.take();
  while (!queue_.empty()) {
    const auto failure = co_await failure_of(write_first());
    if (failure) {
      if (failures_++ == 0) since_ = parts_.clock.now();
      what_ = *failure;
      spdlog::error("playout: the as-run record cannot be written: {}; {} entries wait", what_,
                    queue_.size());
      co_await keep();
      throw std::runtime_error(what_);
    }
    failures_ = 0;
  }
  late_told_ = false;
  if (parts_.emergency.holds_lines()) co_await parts_.emergency.wipe();
}

awaitable<void> AsRunLog::write_first() {
  auto& entry = queue_.front();
  const auto now = parts_.clock.now();
  logs::AsRunLate late;
  const bool tell = !late_told_ && now - entry.at >= kLate;
  if (tell) {
    late.entries = static_cast<std::int64_t>(queue_.size());
    late.since_ms = to_ms(entry.at);
    late.what = what_;
  }
  auto unit = [note = entry.note, place = entry.place, play = number_of(entry.note.token), late, tell,
               &sessions = parts_.sessions](logs::Transaction& t) {
    if (tell) t.append("auto", late);
    if (!place.is_none()) EmergencyLog::mark_entered(t.db, place);
    return scheduler::put(t, sessions, note, play);
  };
  const auto numbers = co_await parts_.ledger.write(std::move(unit));
  const auto note = std::move(queue_.front().note);
  queue_.pop_front();
  if (tell) late_told_ = true;
  if (note.started && note.token != 0) numbers_[note.token] = numbers.play;
  if (note.ended) numbers_.erase(note.token);
  parts_.written(note, numbers);
}

// While the disk takes no commits: a line for each note that has none yet.
awaitable<void> AsRunLog::keep() {
  for (std::size_t i = 0; i < queue_.size(); ++i) {
    if (std::exchange(queue_[i].kept, true)) continue;
    auto note = queue_[i].note;
    if (note.ended && note.ended->play == 0) note.ended->play = number_of(note.token);
    if (note.on_air) note.on_air->play = number_of(note.token);
    const auto place = co_await parts_.emergency.append(json::serialize(json::value_from(note)));
    queue_[i].place = place;
    queue_[i].kept = !place.is_none();
    if (place.is_none()) co_return;
  }
}

std::optional<AsRunLog::Trouble> AsRunLog::trouble() const {
  if (failures_ == 0) return std::nullopt;
  return Trouble{what_, since_, queue_.size()};
}

}  // namespace edu::scheduler
