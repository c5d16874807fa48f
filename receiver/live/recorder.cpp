#include "receiver/live/recorder.h"

#include <system_error>

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include "base/diagnostics.h"
#include "receiver/live/lines.h"

namespace edu::live {
namespace {

// It speaks once a second, but for while a name is looked up, which nothing can interrupt.
constexpr milliseconds kSilence{60'000};

class RecordProgram final : public Recorder {
 public:
  RecordProgram(Clock& clock, asio::any_io_executor executor, const std::filesystem::path& program,
                const std::string& order)
      : clock_(clock), child_(std::move(executor), program, {}, true) {
    // An order fits the socket's buffer by far, so this does not wait.
    boost::system::error_code gone;  // then next() says so
    asio::write(child_.socket(), asio::buffer(order + "\n"), gone);
  }

  awaitable<Result<std::string>> next() override;
  void finish() override { child_.terminate(); }

 private:
  awaitable<boost::system::error_code> read();

  Clock& clock_;
  ChildProcess child_;
  std::string buffer_;
  std::size_t length_ = 0;
};

awaitable<boost::system::error_code> RecordProgram::read() {
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  length_ = co_await asio::async_read_until(child_.socket(), asio::dynamic_buffer(buffer_, kLongestLine),
                                            '\n', token);
  co_return error;
}

awaitable<Result<std::string>> RecordProgram::next() {
  using namespace asio::experimental::awaitable_operators;
  auto either = read() || clock_.pause(kSilence);
  const auto ended = co_await std::move(either);
  if (ended.index() == 1) {
    child_.kill();
    co_return refuse("live.silent", {{"seconds", std::to_string(kSilence.count() / 1000)}});
  }
  const auto error = std::get<0>(ended);
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  if (error == asio::error::not_found) {
    child_.kill();
    co_return refuse("live.garbage");
  }
  if (error) {
    child_.kill();  // one that died by itself keeps the status it died with
    const auto status = co_await child_.exited();
    co_return refuse("live.crashed", {{"how", status.describe()}});
  }
  auto line = buffer_.substr(0, length_ - 1);
  buffer_.erase(0, length_);
  co_return line;
}

}  // namespace

Launch launch_record_program(Clock& clock, std::filesystem::path program) {
  return [&clock, program = std::move(program)](asio::any_io_executor executor,
                                                const std::string& order) -> std::unique_ptr<Recorder> {
    try {
      return std::make_unique<RecordProgram>(clock, std::move(executor), program, order);
    } catch (const std::system_error& error) {
      spdlog::error("live: {}", error.what());
      return nullptr;
    }
  };
}

}  // namespace edu::live
