#include "receiver/folder/folder_source.h"

#include <algorithm>
#include <system_error>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "base/diagnostics.h"
#include "base/text.h"

namespace edu::receiver {
namespace {

constexpr milliseconds kLookAnyway{30'000};
constexpr milliseconds kLookForRoom{1'000};  // while something waits for it: nobody tells
constexpr milliseconds kBetweenLooks{200};   // at least, however busy the folder is
constexpr BackOff kBackOff{milliseconds(1'000), milliseconds(60'000)};

FolderScan scan(Files& files, const fs::path& folder) {
  files.make_folder(folder);
  return scan_folder(folder);
}

bool is_whole(const Candidate& candidate) {
  try {
    if (signature_of(candidate.path) != candidate.signature) return false;
    return !candidate.signature.regular() || !open_for_writing(candidate.path);
  } catch (const std::system_error&) {
    return false;  // it cannot be looked at for the moment
  }
}

// Takes those out that somebody has open for writing, or that are others than they were when they were looked
// at.
std::vector<fs::path> take_out_unfinished(std::vector<Candidate>& candidates) {
  std::vector<fs::path> unfinished;
  std::erase_if(candidates, [&](const Candidate& candidate) {
    if (is_whole(candidate)) return false;
    unfinished.push_back(candidate.path);
    return true;
  });
  return unfinished;
}

}  // namespace

FolderSource::FolderSource(Parts parts, fs::path folder, const config::Receiver& settings, Policy trust)
    : parts_(std::move(parts)),
      folder_(std::move(folder)),
      trust_(trust),
      at_once_(settings.at_once),
      inbox_(folder_, std::chrono::duration_cast<milliseconds>(settings.settle)),
      retry_(parts_.clock, "receiver: folder " + folder_.string(), kBackOff, [this](const std::string&) {
        working_ = false;
        watch_.reset();
      }) {}

std::vector<SourceState> FolderSource::states() const {
  SourceState state;
  state.name = "inbox";
  state.means = "folder";
  state.where = one_line(to_utf8(folder_.string()));
  state.trust = trust_;
  state.state = !working_ ? "failing" : underway_.empty() ? "waiting" : "receiving";
  return {state};
}

awaitable<void> FolderSource::run() {
  woken_ = std::make_unique<asio::steady_timer>(co_await asio::this_coro::executor);
  woken_->expires_at(asio::steady_timer::time_point::max());
  co_await with_clean_up(rounds(), stop_underway());
}

// Watches for ever: whatever fails is tried again after a while.
awaitable<void> FolderSource::rounds() {
  bool done = false;
  while (!done) done = co_await retry_.attempt(watch_once());
}

// Looks, takes, rests, until something fails.
awaitable<void> FolderSource::watch_once() {
  look_at_ = milliseconds(0);
  const auto executor = co_await asio::this_coro::executor;
  for (;;) {
    if (!watch_ && watched_) open_watch(executor);
    if (parts_.clock.mono() >= look_at_) {
      co_await look();
      co_await read_manifests();
    }
    co_await take_ready();
    co_await wait_for_next();
  }
}

void FolderSource::open_watch(asio::any_io_executor executor) {
  try {
    watch_.emplace(std::move(executor));
    look_at_ = milliseconds(0);
  } catch (const std::system_error& error) {
    do_without_watch(error);
  }
}

awaitable<void> FolderSource::look() {
  auto work = [this] { return scan(parts_.files, folder_); };
  const auto found = co_await parts_.workers.run(work);
  looked_ = parts_.clock.mono();
  look_at_ = looked_ + kLookAnyway;
  inbox_.look(found, looked_);
  working_ = true;
  retry_.works();
  if (complete_ && !found.complete)
    spdlog::warn("receiver: folder {} holds more, or deeper, than is looked at in one go", folder_.string());
  complete_ = found.complete;
  watch(found.folders);
}

void FolderSource::look_soon() { look_at_ = std::min(look_at_, looked_ + kBetweenLooks); }

void FolderSource::do_without_watch(const std::system_error& error) {
  watched_ = false;
  watch_.reset();
  spdlog::warn("receiver: {}; looking into the folder every {} s instead", error.what(),
               kLookAnyway.count() / 1000);
}

void FolderSource::watch(const std::vector<fs::path>& folders) {
  if (!watch_) return;
  try {
    for (const auto& folder : folders)
      if (watch_->add(folder)) look_soon();
  } catch (const std::system_error& error) {
    do_without_watch(error);
  }
}

awaitable<void> FolderSource::read_manifests() {
  auto work = [paths = inbox_.manifests_to_read()] {
    std::vector<ManifestFile> manifests;
    for (const auto& path : paths) manifests.push_back(read_manifest(path));
    return manifests;
  };
  auto manifests = co_await parts_.workers.run(std::move(work));
  for (auto& manifest : manifests) {
    if (!manifest.content)
      spdlog::warn("receiver: {} is no manifest: {}", manifest.path.string(), manifest.content.error().code);
    inbox_.read(std::move(manifest));
  }
}

awaitable<void> FolderSource::take_ready() {
  const auto executor = co_await asio::this_coro::executor;
  if (underway_.size() >= at_once_) co_return;
  auto candidates = inbox_.ready(at_once_ - underway_.size());
  if (candidates.empty()) co_return;
  auto work = [&candidates] { return take_out_unfinished(candidates); };
  const auto unfinished = co_await parts_.workers.run(work);
  for (const auto& path : unfinished) inbox_.touch(path, parts_.clock.mono());
  for (auto& candidate : candidates) start(executor, std::move(candidate));
}

void FolderSource::start(asio::any_io_executor executor, Candidate candidate) {
  inbox_.begin(candidate);
  Arrival arrival;
  arrival.path = candidate.path;
  arrival.origin.means = "folder";
  arrival.origin.source = candidate.path.parent_path().string();
  arrival.description = std::move(candidate.description);
  arrival.afterwards = Arrival::Afterwards::give_up;
  arrival.trust = trust_;
  if (const auto first = first_tries_.find(candidate.path); first != first_tries_.end()) {
    arrival.origin.started_ms = first->second;
    arrival.perhaps_recorded = true;
  }
  const auto job = underway_.emplace(underway_.end());
  job->path = candidate.path;
  auto done = [this, job](std::exception_ptr failure, Result<Reception> reception) {
    ended(job, failure, reception);
  };
  auto task = parts_.take(std::move(arrival));
  asio::co_spawn(executor, std::move(task), asio::bind_cancellation_slot(job->stop.slot(), std::move(done)));
}

void FolderSource::ended(std::list<Underway>::iterator job, std::exception_ptr failure,
                         const Result<Reception>& reception) {
  const auto path = std::move(job->path);
  underway_.erase(job);
  const bool our_fault =
      !failure && reception && reception->refusal && reception->refusal->kind != Refusal::Kind::invalid;
  if (our_fault) {
    first_tries_.try_emplace(path, reception->record.started_ms);
    inbox_.postpone(path, parts_.clock.mono(), reception->refusal);
  } else if (!failure && reception) {
    first_tries_.erase(path);
    inbox_.finish(path);
  } else {
    inbox_.postpone(path, parts_.clock.mono());
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
      if (error.code() != asio::error::operation_aborted)
        spdlog::error("receiver: {}: {}; it is taken again later", path.string(), error.what());
    } catch (const std::exception& error) {
      spdlog::error("receiver: {}: {}; it is taken again later", path.string(), error.what());
    }
  }
  look_soon();
  wake_ = true;
  woken_->cancel();
}

// Until the next look is due, or something that was under way has ended and another may begin.
awaitable<void> FolderSource::wait_for_next() {
  for (;;) {
    const auto now = parts_.clock.mono();
    const auto settled = inbox_.next_due().value_or(look_at_);
    look_at_ = std::min(look_at_, std::max(settled, looked_ + kBetweenLooks));
    if (wake_ || look_at_ <= now) break;
    const auto span = look_at_ - now;
    const auto wait = inbox_.wants_room() ? std::min(span, kLookForRoom) : span;
    co_await wait_for_something(wait);
    look_for_room();
    if (watch_ && !read_reports()) watch_.reset();
    if (!watch_ && watched_) break;
  }
  wake_ = false;
}

void FolderSource::look_for_room() {
  const auto least = inbox_.wants_room();
  if (!least || !parts_.has_room(*least)) return;
  inbox_.room_for(*least);
  look_soon();
}

awaitable<void> FolderSource::wait_for_something(milliseconds span) {
  using namespace asio::experimental::awaitable_operators;
  boost::system::error_code ignored;
  auto woken = woken_->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  auto either = parts_.clock.pause(span) || std::move(woken);
  if (!watch_) {
    co_await std::move(either);
    co_return;
  }
  co_await (watch_->readable() || std::move(either));
}

// False when the watch is of no use any more.
bool FolderSource::read_reports() {
  const auto report = watch_->read();
  inbox_.report(report);
  if (report.overflowed || std::ranges::any_of(report.changes, std::not_fn(&FolderChange::writing)))
    look_soon();
  return !report.folder_gone;
}

awaitable<void> FolderSource::stop_underway() {
  for (auto& job : underway_) job.stop.emit(asio::cancellation_type::terminal);
  boost::system::error_code ignored;
  while (!underway_.empty()) {
    auto token = asio::redirect_error(asio::use_awaitable, ignored);
    co_await woken_->async_wait(token);
  }
}

}  // namespace edu::receiver
