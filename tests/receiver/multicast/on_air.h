// A channel on the air: its threads, fed by a source of the test's own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "receiver/multicast/channel.h"
#include "tests/receiver/multicast/bench.h"
#include "tests/receiver/multicast/script.h"
#include "tests/support/until.h"

namespace edu::multicast {

class OnAir : public testing::Test {
 protected:
  Channel make(fs::path folder) {
    auto script = std::make_unique<Script>();
    script_ = script.get();
    config::Channel settings;
    settings.name = "tv";
    settings.memory_mb = 1;
    Channel::Parts parts{files_,
                         clock_,
                         [](std::uint64_t) { return Result<void>(); },
                         [](const std::string&) { return false; },
                         [this](Ended one) {
                           if (on_ended_) on_ended_();
                           const std::lock_guard hold(mutex_);
                           ended_.push_back(std::move(one));
                           changed_.notify_all();
                         },
                         [this](ChannelStatus now) {
                           const std::lock_guard hold(mutex_);
                           status_ = std::move(now);
                           changed_.notify_all();
                         }};
    return Channel(std::move(parts), settings, std::move(folder), std::move(script));
  }
  // Each look brings the next: the channel reports once a second of its clock, when something comes.
  template <class Condition>
  void wait_for(Condition holds) {
    std::unique_lock hold(mutex_);
    while (!holds()) {
      clock_.advance(milliseconds(1000));
      script_->put({Bytes(2)});
      ASSERT_EQ(changed_.wait_for(hold, test::kPatience), std::cv_status::no_timeout)
          << "what the test waits for does not come";
    }
  }

  test::TempFolder folder_;
  Files files_;
  // Only the channel's thread reads it while the test advances it; a step between two reads is harmless.
  class SharedClock final : public Clock {
   public:
    WallTime now() const override { return from_ms(1'795'000'000'000 + passed_); }
    milliseconds mono() const override { return milliseconds(1'000'000 + passed_); }
    ClockTrust trust() const override { return ClockTrust::synced; }
    awaitable<Wake> until(WallTime) override { co_return Wake::due; }
    awaitable<void> pause(milliseconds) override { co_return; }
    void advance(milliseconds span) { passed_ += span.count(); }

   private:
    std::atomic<std::int64_t> passed_ = 0;
  } clock_;
  Script* script_ = nullptr;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Ended> ended_;
  std::function<void()> on_ended_;
  ChannelStatus status_;
  Sender sender_;
  Bytes content_ = noise(20'000);
};

}  // namespace edu::multicast
