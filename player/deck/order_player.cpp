#include "player/deck/order_player.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>

namespace edu::player {
namespace {

constexpr milliseconds kBetweenReports{1000};
constexpr milliseconds kBetweenLooks{100};  // as much of an item's last sound may go unmeasured
constexpr milliseconds kWorthHolding{50};   // an item takes longer than that to open
constexpr milliseconds kMostCut{500};       // of an item's end, for the next one's own time

// The path without links, of a regular file; empty otherwise.
std::filesystem::path canonical_file(const std::filesystem::path& path) {
  std::error_code error;
  auto canonical = std::filesystem::canonical(path, error);
  if (error || !std::filesystem::is_regular_file(canonical, error) || error) return {};
  return canonical;
}

}  // namespace

OrderPlayer::OrderPlayer(asio::any_io_executor executor, MediaPlayer& media, Clock& clock, Send send)
    : executor_(std::move(executor)), media_(media), clock_(clock), send_(std::move(send)) {}

bool OrderPlayer::Order::is_over() const { return std::ranges::find(over, false) == over.end(); }

std::size_t OrderPlayer::Order::place() const {
  return static_cast<std::size_t>(std::ranges::find(over, false) - over.begin());
}

SpanTracker::Instant OrderPlayer::now() const { return {clock_.now(), clock_.mono()}; }

void OrderPlayer::arm(const ArmOrder& order) {
  if (waiting_ || (current_ && !current_->due)) {
    send_(Finished{order.id, OrderEnd::refused, "another order is armed"});
    return;
  }
  auto& place = current_ ? waiting_ : current_;
  place.emplace();
  place->order = order;
  place->over.resize(order.items.size());
  set_alarm(*place, order.at);
  if (&place == &current_) preload();
}

void OrderPlayer::set_alarm(Order& order, WallTime at) {
  order.alarm = std::make_shared<asio::cancellation_signal>();
  auto ended = [alarm = order.alarm](std::exception_ptr) {};  // only cancellation throws in there
  auto task = fire(order.order.id, at);
  asio::co_spawn(executor_, std::move(task),
                 asio::bind_cancellation_slot(order.alarm->slot(), std::move(ended)));
}

awaitable<void> OrderPlayer::fire(std::uint64_t id, WallTime at) {
  auto wake = Wake::clock_set;
  while (wake == Wake::clock_set)
    wake = co_await clock_.until(at);  // somebody set the clock: look at it again
  due(id);
}

void OrderPlayer::due(std::uint64_t id) {
  if (waiting_ && waiting_->order.id == id) waiting_->due = true;
  if (!is_current(id)) return;
  if (current_->due && !current_->held) return cut_short();
  current_->due = true;
  current_->held = false;
  go_on();
}

// From now on the alarm rings at the own time of the item after the one that plays.
void OrderPlayer::await_next() {
  for (auto next = playing_->item + 1; next < current_->order.items.size(); ++next) {
    if (current_->over[next]) continue;
    const auto own_time = current_->order.items[next].own_time;
    if (own_time > clock_.now()) set_alarm(*current_, own_time);
    return;
  }
}

// An item takes a moment to open, and its sound a moment to be heard to its end. So that these do not add up
// from item to item, one that is all but over gives way to the next. One that has more to show goes on.
void OrderPlayer::cut_short() {
  if (!playing_ || !playing_->started || playing_->cut_short) return;
  const auto declared = current_->order.items[playing_->item].declared;
  if (declared == milliseconds(0) || playing_->spans.last_position() + kMostCut < declared) return;
  playing_->cut_short = true;
  media_.next();
}

// Plays, or waits for the own time of the item that comes next.
void OrderPlayer::go_on() {
  if (!hold()) release();
}

// An item that could not be played, or that was shorter than it had said, makes the next one start no
// earlier: people come at the time that the notice names.
bool OrderPlayer::hold() {
  if (current_->held || current_->is_over()) return current_->held;
  const auto own_time = current_->order.items[current_->place()].own_time;
  if (own_time <= clock_.now() + kWorthHolding) return false;
  media_.pause(true);
  current_->held = true;
  set_alarm(*current_, own_time);  // the one of the order has rung
  return true;
}

void OrderPlayer::release() {
  released_ = clock_.now();
  if (playing_) playing_->released = released_;
  media_.pause(false);
  if (std::exchange(watched_, current_->order.id) == current_->order.id) return;
  auto task = watch(current_->order.id);
  asio::co_spawn(executor_, std::move(task), asio::detached);
}

awaitable<void> OrderPlayer::watch(std::uint64_t id) {
  while (is_current(id)) {
    media_.ask_position();
    co_await clock_.pause(kBetweenLooks);
  }
}

void OrderPlayer::preload() {
  media_.pause(true);
  bool append = false;
  for (const auto& item : current_->order.items) {
    const auto path = canonical_file(item.path);
    const auto entry = path.empty() ? -1 : media_.load(path, append);
    append = append || entry >= 0;
    current_->entries.push_back(entry);
  }
  end_unplayable();
  if (current_ && current_->due) go_on();
}

// Items that mpv never got will not be heard of again.
void OrderPlayer::end_unplayable() {
  const auto entries = current_->entries;
  for (std::size_t item = 0; item < entries.size(); ++item)
    if (entries[item] < 0) item_ended(item, ItemEnd::error, "not a regular file that can be reached");
  if (current_->is_over()) finish(OrderEnd::played);
}

void OrderPlayer::take(const OrderTo& order) {
  using Verb = OrderTo::Verb;
  const bool ends = order.verb == Verb::revoke || order.verb == Verb::stop;
  if (ends && waiting_ && waiting_->order.id == order.id) {
    const auto revoked = std::exchange(waiting_, std::nullopt);
    revoked->alarm->emit(asio::cancellation_type::terminal);
    send_(Finished{order.id, OrderEnd::revoked, {}});
    return;
  }
  if (!is_current(order.id)) return;
  if (ends && !current_->due) return stop(OrderEnd::revoked);
  if (order.verb == Verb::stop) return stop(OrderEnd::stopped);
  if (!ends && current_->due && !current_->held) media_.pause(order.verb == Verb::pause);
}

void OrderPlayer::stop(OrderEnd reason) {
  if (playing_ && current_->due) item_ended(playing_->item, ItemEnd::stopped, {});
  playing_.reset();  // before unload(): what mpv says of these entries from now on is nobody's
  media_.unload();
  finish(reason);
}

void OrderPlayer::finish(OrderEnd reason) {
  const auto finished = std::exchange(current_, std::nullopt);
  playing_.reset();
  finished->alarm->emit(asio::cancellation_type::terminal);
  send_(Finished{finished->order.id, reason, {}});
  if (!waiting_) return;
  current_ = std::exchange(waiting_, std::nullopt);
  preload();
}

void OrderPlayer::event(const PlayerEvent& event) {
  std::visit([this](const auto& value) { on(value); }, event);
}

void OrderPlayer::on(const FileStarted& started) {
  if (!current_) return;
  const auto found = std::ranges::find(current_->entries, started.entry);
  if (found == current_->entries.end()) return;
  playing_.emplace();
  playing_->item = static_cast<std::size_t>(found - current_->entries.begin());
  playing_->released = current_->place() == 0 && current_->due ? released_ : clock_.now();
  playing_->spans.moving(now(), moving_);
}

void OrderPlayer::on(const FileReady&) {
  if (!current_ || !playing_ || std::exchange(current_->ready, true)) return;
  send_(Ready{current_->order.id});
}

void OrderPlayer::on(const Moving& moving) {
  moving_ = moving.moving;
  if (playing_) playing_->spans.moving(now(), moving_);
}

void OrderPlayer::on(const Sought&) {
  if (playing_) playing_->spans.sought();
}

void OrderPlayer::on(const PlayerFault&) {
  if (playing_) ++playing_->errors;
}

void OrderPlayer::on(const Position& position) {
  if (!playing_) return;
  const auto at = now();
  playing_->spans.position(at, position.media);
  if (playing_->spans.advanced()) report(at);
}

void OrderPlayer::report(SpanTracker::Instant at) {
  const auto id = current_->order.id;
  if (!std::exchange(playing_->started, true)) {
    const auto first = from_ms(playing_->spans.spans().front().wall_ms);
    send_(Started{id, playing_->item, playing_->released, first});
    await_next();
  }
  if (at.steady - playing_->reported < kBetweenReports) return;
  playing_->reported = at.steady;
  send_(Progress{id, playing_->item, playing_->spans.last_position(), playing_->spans.spans()});
}

void OrderPlayer::on(const FileEnded& ended) {
  if (!current_) return;
  const auto found = std::ranges::find(current_->entries, ended.entry);
  if (found == current_->entries.end()) return;
  const bool eof = ended.reason == FileEnded::Reason::eof || (playing_ && playing_->cut_short);
  const auto item = static_cast<std::size_t>(found - current_->entries.begin());
  if (eof && playing_) playing_->spans.end(now(), current_->order.items[item].declared);
  item_ended(item, eof ? ItemEnd::eof : ItemEnd::error,
             ended.reason == FileEnded::Reason::stopped ? "mpv stopped it" : ended.what);
  playing_.reset();
  released_ = clock_.now();
  if (ended.reason == FileEnded::Reason::redirect)
    return stop(OrderEnd::stopped);  // its list is not ours any more
  if (current_->is_over()) return finish(OrderEnd::played);
  if (current_->due) hold();
}

void OrderPlayer::item_ended(std::size_t item, ItemEnd reason, const std::string& what) {
  ItemEnded ended;
  ended.id = current_->order.id;
  ended.item = item;
  ended.reason = reason;
  ended.what = what;
  if (playing_ && playing_->item == item) {
    ended.played = playing_->spans.played();
    ended.errors = playing_->errors;
    ended.spans = playing_->spans.spans();
  }
  current_->over[item] = true;
  send_(ended);
}

}  // namespace edu::player
