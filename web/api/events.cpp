#include "web/api/events.h"

#include <algorithm>

#include <boost/asio/redirect_error.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace edu::web {

std::string event_text(const logs::Record& record) {
  // Canonical JSON is one line, so one data field holds it.
  return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", record.seq, get_string(record.fields(), "kind"),
                     record.body);
}

void EventStream::replay(const Missed& missed) {
  const auto& records = missed.records;
  const auto next = missed.last_seen + 1;
  if (!records.empty() && records.front().seq > next)
    first_ +=
        fmt::format("event: missed\ndata: {{\"from\":{},\"to\":{}}}\n\n", next, records.front().seq - 1);
  for (const auto& record : records) first_ += event_text(record);
  told_ = records.empty() ? missed.last_seen : records.back().seq;
}

void EventStream::push(std::int64_t seq, std::shared_ptr<const std::string> piece) {
  if (ended_) return;
  if (queue_.size() >= limit_) return end();
  queue_.emplace_back(seq, std::move(piece));
  if (wake_) wake_->cancel();
}

void EventStream::end() {
  ended_ = true;
  queue_.clear();
  if (wake_) wake_->cancel();
}

awaitable<std::string> EventStream::next() {
  if (!first_.empty()) co_return std::exchange(first_, {});
  if (!wake_) wake_.emplace(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  while (true) {
    while (!queue_.empty() && queue_.front().first != 0 && queue_.front().first <= told_) queue_.pop_front();
    if (ended_) co_return std::string();
    if (!queue_.empty()) break;
    boost::system::error_code ignored;
    auto token = asio::redirect_error(asio::use_awaitable, ignored);
    co_await wake_->async_wait(token);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return std::string();
  }
  std::string piece = *queue_.front().second;
  queue_.pop_front();
  co_return piece;
}

std::shared_ptr<EventStream> EventHub::subscribe(std::string login) {
  auto stream = std::make_shared<EventStream>(queue_limit_);
  listeners_.push_back({stream, std::move(login)});
  return stream;
}

void EventHub::publish(const logs::Record& record) noexcept {
  try {
    push_all(record.seq, std::make_shared<const std::string>(event_text(record)));
  } catch (const std::exception& error) {
    spdlog::error("web: record {} was not told to listeners: {}", record.seq, error.what());
  }
}

void EventHub::tell(const std::string& kind, const json::value& data) noexcept {
  try {
    const auto piece = fmt::format("event: {}\ndata: {}\n\n", kind, json::serialize(data));
    push_all(0, std::make_shared<const std::string>(piece));
  } catch (const std::exception& error) {
    spdlog::error("web: {} was not told to listeners: {}", kind, error.what());
  }
}

awaitable<void> EventHub::beat(Clock& clock) {
  const auto comment = std::make_shared<const std::string>(":\n\n");
  while (true) {
    co_await clock.pause(kHeartbeat);
    push_all(0, comment);
  }
}

void EventHub::end_all() {
  for (const auto& one : listeners_)
    if (const auto stream = one.stream.lock()) stream->end();
}

void EventHub::end_of(const std::string& login) {
  for (const auto& one : listeners_)
    if (const auto stream = one.stream.lock(); stream && one.login == login) stream->end();
}

void EventHub::push_all(std::int64_t seq, const std::shared_ptr<const std::string>& piece) {
  std::erase_if(listeners_, [](const auto& one) { return one.stream.expired(); });
  for (const auto& one : listeners_)
    if (const auto stream = one.stream.lock()) stream->push(seq, piece);
}

Missed missed_since(Database& database, std::int64_t last_seen) {
  const auto newest = logs::journal::head(database).seq;
  Missed missed;
  missed.last_seen = std::clamp(last_seen, std::int64_t{0}, newest);
  const auto first = std::max(missed.last_seen + 1, newest - static_cast<std::int64_t>(kReplayed) + 1);
  logs::journal::each(database, first, [&](const logs::Record& record) {
    missed.records.push_back(record);
    return missed.records.size() < kReplayed;
  });
  return missed;
}

}  // namespace edu::web
