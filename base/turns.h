// One at a time: coroutines that must not interleave take turns. Loop thread.
#pragma once

#include <memory>

#include <boost/asio/experimental/channel.hpp>

#include "base/asio.h"

namespace edu {

class Turns {
  struct GiveBack {
    void operator()(Turns* turns) const noexcept {
      auto taken = [](boost::system::error_code) {};
      turns->channel_.try_receive(taken);
    }
  };

 public:
  using Turn = std::unique_ptr<Turns, GiveBack>;  // given back when it goes

  explicit Turns(asio::any_io_executor executor) : channel_(std::move(executor), 1) {}

  awaitable<Turn> take() {
    co_await channel_.async_send(boost::system::error_code(), asio::use_awaitable);
    co_return Turn(this);
  }

 private:
  asio::experimental::channel<void(boost::system::error_code)> channel_;
};

}  // namespace edu
