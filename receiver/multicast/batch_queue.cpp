#include "receiver/multicast/batch_queue.h"

namespace edu::multicast {

Batch* BatchQueue::take_free() {
  std::unique_lock lock(mutex_);
  for_rx_.wait(lock, [this] { return closed_ || !free_.empty(); });
  if (closed_) return nullptr;
  auto* batch = free_.front();
  free_.pop_front();
  return batch;
}

void BatchQueue::put(Batch* batch) {
  const std::lock_guard lock(mutex_);
  full_.push_back(batch);
  for_assembly_.notify_one();
}

void BatchQueue::give_back(Batch* batch) {
  const std::lock_guard lock(mutex_);
  free_.push_front(batch);  // the one that is warm in the processor's caches
  for_rx_.notify_one();
}

void BatchQueue::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  for_assembly_.notify_one();
}

void BatchQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for_rx_.notify_all();
  for_assembly_.notify_all();
}

BatchQueue::Next BatchQueue::next(milliseconds patience) {
  std::unique_lock lock(mutex_);
  for_assembly_.wait_for(lock, patience, [this] { return closed_ || !full_.empty() || !tasks_.empty(); });
  Next next;
  if (!tasks_.empty()) {
    next.task = std::move(tasks_.front());
    tasks_.pop_front();
  } else if (!full_.empty()) {
    next.batch = full_.front();
    full_.pop_front();
  } else {
    next.closed = closed_;
  }
  return next;
}

}  // namespace edu::multicast
