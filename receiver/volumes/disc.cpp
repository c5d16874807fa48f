#include "receiver/volumes/disc.h"

#include <memory>
#include <optional>
#include <system_error>

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read_until.hpp>

#include "base/diagnostics.h"
#include "base/text.h"

namespace edu::receiver {
namespace {

// A drive that tries a scratched sector again and again takes minutes over it, and no longer.
constexpr milliseconds kSilence{120'000};

std::unique_ptr<ChildProcess> start(asio::any_io_executor executor, const std::filesystem::path& program,
                                    const std::vector<std::string>& arguments) {
  try {
    return std::make_unique<ChildProcess>(std::move(executor), program, arguments, true);
  } catch (const std::system_error& error) {
    spdlog::error("disc: {}", error.what());
    return nullptr;
  }
}

// The lines of one edustation-disc.
class Lines {
 public:
  Lines(Clock& clock, ChildProcess& child) : clock_(clock), child_(child) {}

  // The next line; a refusal when there is none: the process is gone, or says nothing for too long.
  awaitable<Result<std::string>> next();

 private:
  awaitable<boost::system::error_code> read();

  Clock& clock_;
  ChildProcess& child_;
  std::string buffer_;
  std::size_t length_ = 0;
};

awaitable<boost::system::error_code> Lines::read() {
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  length_ = co_await asio::async_read_until(child_.socket(), asio::dynamic_buffer(buffer_, kLongestDiscLine),
                                            '\n', token);
  co_return error;
}

awaitable<Result<std::string>> Lines::next() {
  using namespace asio::experimental::awaitable_operators;
  auto either = read() || clock_.pause(kSilence);
  const auto ended = co_await std::move(either);
  if (ended.index() == 1) {
    child_.kill();
    co_return refuse("receiver.disc_timeout", {{"seconds", std::to_string(kSilence.count() / 1000)}});
  }
  const auto error = std::get<0>(ended);
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  if (error == asio::error::not_found) {
    child_.kill();
    co_return refuse("receiver.disc_garbage");
  }
  if (error) {
    child_.kill();  // one that died by itself keeps the status it died with
    const auto status = co_await child_.exited();
    spdlog::warn("disc: {} without an answer", status.describe());
    co_return refuse("receiver.disc_crashed", {{"how", status.describe()}});
  }
  auto line = buffer_.substr(0, length_ - 1);
  buffer_.erase(0, length_);
  co_return line;
}

Refusal unavailable() { return {"receiver.disc_unavailable", {}, Refusal::Kind::unavailable}; }

}  // namespace

DiscReader::DiscReader(Clock& clock, std::filesystem::path program)
    : clock_(clock), program_(std::move(program)) {}

awaitable<Result<DiscContents>> DiscReader::list(std::filesystem::path disc, milliseconds shortest) {
  const std::vector<std::string> arguments{"--list", "--shortest-ms", std::to_string(shortest.count()), "--",
                                           disc.string()};
  const auto executor = co_await asio::this_coro::executor;
  const auto child = start(executor, program_, arguments);
  if (!child) co_return Unexpected(unavailable());
  Lines lines(clock_, *child);
  const auto line = co_await lines.next();
  if (!line) co_return Unexpected(line.error());
  co_return parse_contents(*line);
}

awaitable<Result<std::uint64_t>> DiscReader::write(std::filesystem::path disc, milliseconds shortest,
                                                   DiscTitle title, std::filesystem::path file, Heard heard) {
  const std::vector<std::string> arguments{"--title",
                                           std::to_string(title.number),
                                           "--into",
                                           file.string(),
                                           "--shortest-ms",
                                           std::to_string(shortest.count()),
                                           "--largest",
                                           std::to_string(title.bytes),
                                           "--seconds",
                                           "3600",
                                           "--",
                                           disc.string()};
  const auto executor = co_await asio::this_coro::executor;
  const auto child = start(executor, program_, arguments);
  if (!child) co_return Unexpected(unavailable());
  Lines lines(clock_, *child);
  for (;;) {
    const auto line = co_await lines.next();
    if (!line) co_return Unexpected(line.error());
    const auto progress = parse_progress(*line);
    if (!progress) co_return Unexpected(progress.error());
    const auto done = static_cast<std::uint64_t>(progress->done);
    if (progress->last) co_return done;
    heard(done);
  }
}

}  // namespace edu::receiver
