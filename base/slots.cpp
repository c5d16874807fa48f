#include "base/slots.h"

#include <boost/asio/error.hpp>

namespace edu {

awaitable<Slots::Held> Slots::take() {
  if (free_ > 0) {
    --free_;
    co_return Held(*this);
  }
  const auto executor = co_await asio::this_coro::executor;
  const auto waiter = std::make_shared<Waiter>(Waiter{asio::steady_timer(executor), false});
  waiter->timer.expires_at(asio::steady_timer::time_point::max());
  const auto place = waiting_.insert(waiting_.end(), waiter);
  boost::system::error_code ignored;
  auto token = asio::redirect_error(asio::use_awaitable, ignored);
  co_await waiter->timer.async_wait(token);
  if (waiter->granted) co_return Held(*this);
  waiting_.erase(place);
  throw boost::system::system_error(asio::error::operation_aborted);
}

void Slots::give_back() noexcept {
  if (waiting_.empty()) {
    ++free_;
    return;
  }
  const auto next = waiting_.front();
  waiting_.pop_front();
  next->granted = true;
  next->timer.cancel();
}

awaitable<DigestLocks::Held> DigestLocks::lock(std::string digest) {
  auto& entry = entries_[digest];
  ++entry.users;
  Held held(*this, std::move(digest));
  auto turn = co_await entry.slots.take();
  held.turn_ = std::make_unique<Slots::Held>(std::move(turn));
  co_return held;
}

DigestLocks::Held::~Held() {
  if (!locks_) return;
  turn_.reset();
  const auto entry = locks_->entries_.find(digest_);
  if (--entry->second.users == 0) locks_->entries_.erase(entry);
}

}  // namespace edu
