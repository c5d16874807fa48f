#include "receiver/folder/folder_source.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/receiver/receiving.h"

namespace edu::receiver {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class FolderSourceTest : public Receiving {
 protected:
  FolderSourceTest() { begin(); }
  ~FolderSourceTest() override { end(); }

  void begin() {
    ended_ = false;
    auto done = [this](std::exception_ptr) { ended_ = true; };
    auto task = source_.run();
    asio::co_spawn(station_.loop, std::move(task), asio::bind_cancellation_slot(stop_.slot(), done));
  }
  void end() {
    if (ended_) return;
    stop_.emit(asio::cancellation_type::terminal);
    run_until(station_.loop, [this] { return ended_; });
  }
  // Lets time pass, a little at a time, until it holds.
  template <class Condition>
  void pass_until(Condition holds) {
    run_until(station_.loop, [&] {
      if (holds()) return true;
      station_.loop.poll();
      station_.clock.advance(milliseconds(100));
      return false;
    });
  }
  void pass_until_received(std::int64_t count) {
    pass_until([&] { return station_.receptions() >= count && source_empty(); });
  }
  bool waits_for(const std::string& media) {
    const auto waiting = source_.waiting();
    return waiting.size() == 1 && waiting[0].why.code == "receiver.waiting_for_media" &&
           waiting[0].why.args.at("file") == media;
  }
  bool source_empty() { return station_.intake.progress().empty(); }
  // Looks at least once more, with nothing to be taken.
  void pass(milliseconds span) {
    const auto end = station_.clock.mono() + span;
    pass_until([&] { return station_.clock.mono() >= end; });
    pass_until([this] { return source_empty(); });
  }

  Take take_ = [this](Arrival arrival) {
    arrivals_.push_back(arrival);
    return station_.intake.take(std::move(arrival));
  };
  std::vector<Arrival> arrivals_;
  FolderSource::Parts parts() {
    return {take_, files_, station_.workers, station_.clock,
            [this](std::uint64_t bytes) { return station_.store.room_for(bytes).has_value(); }};
  }
  FolderSource source_{parts(), station_.inbox, station_.settings};
  asio::cancellation_signal stop_;
  bool ended_ = true;
};

TEST_F(FolderSourceTest, TakesWhatIsThereAtTheStartAndWhatComesLater) {
  write_file(station_.inbox / "a.mp4", "media a");
  pass_until_received(1);
  write_file(station_.inbox / "b.mp4", "media b");
  write_file(folder_ / "c.mp4", "media c");
  fs::rename(folder_ / "c.mp4", station_.inbox / "c.mp4");
  pass_until_received(3);
  EXPECT_THAT(station_.courseware(), SizeIs(3));
  EXPECT_THAT(names_in(station_.inbox), IsEmpty());
}

TEST_F(FolderSourceTest, LeavesAFileAloneThatIsStillOpenForWriting) {
  const auto path = station_.inbox / "a.mp4";
  Fd writer(::open(path.c_str(), O_WRONLY | O_CREAT, 0644));
  ASSERT_EQ(::write(writer.get(), "media ", 6), 6);
  pass(milliseconds(60'000));
  EXPECT_EQ(station_.receptions(), 0);
  ASSERT_EQ(::write(writer.get(), "whole", 5), 5);
  writer.reset();
  pass_until_received(1);
  EXPECT_EQ(station_.courseware().at(0).size, 11);
}

TEST_F(FolderSourceTest, MakesExactlyOneRecordForEachFile) {
  write_file(station_.inbox / "a.mp4", "media a");
  write_file(station_.inbox / "b.mp4", "media a");
  write_file(station_.inbox / "c.mp4", "");
  write_file(station_.inbox / "d.mp4", "no media");
  write_file(station_.inbox / "\xBF\xCE\n.mp4", "media e");
  fs::create_symlink("/etc/passwd", station_.inbox / "link.mp4");
  ::mkfifo((station_.inbox / "pipe.mp4").c_str(), 0600);
  pass_until_received(7);
  pass(milliseconds(90'000));
  EXPECT_EQ(station_.receptions(), 7);
  EXPECT_EQ(station_.count("SELECT count(*) FROM reception WHERE outcome='stored'"), 2);
  EXPECT_EQ(station_.count("SELECT count(*) FROM reception WHERE outcome='duplicate'"), 1);
  EXPECT_THAT(names_in(station_.inbox), IsEmpty());
  EXPECT_THAT(names_in(folder_ / "quarantine"), SizeIs(8));
  EXPECT_THAT(source_.waiting(), IsEmpty());
}

// Our own disk or helper is no verdict on the file.
TEST_F(FolderSourceTest, TakesAFileAgainThatTheStationItselfCouldNotTake) {
  station_.fault = Refusal{"player.unreadable", {{"what", "Input/output error"}}, Refusal::Kind::unavailable};
  write_file(station_.inbox / "a.mp4", "media a");
  pass_until_received(1);
  EXPECT_THAT(names_in(station_.inbox), ElementsAre("a.mp4"));
  EXPECT_THAT(names_in(folder_ / "quarantine"), IsEmpty());
  ASSERT_THAT(source_.waiting(), SizeIs(1));
  EXPECT_EQ(source_.waiting()[0].why.code, "player.unreadable");
  station_.fault = Refusal{"player.unreadable", {{"what", "Input/output error"}}, Refusal::Kind::unavailable};
  pass_until_received(2);
  EXPECT_EQ(station_.count("SELECT count(*) FROM reception WHERE outcome='stored'"), 1);
  EXPECT_EQ(station_.count("SELECT count(*) FROM reception WHERE outcome='refused'"), 1);
  EXPECT_THAT(names_in(station_.inbox), IsEmpty());
}

TEST_F(FolderSourceTest, WaitsForADownloadThatItsProgramStillFetches) {
  write_file(station_.inbox / "a.mp4", "media half");
  write_file(station_.inbox / "a.mp4.aria2", "notes");
  write_file(station_.inbox / "b.mp4.xltd", "media half");
  pass(milliseconds(60'000));
  EXPECT_EQ(station_.receptions(), 0);
  EXPECT_THAT(source_.waiting(), SizeIs(3));
  for (const auto& waiting : source_.waiting()) EXPECT_EQ(waiting.why.code, "receiver.waiting_download");
  fs::remove(station_.inbox / "a.mp4.aria2");
  pass_until_received(1);
}

TEST_F(FolderSourceTest, AManifestThatComesFirstWaitsForItsMedia) {
  write_file(station_.inbox / "a.mp4.manifest.json", R"({"title": "甲"})");
  pass_until([&] { return waits_for("a.mp4"); });
  write_file(station_.inbox / "a.mp4", "media a");
  pass_until_received(1);
  EXPECT_EQ(station_.courseware().at(0).title, "甲");
  EXPECT_THAT(names_in(station_.inbox), IsEmpty());
}

TEST_F(FolderSourceTest, AManifestThatComesWhileItsMediaSettlesIsHonoured) {
  write_file(station_.inbox / "a.mp4", "media a");
  pass_until([&] { return !source_.waiting().empty(); });
  write_file(station_.inbox / "a.mp4.manifest.json", R"({"title": "甲"})");
  pass_until_received(1);
  EXPECT_EQ(station_.courseware().at(0).title, "甲");
}

TEST_F(FolderSourceTest, TakesThePartsOfAManifestAsTheyCome) {
  write_file(
      station_.inbox / "set.manifest.json",
      R"({"title": "养蜂", "parts": [{"file": "1.mp4"}, {"file": "2.mp4"}, {"file": "3.mp4", "title": "蜜"}]})");
  write_file(station_.inbox / "1.mp4", "media 1");
  write_file(station_.inbox / "3.mp4", "media 3");
  pass_until_received(2);
  pass_until([&] { return waits_for("2.mp4"); });
  write_file(station_.inbox / "2.mp4", "media 2");
  pass_until_received(3);
  std::vector<std::string> titles;
  for (const auto& c : station_.courseware()) titles.push_back(c.title);
  EXPECT_THAT(titles, UnorderedElementsAre("养蜂 (1/3)", "养蜂 (2/3)", "蜜"));
  EXPECT_THAT(names_in(station_.inbox), IsEmpty());
}

TEST_F(FolderSourceTest, TakesFilesInSubfolders) {
  fs::create_directories(station_.inbox / "disc/1");
  write_file(station_.inbox / "disc/1/a.mp4", "media a");
  pass_until_received(1);
  write_file(station_.inbox / "disc/1/b.mp4", "media b");
  pass_until_received(2);
  EXPECT_TRUE(fs::exists(station_.inbox / "disc/1"));
}

TEST_F(FolderSourceTest, WhatCannotBeRecordedIsTakenAgainLater) {
  station_.reader->exec(
      "CREATE TRIGGER failing BEFORE INSERT ON reception BEGIN SELECT RAISE(ABORT, 'full'); END");
  write_file(station_.inbox / "a.mp4", "media a");
  pass_until([&] {
    return !source_.waiting().empty() && source_.waiting()[0].why.code == "receiver.waiting_again";
  });
  EXPECT_EQ(station_.receptions(), 0);
  station_.reader->exec("DROP TRIGGER failing");
  pass_until_received(1);
  EXPECT_THAT(station_.courseware(), SizeIs(1));
  EXPECT_THAT(names_in(station_.inbox), IsEmpty());
}

TEST_F(FolderSourceTest, WhatHadNoRoomIsTakenAsSoonAsThereIsSome) {
  files_.pretend({1'000'000, 0});
  write_file(station_.inbox / "a.mp4", "media a");
  pass_until_received(1);
  pass(milliseconds(120'000));
  EXPECT_EQ(station_.receptions(), 1) << "one record, however often it was tried";
  ASSERT_THAT(source_.waiting(), SizeIs(1));
  EXPECT_EQ(source_.waiting()[0].why.code, "library.no_space");
  files_.pretend({1ull << 40, 1ull << 40});
  pass(milliseconds(1'500));
  EXPECT_THAT(station_.courseware(), SizeIs(1));
}

TEST_F(FolderSourceTest, AFolderThatIsTakenAwayComesBack) {
  write_file(station_.inbox / "a.mp4", "media a");
  pass_until_received(1);
  fs::remove_all(station_.inbox);
  write_file(station_.inbox, "a file in its place");
  pass_until([&] { return !source_.working(); });
  fs::remove(station_.inbox);
  pass_until([&] { return source_.working(); });
  write_file(station_.inbox / "b.mp4", "media b");
  pass_until_received(2);
}

TEST_F(FolderSourceTest, EndsByCancellationAndWithItWhatIsUnderWay) {
  station_.on_examine = [&]() -> awaitable<void> { co_await station_.clock.pause(std::chrono::hours(1000)); };
  write_file(station_.inbox / "a.mp4", "media a");
  pass_until([&] {
    const auto progress = station_.intake.progress();
    return !progress.empty() && progress[0].stage == "examining";
  });
  end();
  EXPECT_THAT(station_.intake.progress(), IsEmpty());
  EXPECT_THAT(names_in(station_.inbox), ElementsAre("a.mp4"));
  EXPECT_EQ(station_.receptions(), 0);
}

TEST_F(FolderSourceTest, AFileOfAnAttemptThatWasCutShortIsTakenAtTheNextStart) {
  station_.on_examine = [&]() -> awaitable<void> { co_await station_.clock.pause(std::chrono::hours(1000)); };
  write_file(station_.inbox / "a.mp4", "media a");
  pass_until([&] { return !source_empty(); });
  end();
  station_.on_examine = nullptr;
  FolderSource again(parts(), station_.inbox, station_.settings);
  bool ended = false;
  auto done = [&](std::exception_ptr) { ended = true; };
  asio::co_spawn(station_.loop, again.run(), asio::bind_cancellation_slot(stop_.slot(), done));
  pass_until_received(1);
  stop_.emit(asio::cancellation_type::terminal);
  run_until(station_.loop, [&] { return ended; });
  EXPECT_THAT(station_.courseware(), SizeIs(1));
}

TEST(FolderWatch, ReportsWritingClosingAndMoving) {
  asio::io_context loop;
  test::TempFolder folder;
  FolderWatch watch(loop.get_executor());
  EXPECT_TRUE(watch.add(folder.path()));
  EXPECT_FALSE(watch.add(folder.path()));
  EXPECT_FALSE(watch.add(folder / "none"));
  const Fd fd(::open((folder / "a").c_str(), O_WRONLY | O_CREAT, 0644));
  ASSERT_EQ(::write(fd.get(), "x", 1), 1);
  auto report = watch.read();
  ASSERT_THAT(report.changes, SizeIs(2));
  EXPECT_TRUE(report.changes[1].writing);
  EXPECT_EQ(report.changes[1].path, folder / "a");
  fs::rename(folder / "a", folder / "b");
  report = watch.read();
  ASSERT_THAT(report.changes, SizeIs(1));
  EXPECT_FALSE(report.changes[0].writing);
  EXPECT_EQ(report.changes[0].path, folder / "b");
  EXPECT_THAT(watch.read().changes, IsEmpty());
  fs::create_directory(folder / "sub");
  watch.add(folder / "sub");
  fs::remove(folder / "sub");
  EXPECT_TRUE(watch.read().folder_gone);
}

}  // namespace
}  // namespace edu::receiver
