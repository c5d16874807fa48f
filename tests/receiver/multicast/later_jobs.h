// Work that waits until the test says so, on its own thread.
#pragma once

#include <deque>
#include <utility>

#include "receiver/multicast/jobs.h"

namespace edu::test {

class LaterJobs final : public multicast::Jobs {
 public:
  void run(multicast::Lane lane, std::function<void()> work, std::function<void()> then) override {
    if (lane == multicast::Lane::tables && !hold_tables) return work(), then();
    waiting_.emplace_back(std::move(work), std::move(then));
  }
  bool run_one() {
    if (waiting_.empty()) return false;
    auto [work, then] = std::move(waiting_.front());
    waiting_.pop_front();
    work();
    then();
    return true;
  }
  void run_all() {
    while (run_one()) {
    }
  }
  bool hold_tables = false;  // lists of files wait too; else they are read at once
  std::size_t waiting() const { return waiting_.size(); }
  // The oldest, which is a worker's for as long as the test wants.
  std::function<void()> take() {
    auto work = std::move(waiting_.front().first);
    waiting_.pop_front();
    return work;
  }
  // What a power cut leaves undone.
  void lose() { waiting_.clear(); }

 private:
  std::deque<std::pair<std::function<void()>, std::function<void()>>> waiting_;
};

}  // namespace edu::test
