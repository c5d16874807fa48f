// player: what goes to the screen, and what may be known of a file before it does.
//
// Comes in: from the receiver, paths of files that nobody trusts (Probe::examine); from the scheduler, orders
// to play courses at an instant (Deck). Leaves: what a file holds, or why it is refused; events of what
// really played, with the spans in which media advanced. Two kinds of helper process do the work:
// edustation-probe, the only reader of untrusted media (probe_main.cpp), and edustation-deck, the only libmpv
// (deck_main.cpp). What happens in them, a crash, a hang, garbage, is a value here and never an exception.
// Thread: the loop's.
#include "player/probe/probe.h"

#include <memory>
#include <optional>
#include <system_error>

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>

#include "base/diagnostics.h"
#include "base/text.h"

namespace edu::player {
namespace {

constexpr std::size_t kLongestAnswer = 1 << 20;  // bytes; a poster frame takes a tenth of it

struct Answer {
  enum class End { line, closed, too_long };
  End end = End::closed;
  std::string text;
};

awaitable<Answer> read_answer(ChildProcess& child) {
  Answer answer;
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto length = co_await asio::async_read_until(
      child.socket(), asio::dynamic_buffer(answer.text, kLongestAnswer), '\n', token);
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  if (error == asio::error::not_found) answer.end = Answer::End::too_long;
  if (error) co_return answer;
  answer.end = Answer::End::line;
  answer.text.resize(length - 1);
  co_return answer;
}

std::unique_ptr<ChildProcess> start(asio::any_io_executor executor, const std::filesystem::path& program,
                                    const config::Probe& settings, const std::filesystem::path& file) {
  const std::vector<std::string> arguments{"--seconds",   std::to_string(settings.time_limit.count()),
                                           "--memory-mb", std::to_string(settings.memory_mb),
                                           "--",          file.string()};
  try {
    return std::make_unique<ChildProcess>(executor, program, arguments, true);
  } catch (const std::system_error& error) {
    spdlog::error("probe: {}", error.what());
    return nullptr;
  }
}

}  // namespace

Probe::Probe(Clock& clock, config::Probe settings, std::filesystem::path program)
    : clock_(clock), settings_(settings), program_(std::move(program)) {}

awaitable<Result<MediaInfo>> Probe::examine(std::filesystem::path file) {
  using namespace asio::experimental::awaitable_operators;
  const auto executor = co_await asio::this_coro::executor;
  const auto child = start(executor, program_, settings_, file);
  if (!child) co_return refuse("player.probe_unavailable", {}, Refusal::Kind::unavailable);

  const auto limit = 2 * settings_.time_limit;
  auto raced = co_await (read_answer(*child) || clock_.pause(limit));
  // Its work is over, whatever else it wants to do. One that died by itself keeps the status it died with.
  child->kill();
  const bool in_time = raced.index() == 0;
  const bool died = in_time && std::get<0>(raced).end == Answer::End::closed;
  const auto status = co_await child->exited();
  const auto name = one_line(to_utf8(file.string()));
  if (!in_time) {
    spdlog::warn("probe: no answer within {} s, killed: {}", limit.count(), name);
    co_return refuse("player.probe_timeout", {{"seconds", std::to_string(limit.count())}});
  }
  if (died) {
    spdlog::warn("probe: {} without an answer: {}", status.describe(), name);
    co_return refuse("player.probe_crashed", {{"how", status.describe()}});
  }
  if (std::get<0>(raced).end == Answer::End::too_long) co_return refuse("player.probe_garbage");
  co_return parse_answer(std::get<0>(raced).text);
}

}  // namespace edu::player
