// Finished objects of a channel on their way to the library: as a start after a power cut finds them. What
// comes over the air is in tests/receiver/multicast and tests/e2e.

#include <array>
#include <latch>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <sys/stat.h>

#include "receiver/multicast/leftovers.h"
#include "receiver/multicast/ready.h"
#include "tests/receiver/channels/channel_parts.h"
#include "tests/receiver/signing.h"

namespace edu::receiver {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kSession = "192.0.2.1 TSI 7";

class MulticastSourceTest : public Receiving {
 protected:
  MulticastSourceTest() {
    fs::create_directories(ready()), fs::create_directories(partial());
    create_recorded_keys(*station_.reader);
  }
  ~MulticastSourceTest() override { end(); }

  fs::path channel() const { return folder_ / "multicast" / hex_of("tv").substr(0, 16); }
  fs::path ready() const { return channel() / "ready"; }
  fs::path partial() const { return channel() / "partial"; }
  // As the channel delivers it: each object in a folder of its own.
  void deliver(const std::string& name, const std::string& content, const std::string& folder = "lessons") {
    const auto key = Sha256().update(folder + name).finish(), digest = Sha256().update(content).finish();
    const auto path = multicast::path_of(ready(), {kSession, folder, key, digest, name});
    fs::create_directories(path.parent_path());
    write_file(path, content);
  }
  // Two weeks and a day ago somebody stopped to send it.
  fs::path leave(const std::string& name) {
    const auto stem = partial() / std::string(32, 'a');
    multicast::write_about(files_, stem, {name, kSession, from_ms(1'790'000'000'000), 1000, 400});
    write_file(fs::path(stem) += ".part", "some");
    for (const auto& entry : fs::directory_iterator(partial())) {
      const timespec old[] = {{1'793'000'000, 0}, {1'793'000'000, 0}};
      ::utimensat(AT_FDCWD, entry.path().c_str(), old, 0);
    }
    return stem;
  }

  static config::Channel channel_of(const std::string& name) {
    config::Channel settings;
    settings.name = name;
    settings.group = "127.0.0.1";  // at a port of the kernel's choice: nothing comes
    settings.memory_mb = settings.buffer_mb = 1;
    return settings;
  }
  void begin(Policy trust = Policy::off, std::vector<config::Channel> channels = {channel_of("tv")}) {
    auto parts = channel_parts(station_, files_);
    parts.take = [this](Arrival arrival) { return take(std::move(arrival)); };
    parts.tell = [this](const ChannelEvent& event) { told_.push_back(event.kind + " " + event.object); };
    parts.ended = [this](const multicast::ObjectKey&, bool good) {
      ended_.push_back(good ? "good" : "bad");
      return false;
    };
    source_ = std::make_unique<MulticastSource>(station_.loop.get_executor(), std::move(parts), channels,
                                                folder_ / "multicast", station_.settings, trust);
    source_->start();
    for (auto& stop : stops_) {  // several at once, as the station runs it
      ++running_;
      auto done = [this](std::exception_ptr) { --running_; };
      asio::co_spawn(station_.loop, source_->run(), asio::bind_cancellation_slot(stop.slot(), done));
    }
  }
  awaitable<Result<Reception>> take(Arrival arrival) {
    arrivals_.push_back(arrival);
    return station_.intake.take(std::move(arrival));
  }
  void end() {
    if (!source_) return;
    test::run(station_.loop, source_->stop());
    for (auto& stop : stops_) stop.emit(asio::cancellation_type::terminal);
    run_until(station_.loop, [this] { return running_ == 0; });
    station_.loop.restart();
    station_.loop.poll();
    source_.reset();
  }
  void wait_for_receptions(std::int64_t count) {
    run_until(station_.loop,
              [&] { return station_.receptions() >= count && station_.intake.progress().empty(); });
  }

  void wait_until_it_listens() {
    run_until(station_.loop, [this] {
      station_.clock.advance(std::chrono::seconds(1));  // it reports once a second
      return source_->status().at(0).listening;
    });
  }
  // Whatever is due has been begun: neither the loop nor a worker has anything left of it.
  void let_everything_run() {
    for (int round = 0; round < 3; ++round) {
      test::settle(station_.loop);
      std::latch both(2);  // the station's workers, each through with what came before
      int left = 2;
      auto job = [&both] { return both.arrive_and_wait(), true; };
      auto done = [&left](std::exception_ptr, bool) { --left; };
      for (int worker = 0; worker < 2; ++worker)
        asio::co_spawn(station_.loop, station_.workers.run(job), done);
      run_until(station_.loop, [&left] { return left == 0; });
    }
  }

  std::unique_ptr<MulticastSource> source_;
  std::vector<Arrival> arrivals_;
  std::vector<std::string> told_, ended_;
  std::array<asio::cancellation_signal, 2> stops_;
  int running_ = 0;
  int examined_ = 0;
};

TEST_F(MulticastSourceTest, TakesUpWhatWasDeliveredAndNotRecorded) {
  deliver("果树.mp4", "media one");
  begin();
  wait_for_receptions(1);
  run_until(station_.loop, [&] { return names_in(ready()).empty(); });
  ASSERT_EQ(station_.courseware().size(), 1u);
  EXPECT_EQ(arrivals_.at(0).origin.means, "multicast");
  EXPECT_EQ(arrivals_.at(0).origin.source, std::string("tv · ") + kSession);
  EXPECT_THAT(told_, Contains("object_complete 果树.mp4"));
  EXPECT_THAT(ended_, ElementsAre("good"));
}

TEST_F(MulticastSourceTest, DescribesAFileByTheManifestOfItsSession) {
  deliver("a.mp4", "media one");
  deliver("a.mp4.manifest.json", R"({"title": "剪枝", "sha256": ")" + hex_of("media one") + "\"}");
  begin();
  wait_for_receptions(1);
  ASSERT_EQ(station_.courseware().size(), 1u);
  EXPECT_EQ(station_.courseware()[0].title, "剪枝");
}

TEST_F(MulticastSourceTest, RefusesAFileThatDoesNotFitItsManifest) {
  deliver("a.mp4", "media one");
  deliver("a.mp4.manifest.json", R"({"sha256": ")" + hex_of("another") + "\"}");
  begin();
  wait_for_receptions(1);
  EXPECT_THAT(station_.courseware(), IsEmpty());
  run_until(station_.loop, [this] { return !ended_.empty(); });
  EXPECT_THAT(ended_, ElementsAre("bad"));
}

TEST_F(MulticastSourceTest, SleepsWhileThereIsNothingToDo) {
  begin();
  wait_until_it_listens();
  int handlers = 0;
  station_.loop.restart();
  while (handlers < 1000 && station_.loop.poll_one() > 0) ++handlers;
  EXPECT_LT(handlers, 1000) << "those who wait wake each other";
}

TEST_F(MulticastSourceTest, TakesObjectsOfTheSameBytesOneByOne) {
  for (int i = 0; i < 10; ++i) deliver(std::to_string(i) + ".mp4", "media one");
  deliver("10.mp4", R"({"title": "bytes of a manifest"})");
  deliver("0.mp4.manifest.json", R"({"title": "bytes of a manifest"})");
  begin();
  wait_for_receptions(11);
  run_until(station_.loop, [&] { return names_in(ready()).empty(); });
  EXPECT_EQ(station_.courseware().size(), 1u);
  EXPECT_EQ(station_.count("SELECT count(*) FROM reception WHERE outcome='duplicate'"), 9);
  EXPECT_EQ(station_.count("SELECT count(*) FROM reception WHERE outcome='refused'"), 1);
}

TEST_F(MulticastSourceTest, ANameMeansAFileOfItsFolder) {
  for (const auto* folder : {"one", "two"}) {
    const auto content = std::string("media ") + folder;
    deliver("1.mp4", content, folder);
    deliver("1.mp4.manifest.json",
            std::string(R"({"title": ")") + folder + R"(", "sha256": ")" + hex_of(content) + "\"}", folder);
  }
  begin();
  wait_for_receptions(2);
  ASSERT_EQ(station_.courseware().size(), 2u);
  std::vector<std::string> titles;
  for (const auto& one : station_.courseware()) titles.push_back(one.title);
  EXPECT_THAT(titles, testing::UnorderedElementsAre("one", "two"));
}

TEST_F(MulticastSourceTest, AFileOfTheLastRunWaitsForItsSignature) {
  deliver("a.mp4", "media one");
  const auto began = station_.clock.mono();
  begin(Policy::required);
  wait_until_it_listens();  // which takes some of its clock, a slow machine more
  station_.clock.advance(std::chrono::hours(23) - (station_.clock.mono() - began));
  let_everything_run();
  EXPECT_THAT(arrivals_, IsEmpty()) << "the next pass may bring it";
  EXPECT_EQ(source_->status().at(0).objects.at(0).why->code, "receiver.waiting_signature");
  station_.clock.advance(std::chrono::hours(2));
  wait_for_receptions(1);
  EXPECT_EQ(station_.count("SELECT count(*) FROM reception WHERE reason_code='receiver.trust_unsigned'"), 1);
}

TEST_F(MulticastSourceTest, KeepsAFileForWhichThereIsNoRoomAndTakesItLater) {
  files_.pretend({1'000'000, 0});
  deliver("a.mp4", "media one");
  begin();
  wait_for_receptions(1);
  EXPECT_THAT(station_.courseware(), IsEmpty());
  files_.pretend({1ull << 40, 1ull << 40});
  run_until(station_.loop, [this] {
    station_.clock.advance(std::chrono::minutes(11));
    return station_.receptions() == 2;
  });
  EXPECT_EQ(station_.courseware().size(), 1u);
  run_until(station_.loop, [&] { return names_in(ready()).empty(); });
}

TEST_F(MulticastSourceTest, TakesItAtOnceWhenThereIsRoomAgain) {
  files_.pretend({1'000'000, 0});
  deliver("a.mp4", "media one");
  begin();
  wait_for_receptions(1);
  for (int i = 0; i < 8; ++i) {
    station_.clock.advance(std::chrono::minutes(10));
    let_everything_run();
  }
  EXPECT_EQ(station_.receptions(), 1) << "one record, however often it was tried";
  run_until(station_.loop,
            [this] { return !source_->status().at(0).objects.empty(); });  // no try is under way
  const auto status = source_->status().at(0);
  ASSERT_EQ(status.objects.size(), 1u) << "it is shown while it waits, with the reason";
  EXPECT_EQ(status.objects[0].name, "a.mp4");
  EXPECT_EQ(status.objects[0].why->code, "library.no_space");
  ASSERT_EQ(status.notes.size(), 1u);
  EXPECT_EQ(status.notes[0].what.code, "multicast.waiting");
  files_.pretend({1ull << 40, 1ull << 40});
  run_until(station_.loop, [this] {
    station_.clock.advance(milliseconds(100));
    return station_.receptions() == 2;
  });
  EXPECT_EQ(station_.courseware().size(), 1u);
}

TEST_F(MulticastSourceTest, AChannelThatCannotBeOpenedFailsAlone) {
  auto nowhere = channel_of("nowhere");
  nowhere.group = "the county";
  const auto broken = folder_ / "multicast" / hex_of("broken").substr(0, 16);
  fs::create_directories(broken / "done");
  const auto damaged = folder_ / "multicast" / hex_of("damaged").substr(0, 16);
  fs::create_directories(damaged);
  write_file(damaged / "partial", "no folder");
  begin(Policy::off, {nowhere, channel_of("broken"), channel_of("damaged"), channel_of("tv")});
  run_until(station_.loop, [this] {
    station_.clock.advance(std::chrono::seconds(1));
    return source_->status().at(3).listening;
  });
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_FALSE(source_->status()[i].listening) << i;
    EXPECT_NE(source_->status()[i].trouble, "") << i;
    EXPECT_EQ(source_->states()[i].state, "failing");
  }
  fs::remove(broken / "done");  // somebody mends it
  fs::remove(damaged / "partial");
  run_until(station_.loop, [this] {
    station_.clock.advance(std::chrono::seconds(10));
    return source_->status()[1].listening && source_->status()[2].listening;
  });
  EXPECT_EQ(source_->status()[1].trouble, "");
  EXPECT_EQ(std::ranges::count(told_, "channel_trouble "), 3);
}

TEST_F(MulticastSourceTest, GoesOnWhenSomethingBreaks) {
  station_.on_examine = [this]() -> awaitable<void> {
    if (++examined_ == 1) throw std::runtime_error("what nobody expected");
    co_return;
  };
  deliver("a.mp4", "media one");
  deliver("b.mp4", "media two");
  begin();
  run_until(station_.loop, [this] {
    station_.clock.advance(std::chrono::minutes(11));
    return station_.receptions() == 2;
  });
  EXPECT_EQ(station_.courseware().size(), 2u);
}

TEST_F(MulticastSourceTest, RecordsOnceWhatNobodyWentOnWith) {
  const auto stem = leave("半部.mp4");
  begin();
  wait_for_receptions(1);
  run_until(station_.loop, [&] { return names_in(partial()).empty(); });
  EXPECT_EQ(station_.count("SELECT count(*) FROM reception WHERE reason_code='multicast.given_up' AND "
                           "name='半部.mp4' AND started_ms=1790000000000"),
            1);
  end();
  leave("半部.mp4");  // as if the power had gone before the files did
  begin();
  run_until(station_.loop, [&] { return names_in(partial()).empty(); });
  EXPECT_EQ(station_.receptions(), 1);
}

TEST_F(MulticastSourceTest, KeepsWhatIsLeftWhileNobodyHasSetTheClock) {
  leave("半部.mp4");
  station_.clock.trust(ClockTrust::untrusted);  // it would call anything old
  begin();
  wait_until_it_listens();
  EXPECT_THAT(told_, Not(Contains("object_failed 半部.mp4"))) << "it is told before the report is";
  station_.clock.trust(ClockTrust::synced);
  run_until(station_.loop, [this] {
    station_.clock.advance(std::chrono::seconds(1));
    return names_in(partial()).empty();
  });
  EXPECT_THAT(told_, Contains("object_failed 半部.mp4"));
  EXPECT_EQ(station_.receptions(), 1);
}

TEST_F(MulticastSourceTest, KnowsNoObjectThatIsNotUnderWay) {
  begin();
  for (const auto no : {0, 1, 2'000'000}) {
    const auto gaps = test::run(station_.loop, source_->gaps(no, 10));
    ASSERT_FALSE(gaps);
    EXPECT_EQ(gaps.error().code, "receiver.no_object");
  }
  EXPECT_FALSE(test::run(station_.loop, source_->fill({}, 0, {1, 2, 3})));
}

}  // namespace
}  // namespace edu::receiver
