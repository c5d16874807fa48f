// One record for each object, wherever the power is cut between its delivery and the channel's own table.
#include <boost/asio/bind_cancellation_slot.hpp>

#include "tests/receiver/channels/channel_parts.h"
#include "tests/receiver/multicast/script.h"

namespace edu::receiver {
namespace {

class OnceTest : public Receiving {
 protected:
  OnceTest() { create_recorded_keys(*station_.reader); }
  ~OnceTest() override { end(); }

  void begin(Policy trust = Policy::off) {
    auto parts = channel_parts(station_, files_);
    parts.ended = [this](const multicast::ObjectKey&, bool) { return spoilt_; };
    parts.listen = [this](const config::Channel&) {
      auto script = std::make_unique<multicast::Script>();
      script_ = script.get();
      return script;
    };
    config::Channel channel;
    channel.name = "tv";
    channel.group = "239.1.2.3";
    channel.port = 4001;
    channel.memory_mb = channel.buffer_mb = 1;
    source_ = std::make_unique<MulticastSource>(station_.loop.get_executor(), std::move(parts),
                                                std::vector{channel}, folder_ / "multicast",
                                                station_.settings, trust);
    source_->start();
    running_ = true;
    auto done = [this](std::exception_ptr) { running_ = false; };
    asio::co_spawn(station_.loop, source_->run(), asio::bind_cancellation_slot(stop_.slot(), done));
  }
  void end() {
    if (!source_) return;
    test::run(station_.loop, source_->stop());
    stop_.emit(asio::cancellation_type::terminal);
    run_until(station_.loop, [this] { return !running_; });
    test::settle(station_.loop);
    source_.reset();
  }
  void cut_the_power() {
    end();
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "multicast"))
      if (entry.path().filename() == "done") fs::resize_file(entry.path(), 0);  // its last second
  }
  // A whole pass of the carousel; `name` is the last object's.
  void send(const std::string& name, const std::string& content) {
    const multicast::Bytes bytes(content.begin(), content.end());
    const auto oti = multicast::no_code(0);
    script_->put({sender_.fdt(1, {multicast::file_of({0, 1}, name, bytes, oti)})});
    script_->put(sender_.object({0, 1}, oti, bytes));
  }
  template <class Condition>
  void wait_until(Condition holds) {
    run_until(station_.loop, [&] {
      station_.clock.advance(milliseconds(1000));  // the channel reports by this clock …
      script_->put({multicast::Bytes(2)});         // … when something comes
      return holds();
    });
  }
  // Whatever a pass brings has been told: a second object behind it has come.
  void wait_for_a_pass() {
    const auto before = source_->status().at(0).datagrams.datagrams;
    wait_until([&] { return source_->status().at(0).datagrams.datagrams > before + 20; });
  }
  std::uint64_t delivered() { return source_->status().at(0).objects_done; }

  multicast::Sender sender_;
  multicast::Script* script_ = nullptr;
  std::unique_ptr<MulticastSource> source_;
  asio::cancellation_signal stop_;
  bool running_ = false, spoilt_ = false;
};

TEST_F(OnceTest, WhatHasItsRecordIsNotReceivedAgain) {
  for (const auto* content : {"media one", "%PDF, no lesson"}) {
    const auto before = station_.receptions();
    begin();
    send(content, content);
    wait_until([&] { return station_.receptions() == before + 1; });
    cut_the_power();
    begin();
    send(content, content);
    wait_for_a_pass();
    EXPECT_EQ(delivered(), 0u) << content;
    EXPECT_EQ(station_.receptions(), before + 1) << content;
    end();
  }
}

TEST_F(OnceTest, WhatTheWebMayHaveSpoiltIsReceivedAgain) {
  spoilt_ = true;
  begin();
  send("a.mp4", "%PDF, no lesson");
  wait_until([&] { return station_.receptions() == 1; });
  wait_until([&] { return recorded_keys(*station_.reader).empty(); });
  cut_the_power();
  spoilt_ = false;
  begin();
  send("a.mp4", "%PDF, no lesson");
  wait_until([&] { return station_.receptions() == 2; });
}

TEST_F(OnceTest, WhatLiesHereForItsRecordAndComesAgainIsOneArrival) {
  begin(Policy::required);
  send("a.mp4", "media one");
  wait_until([&] { return delivered() == 1; });
  cut_the_power();
  begin(Policy::required);
  send("a.mp4", "media one");
  wait_until([&] { return delivered() == 1; });
  wait_until([&] { return station_.receptions() == 1; });
  wait_for_a_pass();
  EXPECT_EQ(station_.receptions(), 1) << "its session announces no signature: it need not wait a day";
  EXPECT_EQ(station_.count("SELECT count(*) FROM reception WHERE reason_code='receiver.trust_unsigned'"), 1);
}

TEST_F(OnceTest, KeepsTheNewestKeys) {
  auto& db = *station_.reader;
  const auto key = [](int i) { return Sha256().update(std::to_string(i)).finish(); };
  for (int no = 1; no <= 2002; ++no) remember_key(db, key(no));
  const auto kept = recorded_keys(db);
  ASSERT_EQ(kept.size(), 2000u);
  EXPECT_EQ(kept.front(), key(3));
  forget_key(db, key(2002));
  EXPECT_EQ(recorded_keys(db).back(), key(2001));
}

}  // namespace
}  // namespace edu::receiver
