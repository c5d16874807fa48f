#include "player/deck/deck_process.h"

#include <algorithm>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <sys/socket.h>

#include "base/child_lines.h"
#include "base/diagnostics.h"
#include "base/text.h"

namespace edu::player {
namespace {

constexpr milliseconds kLongestBackOff{30'000};
constexpr milliseconds kLivesWell{60'000};
constexpr milliseconds kTimeToQuit{800};
constexpr int kSendBuffer = 1 << 20;  // room for the longest order there is

std::vector<std::string> arguments(const config::Player& settings,
                                   const std::vector<std::filesystem::path>& readable) {
  std::vector<std::string> out{"--video-output", settings.video_output,
                               "--audio-output", settings.audio_output,
                               "--fullscreen",   settings.fullscreen ? "true" : "false",
                               "--volume",       std::to_string(std::min(settings.volume, 100u))};
  for (const auto& folder : readable) out.insert(out.end(), {"--readable", folder.string()});
  return out;
}

bool can_be_sent(const ArmOrder& order) {
  const auto good = [](const DeckItem& item) {
    return item.path.is_absolute() && is_utf8(item.path.string());
  };
  return !order.items.empty() && order.items.size() <= kMostItems && std::ranges::all_of(order.items, good);
}

}  // namespace

DeckProcess::DeckProcess(asio::any_io_executor executor, Clock& clock, config::Player settings)
    : DeckProcess(std::move(executor), clock, std::move(settings), Options()) {}

DeckProcess::DeckProcess(asio::any_io_executor executor, Clock& clock, config::Player settings,
                         Options options)
    : executor_(executor),
      clock_(clock),
      settings_(std::move(settings)),
      options_(std::move(options)),
      back_off_(options_.back_off),
      ended_(executor, asio::steady_timer::time_point::max()) {}

void DeckProcess::start() {
  running_ = true;
  auto ended = [this](std::exception_ptr error) {
    running_ = false;
    child_.reset();
    ended_.cancel();
    if (error && !stopping_) std::rethrow_exception(error);
  };
  auto task = supervise();
  asio::co_spawn(executor_, std::move(task), asio::bind_cancellation_slot(cancel_.slot(), std::move(ended)));
}

awaitable<void> DeckProcess::shutdown() {
  using namespace asio::experimental::awaitable_operators;
  stopping_ = true;
  if (!running_) co_return;
  send(Quit{});
  if (child_) {
    co_await (until_ended() || clock_.pause(kTimeToQuit));
    if (running_ && child_) child_->kill();
  }
  if (!running_) co_return;
  cancel_.emit(asio::cancellation_type::terminal);  // it may be waiting between two starts
  if (running_) co_await until_ended();
}

awaitable<void> DeckProcess::until_ended() {
  boost::system::error_code woken;
  auto token = asio::redirect_error(asio::use_awaitable, woken);
  co_await ended_.async_wait(token);
}

awaitable<void> DeckProcess::supervise() {
  while (!stopping_) {
    const auto born = clock_.mono();
    const auto what = co_await run_once();
    child_.reset();
    status_.up = false;
    status_.on_air.reset();
    if (stopping_) co_return;
    spdlog::error("deck: {}", what);
    emit(Failed{what});
    const auto wait = next_back_off(clock_.mono() - born);
    co_await clock_.pause(wait);
  }
}

milliseconds DeckProcess::next_back_off(milliseconds lived) {
  if (lived >= kLivesWell) back_off_ = options_.back_off;
  const auto wait = back_off_;
  back_off_ = std::min(2 * back_off_, kLongestBackOff);
  return wait;
}

// A child has its options on its command line; one of the service manager's reads them as its first line.
std::unique_ptr<ChildProcess> DeckProcess::begin() {
  if (!options_.door.empty()) return std::make_unique<ChildProcess>(executor_, options_.door);
  return std::make_unique<ChildProcess>(executor_, options_.program, arguments(settings_, options_.readable));
}

// One life of the process. Gives the reason of its end.
awaitable<std::string> DeckProcess::run_once() {
  using namespace asio::experimental::awaitable_operators;
  try {
    child_ = begin();
  } catch (const std::system_error& error) {
    co_return error.what();
  }
  ::setsockopt(child_->socket().native_handle(), SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
  child_->socket().non_blocking(true);
  asked_ = answered_ = 0;
  if (!options_.door.empty()) send_line(options_line(arguments(settings_, options_.readable)));
  const auto ended = co_await (read() || watch());
  child_->kill();
  const auto exit = co_await child_->exited();
  const auto why = ended.index() == 0 ? std::get<0>(ended) : std::get<1>(ended);
  co_return why + ", " + exit.describe();
}

awaitable<std::string> DeckProcess::read() {
  const ChildLines::Bounds bounds{kLongestLine, std::nullopt};  // watch() knows when it is silent
  ChildLines lines(clock_, *child_, bounds);
  for (;;) {
    const auto line = co_await lines.next();
    if (!line) co_return line.error().why == ChildEnd::Why::too_long ? "sent an endless line" : "ended";
    take(std::string_view(*line));
  }
}

// Asks for a sign of life now and then, one question at a time; ends when no answer comes in time.
awaitable<std::string> DeckProcess::watch() {
  auto heard = clock_.mono();  // the start counts as a sign
  for (std::int64_t last = 0;;) {
    co_await clock_.pause(options_.heartbeat);
    if (answered_ != last) {
      last = answered_;
      heard = clock_.mono();
    }
    if (clock_.mono() - heard > options_.hang_limit) co_return "hung";
    if (!status_.up || asked_ != answered_) continue;
    ++asked_;
    send(Ask{asked_});
  }
}

void DeckProcess::take(std::string_view line) {
  const auto message = parse_message(line);
  if (!message) {
    ++status_.garbage_lines;
    spdlog::warn("deck: a line that makes no sense: {}", one_line(to_utf8(truncate_utf8(line, 200))));
    return;
  }
  std::visit([this](const auto& value) { take(value); }, *message);
}

void DeckProcess::take(const Hello& hello) {
  status_.up = true;
  status_.video_output = hello.video_output;
  status_.audio_output = hello.audio_output;
  status_.version = hello.version;
  if (!std::exchange(first_, false)) ++status_.restarts;
  spdlog::info("deck: {}, video {}, audio {}", hello.version, hello.video_output, hello.audio_output);
  emit(Restarted{status_.restarts});
}

void DeckProcess::take(const Alive& alive) {
  if (alive.number != asked_) return;
  answered_ = alive.number;
  status_.video_output = alive.video_output;
  status_.audio_output = alive.audio_output;
}

void DeckProcess::take(const Complaint& complaint) { spdlog::warn("deck: {}", complaint.what); }

template <class Event>
void DeckProcess::take(const Event& event) {
  if constexpr (std::is_same_v<Event, Started>) status_.on_air = event.id;
  if constexpr (std::is_same_v<Event, Finished>)
    if (status_.on_air == event.id) status_.on_air.reset();
  emit(event);
}

void DeckProcess::emit(const DeckEvent& event) {
  if (listener_ && !stopping_) listener_(event);
}

bool DeckProcess::arm(const ArmOrder& order) {
  if (!status_.up || stopping_) return false;
  if (can_be_sent(order)) {
    send(order);
    return status_.up;
  }
  auto refused = [this, id = order.id] {
    emit(Finished{id, OrderEnd::refused, "no item, or a path that is none"});
  };
  asio::post(executor_, std::move(refused));
  return true;
}

// Orders are small and rare. A process that has left so many unread that the socket is full does not work any
// more.
void DeckProcess::send_line(const std::string& line) {
  if (!child_) return;
  const auto sent =
      ::send(child_->socket().native_handle(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(line.size())) return;
  status_.up = false;
  child_->kill();  // read() ends by it
}

}  // namespace edu::player
