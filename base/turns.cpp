#include "base/turns.h"

#include <list>

#include <boost/asio/steady_timer.hpp>

namespace edu {

struct Turns::State {
  explicit State(std::size_t at_once) : free(at_once) {}

  void give_back() noexcept;

  std::size_t free;
  std::list<Waiter*> waiting;
};

// Lives in the frame of the coroutine that waits, so that it leaves the queue however the wait ends.
struct Turns::Waiter {
  Waiter(std::shared_ptr<State> turns, const asio::any_io_executor& executor)
      : state(std::move(turns)), timer(executor, asio::steady_timer::time_point::max()) {
    place = state->waiting.insert(state->waiting.end(), this);
  }
  ~Waiter() {
    if (!granted)
      state->waiting.erase(place);
    else if (!used)
      state->give_back();
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  std::shared_ptr<State> state;
  asio::steady_timer timer;
  std::list<Waiter*>::iterator place;
  bool granted = false, used = false;
};

void Turns::State::give_back() noexcept {
  if (waiting.empty()) {
    ++free;
    return;
  }
  auto* const next = waiting.front();
  waiting.pop_front();
  next->granted = true;
  next->timer.cancel();
}

Turns::Turn::~Turn() {
  if (state_) state_->give_back();
}

Turns::Turns(std::size_t at_once) : state_(std::make_shared<State>(at_once)) {}

std::size_t Turns::waiting() const { return state_->waiting.size(); }

std::optional<Turns::Turn> Turns::try_take() {
  if (state_->free == 0) return std::nullopt;
  --state_->free;
  return Turn(state_);
}

awaitable<Turns::Turn> Turns::take() { return take(state_); }

awaitable<Turns::Turn> Turns::take(std::shared_ptr<State> state) {
  if (state->free > 0) {
    --state->free;
    co_return Turn(std::move(state));
  }
  Waiter waiter(state, co_await asio::this_coro::executor);
  boost::system::error_code ignored;
  auto token = asio::redirect_error(asio::use_awaitable, ignored);
  co_await waiter.timer.async_wait(token);
  const auto cancelled = co_await asio::this_coro::cancellation_state;
  if (!waiter.granted || cancelled.cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
  waiter.used = true;
  co_return Turn(std::move(state));
}

awaitable<Turns::Turn> KeyedTurns::take(std::string key) {
  std::erase_if(keys_, [](const auto& one) { return one.second.expired(); });
  auto& kept = keys_[std::move(key)];
  auto state = kept.lock();
  if (!state) kept = state = std::make_shared<Turns::State>(1);
  return Turns::take(std::move(state));
}

}  // namespace edu
