// What two channels lack, and bytes that come by another way: whom they go to.
#include <boost/asio/co_spawn.hpp>

#include "tests/receiver/channels/channel_parts.h"
#include "tests/receiver/multicast/script.h"

namespace edu::receiver {
namespace {

class FillTest : public Receiving {
 protected:
  FillTest() {
    create_recorded_keys(*station_.reader);
    auto parts = channel_parts(station_, files_);
    parts.listen = [this](const config::Channel&) { return listen(); };
    source_ = std::make_unique<MulticastSource>(station_.loop.get_executor(), std::move(parts),
                                                std::vector{channel("one"), channel("two")},
                                                folder_ / "multicast", station_.settings);
    source_->start();
  }
  ~FillTest() override {
    test::run(station_.loop, source_->stop());
    test::settle(station_.loop);
  }
  // Both of one group, so that one sender's object has the same key on both.
  static config::Channel channel(const std::string& name) {
    config::Channel settings;
    settings.name = name;
    settings.group = "239.1.2.3";
    settings.port = 4001;
    settings.memory_mb = settings.buffer_mb = 1;
    return settings;
  }
  std::unique_ptr<multicast::PacketSource> listen() {
    auto script = std::make_unique<multicast::Script>();
    scripts_.push_back(script.get());
    return script;
  }
  // All of the object but one symbol.
  void send(multicast::Script& to) {
    const auto oti = multicast::no_code(0);
    auto packets = sender_.object({0, 1}, oti, content_);
    packets.erase(packets.begin() + 3);
    to.put(sender_.fdt(1, {multicast::file_of({0, 1}, "a.mp4", content_, oti)}));
    to.put(packets);
  }
  template <class Condition>
  void wait_until(Condition holds) {
    run_until(station_.loop, [&] {
      station_.clock.advance(milliseconds(1000));  // the channels report by this clock …
      for (auto* script : scripts_) script->put({multicast::Bytes(2)});  // … when something comes
      return holds();
    });
  }
  void wait_until_it_lacks_a_block(std::size_t channel) {
    wait_until([&] {
      const auto objects = source_->status().at(channel).objects;
      return objects.size() == 1 && objects[0].blocks_missing == 1;
    });
  }
  void wait_until_it_is_whole(std::size_t channel) {
    wait_until([&] {
      const auto objects = source_->status().at(channel).objects;
      return objects.size() == 1 && objects[0].state == multicast::ObjectState::done;
    });
  }
  Result<multicast::Gaps> gaps(std::size_t channel) {
    const auto objects = source_->status().at(channel).objects;
    return test::run(station_.loop, source_->gaps(objects.at(0).no, 10));
  }
  std::vector<std::uint8_t> lost() const { return {content_.begin() + 300, content_.begin() + 400}; }
  bool fill(const multicast::ObjectKey& key) {
    return test::run(station_.loop, source_->fill(key, 300, lost()));
  }
  bool fill(const multicast::Gaps& gaps) {
    return test::run(station_.loop, source_->fill(gaps.no, gaps.key, 300, lost()));
  }

  multicast::Sender sender_;
  multicast::Bytes content_ = multicast::noise(5000);
  std::vector<multicast::Script*> scripts_;
  std::unique_ptr<MulticastSource> source_;
};

TEST_F(FillTest, GoesToTheChannelThatWantsItAndStopsThere) {
  for (auto* script : scripts_) send(*script);
  for (const std::size_t channel : {0, 1}) wait_until_it_lacks_a_block(channel);
  const auto first = gaps(0), second = gaps(1);
  ASSERT_TRUE(first && second);
  ASSERT_EQ(first->key, second->key);
  EXPECT_TRUE(fill(first->key));
  wait_until_it_is_whole(0);
  const auto still = gaps(1);
  ASSERT_TRUE(still);
  ASSERT_EQ(still->runs.size(), 1u);
  EXPECT_EQ(still->runs[0].first, 300u);
  EXPECT_TRUE(fill(first->key)) << "now it is the other's";
  wait_until_it_is_whole(1);
  EXPECT_FALSE(fill(first->key));
}

TEST_F(FillTest, GoesToTheVeryObjectThatWasAskedFor) {
  for (auto* script : scripts_) send(*script);
  for (const std::size_t channel : {0, 1}) wait_until_it_lacks_a_block(channel);
  const auto second = gaps(1);
  ASSERT_TRUE(second);
  EXPECT_TRUE(fill(*second));
  wait_until_it_is_whole(1);
  EXPECT_TRUE(gaps(0)) << "the first channel still lacks it";
  EXPECT_FALSE(fill(*second));
}

TEST_F(FillTest, PassesAChannelThatDoesNotWantIt) {
  send(*scripts_[1]);
  wait_until_it_lacks_a_block(1);
  const auto found = gaps(1);
  ASSERT_TRUE(found);
  EXPECT_GT(found->no, 1'000'000) << "the second channel's numbers";
  EXPECT_TRUE(fill(found->key));
  wait_until_it_is_whole(1);
}

TEST_F(FillTest, DoesNotWaitForEverForAChannelThatHasStopped) {
  test::run(station_.loop, source_->stop());
  std::string answer = "none yet";
  auto done = [&answer](std::exception_ptr, Result<multicast::Gaps> found) {
    answer = found ? "gaps" : found.error().code;
  };
  asio::co_spawn(station_.loop, source_->gaps(1, 10), done);
  test::settle(station_.loop);
  EXPECT_EQ(answer, "none yet");
  station_.clock.advance(std::chrono::seconds(10));
  test::settle(station_.loop);
  EXPECT_EQ(answer, "receiver.no_object");
}

}  // namespace
}  // namespace edu::receiver
