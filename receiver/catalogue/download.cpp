#include "receiver/catalogue/download.h"

#include <algorithm>
#include <system_error>

#include "base/diagnostics.h"

namespace edu::catalogue {
namespace {

bool is_hopeless(const Refusal& refusal) { return refusal.kind == Refusal::Kind::no_space; }
bool may_pass(const Refusal& refusal) { return refusal.kind == Refusal::Kind::unavailable; }

// The next server after `tried` that may have it; nothing: none.
std::optional<std::size_t> next_server(const std::vector<bool>& hopeless, std::size_t tried) {
  for (std::size_t i = 1; i <= hopeless.size(); ++i)
    if (const auto next = (tried + i) % hopeless.size(); !hopeless[next]) return next;
  return std::nullopt;
}

}  // namespace

template <class Work>
awaitable<std::optional<Refusal>> Download::on_disk(Work work) {
  auto guarded = [work = std::move(work)]() mutable -> std::optional<Refusal> {
    try {
      return work();
    } catch (const std::system_error& error) {
      spdlog::error("catalogue: {}", error.what());
      return Refusal{
          "receiver.storage_failed", {{"what", error.code().message()}}, Refusal::Kind::unavailable};
    }
  };
  auto running = parts_.workers.run(std::move(guarded));
  co_return co_await std::move(running);
}

std::uint64_t Download::total() const {
  if (entry_.size != 0) return entry_.size;
  return file_ ? file_->expected() : 0;
}

awaitable<std::optional<Refusal>> Download::open() {
  auto work = [this]() -> std::optional<Refusal> {
    if (entry_.size > parts_.largest) {
      Refusal refusal{"catalogue.too_large", {{"host", host_of(entry_.urls.front())}}};
      refusal.args["most"] = std::to_string(parts_.largest >> 20) + " MiB";
      return refusal;
    }
    file_ = std::make_unique<PartialFile>(parts_.files, parts_.spool, entry_.id, entry_.sha256, parts_.room);
    if (entry_.size <= file_->size()) return std::nullopt;
    return parts_.room(entry_.size - file_->size());
  };
  auto opening = on_disk(std::move(work));
  co_return co_await std::move(opening);
}

awaitable<std::optional<Refusal>> Download::close() {
  auto work = [this]() -> std::optional<Refusal> {
    came_ = file_ ? file_->size() : 0;
    file_.reset();
    return std::nullopt;
  };
  auto closing = on_disk(std::move(work));
  co_return co_await std::move(closing);
}

awaitable<std::optional<Refusal>> Download::get(const std::string& url) {
  Request request;
  request.url = url;
  request.largest = entry_.size != 0 ? entry_.size : parts_.largest;
  auto prepare = [this, &request]() -> std::optional<Refusal> {
    return file_->ask_for_rest(request), std::nullopt;
  };
  auto preparing = on_disk(std::move(prepare));
  const auto failed = co_await std::move(preparing);
  if (failed) co_return failed;
  auto fetching = parts_.fetch(request, access_, *file_);
  const auto response = co_await std::move(fetching);
  const bool ranges = response || response.error().code != "catalogue.range";
  if (!ranges) {  // it has no byte from there on: what we hold is of another file
    auto drop = [this]() -> std::optional<Refusal> { return file_->start_anew(), std::nullopt; };
    auto dropping = on_disk(std::move(drop));
    co_await std::move(dropping);
  }
  if (!response) co_return response.error();
  url_ = response->url;
  co_return std::nullopt;
}

awaitable<std::optional<Refusal>> Download::once(const std::string& url, bool last) {
  if (!file_->whole() && (entry_.size == 0 || file_->size() < entry_.size)) {
    auto getting = get(url);
    const auto failed = co_await std::move(getting);
    if (failed) co_return failed;
  }
  auto checking = check(last);
  co_return co_await std::move(checking);
}

// What does not fit its digest is fetched once more where that may help: when older bytes were gone on with,
// or another server is left to ask.
awaitable<std::optional<Refusal>> Download::check(bool last) {
  auto work = [this, last]() -> std::optional<Refusal> {
    const auto host = host_of(url_.empty() ? entry_.urls.front() : url_);
    const bool resumed = file_->resumed();
    if (file_->size() < std::max(entry_.size, file_->expected()))
      return Refusal{"catalogue.cut_short", {{"host", host}}, Refusal::Kind::unavailable};
    digest_ = file_->finish();
    if (entry_.sha256.empty() || to_hex(digest_) == entry_.sha256 || (last && !resumed)) return std::nullopt;
    file_->start_anew();
    const auto kind = resumed ? Refusal::Kind::unavailable : Refusal::Kind::invalid;
    return Refusal{"catalogue.digest", {{"host", host}}, kind};
  };
  auto checking = on_disk(std::move(work));
  co_return co_await std::move(checking);
}

awaitable<Result<Fetched>> Download::attempt() {
  auto opening = open();
  auto refusal = co_await std::move(opening);
  const auto& urls = entry_.urls;
  std::vector<bool> hopeless(urls.size());
  auto server = next_server(hopeless, urls.size() - 1);
  for (int failed = 0; !refusal && server;) {
    const auto& url = urls[*server];
    auto trying = once(url, std::ranges::count(hopeless, false) == 1);
    auto trouble = co_await std::move(trying);
    if (!trouble) {
      Fetched fetched{std::move(file_), digest_, url_.empty() ? url : url_};
      co_return fetched;
    }
    ++failed;
    spdlog::info("catalogue: {}: try {}: {}", shown_url(url), failed, trouble->code);
    if (!may_pass(*trouble)) hopeless[*server] = true;
    server = next_server(hopeless, *server);
    if (is_hopeless(*trouble) || !server || failed >= kTries) {
      refusal = std::move(trouble);
      break;
    }
    auto pausing = parts_.clock.pause(kBetweenTries.after(failed, parts_.chance()));
    co_await std::move(pausing);
  }
  auto closing = close();
  co_await std::move(closing);
  co_return Unexpected(*refusal);
}

// What came is on disk when this ends, also by cancellation.
awaitable<Result<Fetched>> Download::run() {
  std::optional<Result<Fetched>> outcome;
  std::exception_ptr stopped;
  try {
    auto attempting = attempt();
    outcome = co_await std::move(attempting);
  } catch (...) {
    stopped = std::current_exception();
  }
  if (!stopped) co_return *std::move(outcome);
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  auto closing = close();
  co_await std::move(closing);
  std::rethrow_exception(stopped);
}

}  // namespace edu::catalogue
