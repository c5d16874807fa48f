// Bytes that a person sent come in, the lines of a helper process leave.
#include "people/workbook/reader.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include "base/child_lines.h"
#include "base/diagnostics.h"
#include "people/workbook/workbook.h"

namespace edu::workbook {
namespace {

constexpr std::size_t kLongestLine = 1 << 20;     // bytes; a row of 256 full cells takes a third of it
constexpr std::size_t kLongestAnswer = 64 << 20;  // bytes
constexpr int kSeconds = 5;                       // of processor time; twice that of waiting
constexpr int kMemoryMb = 768;                    // a document tree takes some times its text

const ChildEndCodes kEnds{"people.workbook_crashed", "people.workbook_garbage", "people.workbook_timeout"};

}  // namespace

Reader::Reader(Clock& clock, std::filesystem::path program) : clock_(clock), program_(std::move(program)) {}

awaitable<Result<std::string>> Reader::lines_of(std::string bytes, std::string kind) {
  const auto executor = co_await asio::this_coro::executor;
  const std::vector<std::string> arguments{"--seconds", std::to_string(kSeconds), "--memory-mb",
                                           std::to_string(kMemoryMb), kind};
  const auto child = start_child("workbook", executor, program_, arguments);
  if (!child) co_return refuse("people.workbook_unavailable", {}, Refusal::Kind::unavailable);
  boost::system::error_code unsent;  // a process that died says so below
  auto token = asio::redirect_error(asio::use_awaitable, unsent);
  co_await asio::async_write(child->socket(), asio::buffer(bytes), token);
  child->socket().shutdown(ChildProcess::Socket::shutdown_send, unsent);
  const ChildLines::Bounds bounds{kLongestLine, std::chrono::seconds(2 * kSeconds)};
  ChildLines lines(clock_, *child, bounds);
  std::string answer;
  while (answer.size() <= kLongestAnswer) {
    const auto line = co_await lines.next();
    if (!line) {
      auto refusal = refusal_of(line.error(), kEnds);
      spdlog::warn("workbook: {}, {}", refusal.code, line.error().exit.describe());
      co_return Unexpected(std::move(refusal));
    }
    answer += *line + "\n";
    if (*line != kLastLine) continue;
    child->kill();  // its work is over, whatever else it wants to do
    co_await child->exited();
    co_return answer;
  }
  co_return refuse("people.workbook_garbage");
}

}  // namespace edu::workbook
