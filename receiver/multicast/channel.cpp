// The threads of a channel. Everything that is not a crossing between them is in flute_sessions.h and below.
#include "receiver/multicast/channel.h"

#include <atomic>
#include <exception>
#include <set>
#include <system_error>
#include <thread>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>

#include "base/diagnostics.h"
#include "receiver/multicast/batch_queue.h"
#include "receiver/multicast/done_table.h"
#include "receiver/multicast/leftovers.h"
#include "receiver/multicast/source_of.h"

namespace edu::multicast {
namespace {

constexpr milliseconds kTick{1000};
constexpr milliseconds kFirstBackOff{200}, kLongestBackOff{10'000};
constexpr std::size_t kMiB = 1 << 20;
constexpr std::size_t kBookkeepingShare = 4;         // a quarter of the memory is for bitmaps and counters
constexpr unsigned kSyncs = 8;                       // at a time: a journal makes them durable together
constexpr std::chrono::hours kGiveUpAfter{24 * 14};  // partial files that nobody went on with
constexpr milliseconds kLookForLeft = std::chrono::hours(1);

fec::CodeSettings code_of(const config::Channel& channel) {
  fec::CodeSettings code;
  if (channel.rs_points == "zero_powers") code.points = fec::RsPoints::zero_powers;
  if (channel.rs_points == "integers") code.points = fec::RsPoints::integers;
  return code;
}

FluteSession::Limits limits_of(const config::Channel& channel, std::uint64_t largest) {
  FluteSession::Limits limits;
  limits.bookkeeping = channel.memory_mb * kMiB / kBookkeepingShare;
  limits.largest = largest;
  return limits;
}

fs::path made(Files& files, const fs::path& folder) {
  std::error_code unknown;
  const bool known = fs::is_directory(folder, unknown);
  files.make_folder(folder);
  if (!known && !fs::is_directory(folder, unknown))
    throw std::system_error(ENOTDIR, std::generic_category(), folder.string());
  if (!known) files.sync_folder(folder.parent_path());
  return folder;
}

class WorkerJobs final : public Jobs {
 public:
  explicit WorkerJobs(BatchQueue& queue) : queue_(queue) {}
  void run(Lane lane, std::function<void()> work, std::function<void()> then) override {
    ++underway_;
    auto job = [this, work = std::move(work), then = std::move(then)]() mutable {
      std::exception_ptr broken;  // what nobody expected is the channel's end, on the assembly's thread
      try {
        work();
      } catch (...) {
        broken = std::current_exception();
      }
      queue_.post([this, broken, then = std::move(then)] {
        --underway_;
        if (broken) std::rethrow_exception(broken);
        then();
      });
    };
    auto& pool = lane == Lane::compute ? compute_ : lane == Lane::tables ? tables_ : disk_;
    asio::post(pool, std::move(job));
  }
  std::size_t underway() const { return underway_; }

 private:
  BatchQueue& queue_;
  std::size_t underway_ = 0;  // of the assembly's thread alone
  asio::thread_pool compute_{1}, tables_{1}, disk_{kSyncs};
};

}  // namespace

struct Channel::Engine {
  Engine(Parts given, const config::Channel& settings, const fs::path& folder,
         std::unique_ptr<PacketSource> from)
      : parts(std::move(given)),
        channel(settings),
        source(std::move(from)),
        memory(channel.memory_mb * kMiB / kBookkeepingShare * (kBookkeepingShare - 1)),
        done(parts.files, made(parts.files, folder) / "done"),
        jobs(queue),
        sessions(session_parts(folder), fmt::format("{} {}", channel.group, channel.port),
                 {channel.tsi.begin(), channel.tsi.end()}),
        partial(folder / "partial") {}

  FluteSession::Parts session_parts(const fs::path& folder) {
    Assembly::Parts common{parts.files, memory, jobs, parts.room, code_of(channel)};
    return {std::move(common),
            done,
            limits_of(channel, parts.largest),
            made(parts.files, folder / "partial"),
            made(parts.files, folder / "ready"),
            parts.is_companion,
            [this](Ended ended) { object_ended(std::move(ended)); },
            next_no};
  }

  Moment now() const { return {parts.clock.now(), parts.clock.mono()}; }
  void object_ended(Ended ended);
  void run(void (Engine::*thread)()) noexcept;
  void fail(const std::string& what) noexcept;
  void receive();  // RX thread
  bool reopen(milliseconds& back_off);
  void assemble();  // assembly thread
  void tick(const Moment& moment);
  void give_up_left(const Moment& moment);
  void leave(const fs::path& stem);
  void finish();
  ChannelStatus status() const;

  Parts parts;
  config::Channel channel;
  std::unique_ptr<PacketSource> source;
  BlockMemory memory;
  DoneTable done;
  std::int64_t next_no = parts.first_no;
  BatchQueue queue;
  WorkerJobs jobs;
  FluteSessions sessions;
  std::uint64_t kernel_drops = 0, objects_done = 0, objects_failed = 0;
  bool listening = false;
  std::string trouble;
  milliseconds ticked{}, looked{};
  fs::path partial;
  std::set<fs::path> left;  // told, and not discarded yet
  std::atomic<bool> stopping = false, failed = false;
  std::thread rx, assembly;
};

void Channel::Engine::object_ended(Ended ended) {
  ++(ended.refusal ? objects_failed : objects_done);
  parts.ended(std::move(ended));
}

// Opens the source, and says so; waits before the next try when it cannot.
bool Channel::Engine::reopen(milliseconds& back_off) {
  std::string why;
  try {
    source->open();
    back_off = kFirstBackOff;
  } catch (const std::exception& error) {
    why = error.what();
  }
  queue.post([this, why] {
    if (why != trouble) {
      if (why.empty())
        spdlog::info("channel {}: listens to {} port {}", channel.name, channel.group, channel.port);
      else
        spdlog::warn("channel {}: {}; it is tried again", channel.name, why);
    }
    listening = why.empty();
    trouble = why;
  });
  if (why.empty()) return true;
  for (milliseconds waited{}; waited < back_off && !stopping; waited += kFirstBackOff)
    std::this_thread::sleep_for(kFirstBackOff);
  back_off = std::min(back_off * 2, kLongestBackOff);
  return false;
}

// Whatever a thread meets costs the channel and nothing else of the station.
void Channel::Engine::run(void (Engine::*thread)()) noexcept {
  try {
    (this->*thread)();
  } catch (const std::exception& error) {
    fail(error.what());
  }
}

void Channel::Engine::fail(const std::string& what) noexcept {
  if (failed.exchange(true)) return;
  try {
    spdlog::error("channel {}: {}", channel.name, what);
    queue.close();
    source->wake();
    ChannelStatus last;
    last.name = channel.name;
    last.group = channel.group;
    last.port = channel.port;
    last.bandwidth = channel.bandwidth;
    last.trouble = what;
    last.failed = true;
    parts.report(std::move(last));
  } catch (
      const std::exception&) {  // no memory even for that: the next report does not come, and status says so
  }
}

void Channel::Engine::receive() {
  auto back_off = kFirstBackOff;
  bool open = false;
  while (!stopping) {
    if (!open && !(open = reopen(back_off))) continue;
    auto* batch = queue.take_free();
    if (!batch) return;
    bool more = true;
    try {
      more = source->receive(*batch, kTick);
    } catch (const std::system_error& error) {
      spdlog::warn("channel {}: {}", channel.name, error.what());
      batch->count = 0;
      open = false;
    }
    if (batch->count > 0)
      queue.put(batch);
    else
      queue.give_back(batch);
    if (!more) return;
  }
}

void Channel::Engine::tick(const Moment& moment) {
  ticked = moment.mono;
  sessions.tick(moment);
  done.sync();
  if (looked == milliseconds{} || moment.mono - looked >= kLookForLeft) give_up_left(moment);
  parts.report(status());
}

// Objects that nobody went on with for two weeks. A clock that nobody has set would call anything old.
void Channel::Engine::give_up_left(const Moment& moment) {
  if (parts.clock.trust() == ClockTrust::untrusted) return;
  looked = moment.mono;
  try {
    for (const auto& stem : left_since(partial, moment.wall - kGiveUpAfter))
      if (!sessions.holds(stem)) leave(stem);
  } catch (const std::system_error& error) {
    spdlog::error("channel {}: {}", channel.name, error.what());
  }
}

// Somebody records it and has it removed; what has no name nobody could record.
void Channel::Engine::leave(const fs::path& stem) {
  if (left.contains(stem)) return;
  const auto about = read_about(stem);
  if (!about) return remove_leftover(parts.files, stem);
  left.insert(stem);
  Ended ended;
  ended.session = about->session;
  ended.name = about->name;
  ended.started = about->started;
  ended.leftover = stem;
  ended.refusal = Refusal{"multicast.given_up",
                          {{"received", std::to_string(about->received)},
                           {"size", std::to_string(about->bytes)},
                           {"days", std::to_string(kGiveUpAfter.count() / 24)}}};
  object_ended(std::move(ended));
}

void Channel::Engine::assemble() {
  for (;;) {
    auto next = queue.next(kTick);
    const auto moment = now();
    if (next.task) next.task();
    if (next.batch) {
      kernel_drops = next.batch->kernel_drops;
      next.batch->each([&](const Address& from, std::span<const std::uint8_t> datagram) {
        sessions.take(from, datagram, moment);
      });
      queue.give_back(next.batch);
    }
    if (moment.mono - ticked >= kTick) tick(moment);
    if (next.closed) return finish();
  }
}

// The end: what is in memory goes to the disk, and what workers have comes back.
void Channel::Engine::finish() {
  sessions.to_disk();
  while (jobs.underway() > 0) {
    auto next = queue.next(kTick);
    if (next.task) next.task();
  }
  sessions.to_disk();
  while (jobs.underway() > 0) {
    auto next = queue.next(kTick);
    if (next.task) next.task();
  }
  done.sync();
}

ChannelStatus Channel::Engine::status() const {
  ChannelStatus status;
  status.name = channel.name;
  status.group = channel.group;
  status.port = channel.port;
  status.bandwidth = channel.bandwidth;
  status.listening = listening;
  status.trouble = trouble;
  status.datagrams = sessions.counts();
  status.packets = sessions.session_counts();
  status.symbols = sessions.symbol_counts();
  status.kernel_drops = kernel_drops;
  status.objects_done = objects_done;
  status.objects_failed = objects_failed;
  status.sessions = sessions.size();
  status.memory_used = memory.used() + sessions.memory();
  status.objects = sessions.status(kMostShown);
  status.notes = sessions.notes(now());
  return status;
}

Channel::Channel(Parts parts, config::Channel settings, fs::path folder)
    : Channel(std::move(parts), settings, std::move(folder), source_of(settings)) {}

Channel::Channel(Parts parts, config::Channel settings, fs::path folder, std::unique_ptr<PacketSource> source)
    : settings_(std::move(settings)),
      ready_(folder / "ready"),
      engine_(std::make_unique<Engine>(std::move(parts), settings_, folder, std::move(source))) {}

Channel::~Channel() { stop(); }

void Channel::start() {
  engine_->assembly = std::thread([engine = engine_.get()] { engine->run(&Engine::assemble); });
  engine_->rx = std::thread([engine = engine_.get()] { engine->run(&Engine::receive); });
}

void Channel::stop() {
  if (engine_->stopping.exchange(true)) return;
  engine_->source->wake();
  engine_->queue.close();
  if (engine_->rx.joinable()) engine_->rx.join();
  if (engine_->assembly.joinable()) engine_->assembly.join();
}

void Channel::discard(fs::path stem) {
  engine_->queue.post([engine = engine_.get(), stem = std::move(stem)] {
    engine->left.erase(stem);
    try {
      if (!engine->sessions.holds(stem)) remove_leftover(engine->parts.files, stem);
    } catch (const std::system_error& error) {
      spdlog::error("channel {}: {}", engine->channel.name, error.what());
    }
  });
}

void Channel::hold(const ObjectKey& key) {
  engine_->queue.post([engine = engine_.get(), key] { engine->done.hold(key); });
}

void Channel::done(const ObjectKey& key) {
  engine_->queue.post([engine = engine_.get(), key] { engine->done.add(key); });
}

void Channel::again(const ObjectKey& key) {
  engine_->queue.post([engine = engine_.get(), key] {
    engine->done.release(key);
    engine->sessions.again(key);
  });
}

void Channel::skip(std::string session, std::string folder, std::string name) {
  engine_->queue.post([engine = engine_.get(), session = std::move(session), folder = std::move(folder),
                       name = std::move(name)] { engine->sessions.skip(session, folder, name); });
}

void Channel::ask_gaps(std::int64_t no, std::size_t most, std::function<void(std::optional<Gaps>)> answer) {
  engine_->queue.post([engine = engine_.get(), no, most, answer = std::move(answer)] {
    answer(engine->sessions.gaps(no, most));
  });
}

void Channel::fill(const ObjectKey& key, std::uint64_t offset, std::vector<std::uint8_t> bytes,
                   std::function<void(bool)> answer) {
  engine_->queue.post([engine = engine_.get(), key, offset, bytes = std::move(bytes),
                       answer = std::move(answer)] { answer(engine->sessions.fill(key, offset, bytes)); });
}

}  // namespace edu::multicast
