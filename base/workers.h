// The small pool for what blocks: reads, files, hashes, rendering. Everything else runs on the loop.
#pragma once

#include <type_traits>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/asio.h"

namespace edu {

class Workers {
 public:
  explicit Workers(std::size_t threads = 2) : pool_(threads) {}
  ~Workers() { stop(); }
  void stop() { pool_.stop(), pool_.join(); }  // what runs ends, what waits is dropped

  // Runs `work()` on a worker, completes on the caller's executor; what it throws comes out of here.
  // Cancellation waits for the end of `work`, so that it may refer to what the caller owns. It must not reach
  // the worker's coroutine: there Asio 1.81 throws past its own handlers, which ends the program.
  template <class Work>
  awaitable<std::invoke_result_t<Work>> run(Work work) {
    auto task = call(std::move(work));
    auto uncancelled = asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable);
    co_return co_await asio::co_spawn(pool_.get_executor(), std::move(task), uncancelled);
  }

 private:
  template <class Work>
  static awaitable<std::invoke_result_t<Work>> call(Work work) {
    co_return work();
  }
  asio::thread_pool pool_;
};

}  // namespace edu
