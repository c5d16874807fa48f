// The threads of a channel, fed by a source of the test's own.
#include <fcntl.h>
#include <sys/stat.h>

#include "on_air.h"
#include "receiver/multicast/leftovers.h"

namespace edu::multicast {
namespace {

class ChannelTest : public OnAir {};

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

// What nobody expected ends the channel and not the station.
TEST_F(ChannelTest, SaysWhenItFailedForGood) {
  auto channel = make(folder_.path());
  channel.start();
  wait_for([this] { return status_.listening; });
  on_ended_ = [] { throw std::logic_error("nobody expected this"); };
  script_->put(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  script_->put(sender_.object({0, 1}, no_code(0), content_));
  wait_for([this] { return status_.failed; });
  EXPECT_EQ(status_.trouble, "nobody expected this");
  EXPECT_FALSE(status_.listening);
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
