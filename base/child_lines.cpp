#include "base/child_lines.h"

#include <system_error>

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read_until.hpp>

#include "base/diagnostics.h"

namespace edu {

Refusal refusal_of(const ChildEnd& end, const ChildEndCodes& codes) {
  switch (end.why) {
    case ChildEnd::Why::too_long:
      return {codes.too_long, {}, {}};
    case ChildEnd::Why::silent:
      return {codes.silent, {{"seconds", std::to_string(end.silence.count() / 1000)}}, {}};
    case ChildEnd::Why::closed:
      break;
  }
  return {codes.closed, {{"how", end.exit.describe()}}, {}};
}

ChildLines::ChildLines(Clock& clock, ChildProcess& child, Bounds bounds)
    : clock_(clock), child_(child), bounds_(bounds) {}

awaitable<boost::system::error_code> ChildLines::read() {
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  length_ = co_await asio::async_read_until(child_.socket(), asio::dynamic_buffer(buffer_, bounds_.longest),
                                            '\n', token);
  co_return error;
}

// Nothing: there is a line.
awaitable<std::optional<ChildEnd::Why>> ChildLines::wait() {
  using namespace asio::experimental::awaitable_operators;
  boost::system::error_code error;
  if (bounds_.silence) {
    const auto first = co_await (read() || clock_.pause(*bounds_.silence));
    if (first.index() == 1) co_return ChildEnd::Why::silent;
    error = std::get<0>(first);
  } else {
    error = co_await read();
  }
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  if (error == asio::error::not_found) co_return ChildEnd::Why::too_long;
  if (error) co_return ChildEnd::Why::closed;
  co_return std::nullopt;
}

awaitable<tl::expected<std::string, ChildEnd>> ChildLines::next() {
  const auto why = co_await wait();
  if (!why) {
    auto line = buffer_.substr(0, length_ - 1);
    buffer_.erase(0, length_);
    co_return line;
  }
  child_.kill();
  ChildEnd end;
  end.why = *why;
  end.silence = bounds_.silence.value_or(milliseconds(0));
  end.exit = co_await child_.exited();
  co_return tl::unexpected<ChildEnd>(std::move(end));
}

std::unique_ptr<ChildProcess> start_child(std::string_view who, asio::any_io_executor executor,
                                          const std::filesystem::path& program,
                                          const std::vector<std::string>& arguments) {
  try {
    return std::make_unique<ChildProcess>(std::move(executor), program, arguments, true);
  } catch (const std::system_error& error) {
    spdlog::error("{}: {}", who, error.what());
    return nullptr;
  }
}

}  // namespace edu
