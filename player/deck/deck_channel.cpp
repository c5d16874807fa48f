#include "player/deck/deck_channel.h"

#include <string_view>
#include <variant>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <unistd.h>

namespace edu::player {
namespace {

constexpr std::size_t kDropProgress = 64;  // lines that wait
constexpr std::size_t kMostWaiting =
    4096;  // a daemon that reads nothing for hours of events; more is dropped

}  // namespace

DeckChannel::DeckChannel(asio::any_io_executor executor)
    : in_(executor, ::dup(STDIN_FILENO)), out_(executor, ::dup(STDOUT_FILENO)) {
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

awaitable<void> DeckChannel::read(std::function<void(const DeckOrder&)> take) {
  std::string buffer;
  for (;;) {
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const auto length =
        co_await asio::async_read_until(in_, asio::dynamic_buffer(buffer, kLongestLine), '\n', token);
    if (error) co_return;
    const auto order = parse_order(std::string_view(buffer).substr(0, length - 1));
    buffer.erase(0, length);
    if (order)
      take(*order);
    else
      send(Complaint{"a line that is no order"});
  }
}

void DeckChannel::send(const DeckMessage& message) {
  if (queue_.size() >= kDropProgress && std::holds_alternative<Progress>(message)) return;
  if (queue_.size() >= kMostWaiting) return;
  queue_.push_back(to_line(message));
  if (!writing_) write();
}

void DeckChannel::write() {
  writing_ = !queue_.empty();
  if (!writing_) return;
  auto written = [this](boost::system::error_code error, std::size_t) {
    if (error) return queue_.clear();  // the daemon is gone; read() ends the process
    queue_.pop_front();
    write();
  };
  asio::async_write(out_, asio::buffer(queue_.front()), std::move(written));
}

}  // namespace edu::player
