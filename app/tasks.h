// The daemon's long coroutines: started together, cancelled together. Loop thread.
#pragma once

#include <functional>
#include <list>
#include <string>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/asio.h"

namespace edu::app {

class Tasks {
 public:
  using OnFailure = std::function<void(const std::string& name, const std::string& why)>;
  // `on_failure` hears of a task that ended by an exception: a fault, for each of them ends by cancellation
  // alone.
  Tasks(asio::any_io_executor executor, OnFailure on_failure);

  void start(std::string name, awaitable<void> task);
  // Cancels all and waits until the last has ended.
  awaitable<void> cancel();

 private:
  struct Task {
    std::string name;
    asio::cancellation_signal stop;
  };
  void ended(std::list<Task>::iterator task, std::exception_ptr failure);

  asio::any_io_executor executor_;
  OnFailure on_failure_;
  std::list<Task> tasks_;
  bool cancelling_ = false;
  asio::steady_timer all_ended_;  // cancelled when the last has ended
};

}  // namespace edu::app
