#include "base/retry.h"

#include <algorithm>

#include "base/diagnostics.h"

namespace edu {

milliseconds BackOff::after(std::int64_t failures) const {
  const auto doublings = std::clamp<std::int64_t>(failures - 1, 0, 30);
  return std::min(longest, milliseconds(first.count() << doublings));
}

milliseconds BackOff::after(std::int64_t failures, double chance) const {
  const auto span = after(failures).count();
  return milliseconds(span / 2 + static_cast<std::int64_t>(chance * static_cast<double>(span)));
}

awaitable<void> stop_if_cancelled() {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) throw Cancelled();
}

awaitable<std::optional<std::string>> failure_of(awaitable<void> work) {
  std::optional<std::string> failure;
  try {
    co_await std::move(work);
  } catch (const Cancelled&) {
    throw;
  } catch (const std::exception& error) {
    failure = error.what();
  }
  co_await stop_if_cancelled();
  co_return failure;
}

awaitable<void> with_clean_up(awaitable<void> work, awaitable<void> clean_up) {
  std::exception_ptr thrown;
  try {
    co_await std::move(work);
  } catch (...) {
    thrown = std::current_exception();
  }
  const auto state = co_await asio::this_coro::cancellation_state;
  const bool cancelled = state.cancelled() != asio::cancellation_type::none;
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await std::move(clean_up);
  if (cancelled) throw Cancelled();
  if (thrown) std::rethrow_exception(thrown);
}

Retry::Retry(Clock& clock, std::string who, BackOff wait, Failed failed)
    : clock_(clock), who_(std::move(who)), wait_(wait), failed_(std::move(failed)) {}

awaitable<bool> Retry::attempt(awaitable<void> work) {
  const auto failure = co_await failure_of(std::move(work));
  if (!failure) {
    failures_ = 0;
    co_return true;
  }
  const auto wait = wait_.after(++failures_);
  spdlog::error("{}: {}; trying again in {} s", who_, *failure, std::chrono::ceil<seconds>(wait).count());
  if (failed_) failed_(*failure);
  co_await clock_.pause(wait);
  co_return false;
}

}  // namespace edu
