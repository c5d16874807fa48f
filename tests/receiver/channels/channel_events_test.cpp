#include "receiver/channels/channel_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace edu::receiver {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class ChannelEventsTest : public testing::Test {
 protected:
  std::vector<std::string> kinds(seconds later) {
    mono += later;
    std::vector<std::string> out;
    for (const auto& event : events.report(status, from_ms(1'795'000'000'000) + mono, mono))
      out.push_back(event.kind);
    return out;
  }
  void hear(std::uint64_t bytes) {
    ++status.datagrams.datagrams;
    status.datagrams.bytes += bytes;
  }
  void object(std::int64_t no, const std::string& name) {
    multicast::ObjectStatus one;
    one.no = no;
    one.name = name;
    one.state = multicast::ObjectState::receiving;
    status.objects.push_back(one);
  }
  ChannelEvents events;
  multicast::ChannelStatus status;
  milliseconds mono{1'000'000};
};

TEST_F(ChannelEventsTest, TellOnceThatAChannelFallsSilentAndComesBack) {
  EXPECT_THAT(kinds(seconds(600)), IsEmpty()) << "what was never heard cannot fall silent";
  hear(1000);
  EXPECT_THAT(kinds(seconds(1)), IsEmpty());
  EXPECT_THAT(kinds(seconds(59)), IsEmpty());
  EXPECT_THAT(kinds(seconds(1)), ElementsAre("channel_silent"));
  EXPECT_TRUE(status.silent);
  EXPECT_THAT(kinds(seconds(100)), IsEmpty());
  hear(1000);
  EXPECT_THAT(kinds(seconds(1)), ElementsAre("channel_back"));
  EXPECT_FALSE(status.silent);
  EXPECT_EQ(*status.heard, from_ms(1'795'000'000'000) + mono);
}

TEST_F(ChannelEventsTest, TellThatAnObjectBeginsAndNotWhatIsNoObject) {
  object(1, "a.mp4");
  object(0, "refused.mp4");
  status.objects.back().state = multicast::ObjectState::refused;
  object(2, "");
  status.objects.back().state = multicast::ObjectState::held;
  object(3, "a.mp4.manifest.json");
  status.objects.back().companion = true;
  EXPECT_THAT(kinds(seconds(1)), ElementsAre("object_begun"));
  status.objects[2].name = "b.mp4";
  status.objects[2].state = multicast::ObjectState::receiving;
  EXPECT_THAT(kinds(seconds(1)), ElementsAre("object_begun"));
  EXPECT_THAT(kinds(seconds(1)), IsEmpty());
}

TEST_F(ChannelEventsTest, TellTroubleOnceAndThatItIsOver) {
  status.trouble = "No such device";
  EXPECT_THAT(kinds(seconds(1)), ElementsAre("channel_trouble"));
  EXPECT_THAT(kinds(seconds(1)), IsEmpty());
  status.trouble.clear();
  status.listening = true;
  EXPECT_THAT(kinds(seconds(1)), ElementsAre("channel_listening"));
}

TEST_F(ChannelEventsTest, MeasureTheRateOverSeconds) {
  kinds(seconds(1));
  hear(500'000);
  kinds(seconds(5));
  EXPECT_EQ(status.rate, 800'000u);
  kinds(seconds(1));
  EXPECT_EQ(status.rate, 800'000u) << "a second alone says little";
  kinds(seconds(5));
  EXPECT_EQ(status.rate, 0u);
}

TEST_F(ChannelEventsTest, TellHowAnObjectEnded) {
  multicast::Ended one;
  one.no = 4;
  one.name = "a.mp4";
  EXPECT_EQ(ChannelEvents::ended("tv", one).kind, "object_complete");
  one.refusal = Refusal{"multicast.md5_mismatch", {}};
  const auto failed = ChannelEvents::ended("tv", one);
  EXPECT_EQ(failed.kind, "object_failed");
  EXPECT_EQ(failed.why->code, "multicast.md5_mismatch");
  EXPECT_EQ(failed.channel, "tv");
}

}  // namespace
}  // namespace edu::receiver
