#include "receiver/catalogue/download.h"

#include <algorithm>
#include <system_error>

#include "base/diagnostics.h"

namespace edu::catalogue {
namespace {

// No other server can help.
bool is_hopeless(const Refusal& refusal) {
  return refusal.kind == Refusal::Kind::no_space || refusal.code == "catalogue.unchanged";
}
bool may_pass(const Refusal& refusal) { return refusal.kind == Refusal::Kind::unavailable; }

// The next server after `tried` that may have it; nothing: none.
std::optional<std::size_t> next_server(const std::vector<bool>& hopeless, std::size_t tried) {
  for (std::size_t i = 1; i <= hopeless.size(); ++i)
    if (const auto next = (tried + i) % hopeless.size(); !hopeless[next]) return next;
  return std::nullopt;
}

}  // namespace

template <class Work>
awaitable<Result<void>> Download::on_disk(Work work) {
  auto guarded = [work = std::move(work)]() mutable -> Result<void> {
    try {
      return work();
    } catch (const std::system_error& error) {
      spdlog::error("catalogue: {}", error.what());
      return refuse("receiver.storage_failed", {{"what", error.code().message()}},
                    Refusal::Kind::unavailable);
    }
  };
  co_return co_await parts_.workers.run(std::move(guarded));
}

std::uint64_t Download::total() const {
  if (entry_.size != 0) return entry_.size;
  return file_ ? file_->expected() : 0;
}

// file_ changes on the loop alone, where done() and total() look at it.
awaitable<Result<void>> Download::open() {
  std::unique_ptr<SpoolFile> opened;
  auto work = [this, &opened]() -> Result<void> {
    if (entry_.size > parts_.largest)
      return refuse("catalogue.too_large", {{"host", host_of(entry_.urls.front())},
                                            {"most", std::to_string(parts_.largest >> 20) + " MiB"}});
    opened = std::make_unique<SpoolFile>(parts_.files, parts_.spool, entry_.id, entry_.sha256, parts_.room);
    if (entry_.doubtful) opened->doubt();
    if (former_) opened->expect_other_than(former_->version, former_->published);
    return entry_.size <= opened->size() ? Result<void>() : parts_.room(entry_.size - opened->size());
  };
  auto done = co_await on_disk(std::move(work));
  file_ = std::move(opened);
  co_return done;
}

awaitable<Result<void>> Download::close() {
  came_ = file_ ? file_->size() : 0;
  auto work = [file = std::shared_ptr<SpoolFile>(std::move(file_))]() mutable -> Result<void> {
    file.reset();
    return {};
  };
  co_return co_await on_disk(std::move(work));
}

awaitable<Result<void>> Download::get(const std::string& url) {
  Request request;
  request.url = url;
  request.largest = entry_.size != 0 ? entry_.size : parts_.largest;
  auto prepare = [this, &request] {
    file_->ask_for_rest(request);
    return Result<void>();
  };
  const auto prepared = co_await on_disk(std::move(prepare));
  if (!prepared) co_return prepared;
  const auto response = co_await parts_.fetch(request, access_, *file_);
  const bool ranges = response || response.error().code != "catalogue.range";
  if (!ranges) {  // it has no byte from there on: what we hold is of another file
    auto drop = [this] {
      file_->start_again();
      return Result<void>();
    };
    co_await on_disk(std::move(drop));
  }
  if (!response) co_return Unexpected(response.error());
  if (response->status == 304) co_return refuse("catalogue.unchanged");
  url_ = response->url;
  co_return Result<void>();
}

awaitable<Result<void>> Download::once(const std::string& url, bool last) {
  if (!file_->whole() && (entry_.size == 0 || file_->size() < entry_.size)) {
    const auto got = co_await get(url);
    if (!got) co_return got;
  }
  co_return co_await check(last);
}

// What does not fit its digest is fetched once more where that may help: when older bytes were gone on with,
// or another server is left to ask.
awaitable<Result<void>> Download::check(bool last) {
  auto work = [this, last]() -> Result<void> {
    const auto host = host_of(url_.empty() ? entry_.urls.front() : url_);
    const bool resumed = file_->resumed();
    if (file_->size() < std::max(entry_.size, file_->expected()))
      return refuse("catalogue.cut_short", {{"host", host}}, Refusal::Kind::unavailable);
    digest_ = file_->finish();
    if (entry_.sha256.empty() || to_hex(digest_) == entry_.sha256 || (last && !resumed)) return {};
    file_->start_again();
    const auto kind = resumed ? Refusal::Kind::unavailable : Refusal::Kind::invalid;
    return refuse("catalogue.digest", {{"host", host}}, kind);
  };
  co_return co_await on_disk(std::move(work));
}

awaitable<Result<Fetched>> Download::attempt() {
  auto outcome = co_await open();
  const auto& urls = entry_.urls;
  std::vector<bool> hopeless(urls.size());
  auto server = next_server(hopeless, urls.size() - 1);
  for (int failed = 0; outcome && server;) {
    const auto& url = urls[*server];
    auto got = co_await once(url, std::ranges::count(hopeless, false) == 1);
    if (got) {
      auto version = file_->version();
      Fetched fetched{std::move(file_), digest_, url_.empty() ? url : url_, std::move(version)};
      co_return fetched;
    }
    ++failed;
    spdlog::info("catalogue: {}: try {}: {}", shown_url(url), failed, got.error().code);
    if (!may_pass(got.error())) hopeless[*server] = true;
    server = next_server(hopeless, *server);
    if (is_hopeless(got.error()) || !server || failed >= kTries) {
      outcome = std::move(got);
      break;
    }
    co_await parts_.clock.pause(kBetweenTries.after(failed, parts_.chance()));
  }
  co_await close();
  co_return Unexpected(outcome.error());
}

// What came is on disk when this ends, also by cancellation.
awaitable<Result<Fetched>> Download::run() {
  std::optional<Result<Fetched>> outcome;
  std::exception_ptr stopped;
  try {
    outcome = co_await attempt();
  } catch (...) {
    stopped = std::current_exception();
  }
  if (!stopped) co_return *std::move(outcome);
  const auto state = co_await asio::this_coro::cancellation_state;
  const bool cancelled = state.cancelled() != asio::cancellation_type::none;
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await close();
  if (cancelled) throw Cancelled();
  std::rethrow_exception(stopped);
}

}  // namespace edu::catalogue
