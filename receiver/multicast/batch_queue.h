// The bounded queue between a channel's RX thread and its assembly thread: a fixed number of batches that go
// round, and functions for the assembly thread to run. When all batches are full the RX thread waits and the
// kernel's socket buffer takes what comes, which counts what it drops.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>

#include "receiver/multicast/packet_source.h"

namespace edu::multicast {

class BatchQueue {
 public:
  static constexpr std::size_t kBatches = 4;

  BatchQueue() {
    for (auto& batch : batches_) free_.push_back(&batch);
  }

  Batch* take_free();      // RX thread; waits; null: closed
  void put(Batch* batch);  // RX thread
  void give_back(Batch* batch);
  void post(std::function<void()> task);  // any thread
  void close();  // nothing more comes: take_free() ends, next() once all is dealt with

  struct Next {
    Batch* batch = nullptr;
    std::function<void()> task;
    bool closed = false;
  };
  // Assembly thread: tasks before batches; waits at most until `patience` is over.
  Next next(milliseconds patience);

 private:
  std::array<Batch, kBatches> batches_;
  std::mutex mutex_;  // guards the three lists below: the crossing between the threads
  std::condition_variable for_rx_, for_assembly_;
  std::deque<Batch*> free_, full_;
  std::deque<std::function<void()>> tasks_;
  bool closed_ = false;
};

}  // namespace edu::multicast
