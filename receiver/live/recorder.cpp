#include "receiver/live/recorder.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "base/child_lines.h"
#include "receiver/live/lines.h"

namespace edu::live {
namespace {

// It speaks once a second, but for while a name is looked up, which nothing can interrupt.
constexpr milliseconds kSilence{60'000};

const ChildEndCodes kEndings{"live.crashed", "live.garbage", "live.silent"};

class RecordProgram final : public Recorder {
 public:
  RecordProgram(Clock& clock, std::unique_ptr<ChildProcess> child, const std::string& order)
      : child_(std::move(child)), lines_(clock, *child_, {kLongestLine, kSilence}) {
    // An order fits the socket's buffer by far, so this does not wait.
    boost::system::error_code gone;  // then next() says so
    asio::write(child_->socket(), asio::buffer(order + "\n"), gone);
  }

  awaitable<Result<std::string>> next() override;
  void finish() override { child_->terminate(); }

 private:
  std::unique_ptr<ChildProcess> child_;
  ChildLines lines_;
};

awaitable<Result<std::string>> RecordProgram::next() {
  auto line = co_await lines_.next();
  if (!line) co_return Unexpected(refusal_of(line.error(), kEndings));
  co_return *std::move(line);
}

}  // namespace

Launch launch_record_program(Clock& clock, std::vector<std::uint16_t> own_ports,
                             std::filesystem::path program) {
  std::vector<std::string> arguments;
  for (const auto port : own_ports) arguments.push_back(std::to_string(port));
  return [&clock, program = std::move(program), arguments = std::move(arguments)](
             asio::any_io_executor executor, const std::string& order) -> std::unique_ptr<Recorder> {
    auto child = start_child("live", std::move(executor), program, arguments);
    if (!child) return nullptr;
    return std::make_unique<RecordProgram>(clock, std::move(child), order);
  };
}

}  // namespace edu::live
