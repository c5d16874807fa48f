// player: what goes to the screen, and what may be known of a file before it does.
//
// Comes in: from the receiver, paths of files that nobody trusts (Probe::examine); from the scheduler, orders
// to play courses at an instant (Deck). Leaves: what a file holds, or why it is refused; events of what
// really played, with the spans in which media advanced. Two kinds of helper process do the work:
// edustation-probe, the only reader of untrusted media (probe_main.cpp), and edustation-deck, the only libmpv
// (deck_main.cpp). What happens in them, a crash, a hang, garbage, is a value here and never an exception.
// Thread: the loop's.
#include "player/probe/probe.h"

#include "base/child_lines.h"
#include "base/diagnostics.h"
#include "base/text.h"

namespace edu::player {
namespace {

constexpr std::size_t kLongestAnswer = 1 << 20;  // bytes; a poster frame takes a tenth of it

const ChildEndCodes kEnds{"player.probe_crashed", "player.probe_garbage", "player.probe_timeout"};

std::vector<std::string> arguments(const config::Probe& settings, const std::filesystem::path& file) {
  return {"--seconds",   std::to_string(settings.time_limit.count()),
          "--memory-mb", std::to_string(settings.memory_mb),
          "--",          file.string()};
}

}  // namespace

Probe::Probe(Clock& clock, config::Probe settings, std::filesystem::path program)
    : clock_(clock), settings_(settings), program_(std::move(program)) {}

awaitable<Result<MediaInfo>> Probe::examine(std::filesystem::path file) {
  const auto executor = co_await asio::this_coro::executor;
  const auto child = start_child("probe", executor, program_, arguments(settings_, file));
  if (!child) co_return refuse("player.probe_unavailable", {}, Refusal::Kind::unavailable);
  const ChildLines::Bounds bounds{kLongestAnswer, 2 * settings_.time_limit};
  ChildLines lines(clock_, *child, bounds);
  const auto answer = co_await lines.next();
  if (answer) {
    child->kill();  // its work is over, whatever else it wants to do
    co_await child->exited();
    co_return parse_answer(*answer);
  }
  auto refusal = refusal_of(answer.error(), kEnds);
  spdlog::warn("probe: {}, {}: {}", refusal.code, answer.error().exit.describe(),
               one_line(to_utf8(file.string())));
  co_return Unexpected(std::move(refusal));
}

}  // namespace edu::player
