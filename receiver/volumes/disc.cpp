#include "receiver/volumes/disc.h"

#include "base/child_lines.h"
#include "base/diagnostics.h"

namespace edu::receiver {
namespace {

// A drive that tries a scratched sector again and again takes minutes over it, and no longer.
constexpr milliseconds kSilence{120'000};

const ChildEndCodes kEnds{"receiver.disc_crashed", "receiver.disc_garbage", "receiver.disc_timeout"};

const ChildLines::Bounds kBounds{kLongestDiscLine, kSilence};

Unexpected refused(const ChildEnd& end) {
  auto refusal = refusal_of(end, kEnds);
  spdlog::warn("disc: {}, {}", refusal.code, end.exit.describe());
  return Unexpected(std::move(refusal));
}

Refusal unavailable() { return {"receiver.disc_unavailable", {}, Refusal::Kind::unavailable}; }

}  // namespace

DiscReader::DiscReader(Clock& clock, std::filesystem::path program)
    : clock_(clock), program_(std::move(program)) {}

awaitable<Result<DiscContents>> DiscReader::list(std::filesystem::path disc, milliseconds shortest) {
  const std::vector<std::string> arguments{"--list", "--shortest-ms", std::to_string(shortest.count()), "--",
                                           disc.string()};
  const auto executor = co_await asio::this_coro::executor;
  const auto child = start_child("disc", executor, program_, arguments);
  if (!child) co_return Unexpected(unavailable());
  ChildLines lines(clock_, *child, kBounds);
  const auto line = co_await lines.next();
  if (!line) co_return refused(line.error());
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
  const auto child = start_child("disc", executor, program_, arguments);
  if (!child) co_return Unexpected(unavailable());
  ChildLines lines(clock_, *child, kBounds);
  for (;;) {
    const auto line = co_await lines.next();
    if (!line) co_return refused(line.error());
    const auto progress = parse_progress(*line);
    if (!progress) co_return Unexpected(progress.error());
    const auto done = static_cast<std::uint64_t>(progress->done);
    if (progress->last) co_return done;
    heard(done);
  }
}

}  // namespace edu::receiver
