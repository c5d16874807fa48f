// A packet source for tests with channels.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "receiver/multicast/packet_source.h"
#include "tests/receiver/multicast/bench.h"

namespace edu::multicast {

// Gives out what the test puts in; fails when it is told to.
class Script final : public PacketSource {
 public:
  void open() override {
    const std::lock_guard hold(mutex_);
    ++opened_;
    if (refuse_ > 0 && refuse_-- > 0)
      throw std::system_error(ENODEV, std::generic_category(), "interface tv");
    changed_.notify_all();
  }
  bool receive(Batch& batch, milliseconds patience) override {
    std::unique_lock hold(mutex_);
    changed_.wait_for(hold, patience, [this] { return woken_ || break_ || !waiting_.empty(); });
    batch.count = 0;
    if (std::exchange(break_, false))
      throw std::system_error(ENETRESET, std::generic_category(), "interface tv");
    for (; batch.count < Batch::kSlots && !waiting_.empty(); ++batch.count) {
      const auto& bytes = waiting_.front();
      std::ranges::copy(bytes, batch.memory(batch.count).begin());
      batch.slots[batch.count] = {address(1), bytes.size(), 0};
      waiting_.pop_front();
    }
    batch.kernel_drops = 5;
    return true;
  }
  void wake() noexcept override {
    const std::lock_guard hold(mutex_);
    woken_ = true;
    changed_.notify_all();
  }
  void put(const std::vector<Bytes>& datagrams) {
    const std::lock_guard hold(mutex_);
    waiting_.insert(waiting_.end(), datagrams.begin(), datagrams.end());
    changed_.notify_all();
  }
  void break_off(int then_refuse = 0) {
    const std::lock_guard hold(mutex_);
    break_ = true;
    refuse_ = then_refuse;
    changed_.notify_all();
  }
  int opened() {
    const std::lock_guard hold(mutex_);
    return opened_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Bytes> waiting_;
  bool woken_ = false, break_ = false;
  int opened_ = 0, refuse_ = 0;
};

}  // namespace edu::multicast
