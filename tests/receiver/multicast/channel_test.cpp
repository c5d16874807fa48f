// The threads of a channel, fed by a source of the test's own.
#include "receiver/multicast/channel.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include <fcntl.h>
#include <sys/stat.h>

#include "bench.h"
#include "receiver/multicast/leftovers.h"
#include "script.h"

namespace edu::multicast {
namespace {

constexpr std::chrono::seconds kPatience{30};  // the bound of a test that fails

class ChannelTest : public testing::Test {
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
  template <class Condition>
  void wait_for(Condition holds) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    std::unique_lock hold(mutex_);
    while (!holds() && std::chrono::steady_clock::now() < end) {
      clock_.advance(milliseconds(1000));  // the tick is by this clock
      script_->put({Bytes(2)});            // and looked at when something comes
      changed_.wait_for(hold, std::chrono::milliseconds(100));
    }
    EXPECT_TRUE(holds());
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
  ChannelStatus status_;
  Sender sender_;
  Bytes content_ = noise(20'000);
};

TEST_F(ChannelTest, CarriesAnObjectFromItsSourceToItsEnd) {
  auto channel = make(folder_.path());
  channel.start();
  script_->put(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  script_->put(sender_.object({0, 1}, no_code(0), content_));
  wait_for([this] { return !ended_.empty(); });
  ASSERT_EQ(ended_.size(), 1u);
  EXPECT_EQ(content_of(ended_[0].file.path), content_);
  wait_for([this] { return status_.objects_done == 1; });
  EXPECT_TRUE(status_.listening);
  EXPECT_EQ(status_.kernel_drops, 5u);
  EXPECT_GT(status_.datagrams.malformed[0], 0u);
}

TEST_F(ChannelTest, OpensItsSourceAgainAfterAnError) {
  auto channel = make(folder_.path());
  channel.start();
  wait_for([this] { return status_.listening; });
  script_->break_off(1);
  wait_for([this] { return script_->opened() >= 3 && status_.listening && status_.trouble.empty(); });
  script_->put(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  script_->put(sender_.object({0, 1}, no_code(0), content_));
  wait_for([this] { return !ended_.empty(); });
}

TEST_F(ChannelTest, BringsWhatItHasToTheDiskWhenItStopsAndGoesOn) {
  auto packets = sender_.object({0, 1}, no_code(0), content_);
  const auto fdt = sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))});
  {
    auto channel = make(folder_.path());
    channel.start();
    script_->put(fdt);
    script_->put(std::vector(packets.begin(), packets.begin() + 100));
    wait_for([this] { return status_.objects.size() == 1 && status_.objects[0].received == 10'000; });
    channel.stop();
  }
  auto channel = make(folder_.path());
  channel.start();
  script_->put(fdt);
  script_->put(std::vector(packets.begin() + 100, packets.end()));
  wait_for([this] { return !ended_.empty(); });
  EXPECT_EQ(content_of(ended_.at(0).file.path), content_);
}

TEST_F(ChannelTest, AnswersForGapsAndTakesWhatFillsThem) {
  auto channel = make(folder_.path());
  channel.start();
  auto packets = sender_.object({0, 1}, no_code(0), content_);
  packets.erase(packets.begin() + 3);
  script_->put(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  script_->put(packets);
  wait_for([this] { return status_.objects.size() == 1 && status_.objects[0].blocks_missing == 1; });
  std::optional<Gaps> gaps;
  bool asked = false, taken = false;
  channel.ask_gaps(status_.objects[0].no, 10, [&](std::optional<Gaps> answer) {
    const std::lock_guard hold(mutex_);
    gaps = std::move(answer), asked = true;
  });
  wait_for([&] { return asked; });
  ASSERT_TRUE(gaps);
  ASSERT_EQ(gaps->runs.size(), 1u);
  EXPECT_EQ(gaps->runs[0].first, 300u);
  channel.fill(gaps->key, 300, {content_.begin() + 300, content_.begin() + 400}, [&](bool good) {
    const std::lock_guard hold(mutex_);
    taken = good;
  });
  wait_for([&] { return taken && !ended_.empty(); });
  EXPECT_EQ(content_of(ended_.at(0).file.path), content_);
}

TEST_F(ChannelTest, TellsOfAnObjectThatNobodyWentOnWithAndKeepsItUntilItIsDiscarded) {
  const auto stem = folder_ / "partial" / std::string(32, 'a');
  fs::create_directories(stem.parent_path());
  write_about(files_, stem, {"a.mp4", "192.0.2.1 TSI 7", from_ms(1'790'000'000'000), 1000, 400});
  std::ofstream(fs::path(stem) += ".part") << "some";
  const auto nameless = folder_ / "partial" / (std::string(32, 'b') + ".part");
  std::ofstream(nameless) << "some";
  for (const auto& entry : fs::directory_iterator(stem.parent_path())) {
    const timespec old[] = {{1'793'000'000, 0}, {1'793'000'000, 0}};
    ::utimensat(AT_FDCWD, entry.path().c_str(), old, 0);
  }
  auto channel = make(folder_.path());
  channel.start();
  wait_for([this] { return !ended_.empty(); });
  EXPECT_EQ(ended_[0].refusal->code, "multicast.given_up");
  EXPECT_EQ(ended_[0].refusal->args.at("received"), "400");
  EXPECT_EQ(*ended_[0].leftover, stem);
  EXPECT_TRUE(fs::exists(fs::path(stem) += ".part"));
  channel.discard(stem);
  wait_for([&] { return !fs::exists(fs::path(stem) += ".part"); });
  EXPECT_FALSE(fs::exists(nameless)) << "what has no name nobody could record";
  EXPECT_EQ(ended_.size(), 1u);
}

}  // namespace
}  // namespace edu::multicast
