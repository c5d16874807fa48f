#include "receiver/intake/intake.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/text.h"
#include "receiver/intake/import.h"
#include "tests/receiver/receiving.h"

namespace edu::receiver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class IntakeTest : public Receiving {
 protected:
  std::string refused(const Reception& reception) {
    EXPECT_EQ(reception.record.outcome, "refused");
    EXPECT_TRUE(reception.refusal);
    EXPECT_EQ(reception.record.reason_code, reception.refusal ? reception.refusal->code : "");
    EXPECT_THAT(station_.courseware(), IsEmpty());
    EXPECT_THAT(names_in(folder_ / "objects"), IsEmpty());
    EXPECT_EQ(station_.receptions(), 1);
    return reception.record.reason_code;
  }
};

TEST_F(IntakeTest, StoresAFileRecordsItAndGivesUpTheSource) {
  const auto reception = station_.drop("苹果树修剪.mp4", "media one");
  const auto& record = reception.record;
  EXPECT_EQ(record.no, 1);
  EXPECT_EQ(record.outcome, "stored");
  EXPECT_EQ(record.means, "folder");
  EXPECT_EQ(record.name, "苹果树修剪.mp4");
  EXPECT_EQ(record.integrity, "unchecked");
  EXPECT_EQ(record.sha256, hex_of("media one"));
  EXPECT_EQ(record.size, 9);
  const auto all = station_.courseware();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].title, "苹果树修剪");
  EXPECT_EQ(all[0].format, "mp4");
  EXPECT_EQ(all[0].duration_ms, 45 * 60'000);
  EXPECT_EQ(all[0].reception_no, 1);
  EXPECT_EQ(all[0].keep_until, "2036-11-18");
  EXPECT_TRUE(all[0].poster);
  EXPECT_EQ(content_of(station_.store.path(all[0].sha256)), "media one");
  EXPECT_EQ(content_of(station_.store.poster_path(all[0].sha256)), "jpeg of media one");
  EXPECT_THAT(names_in(station_.inbox), IsEmpty());
  EXPECT_THAT(names_in(folder_ / "objects/staging"), IsEmpty());
  EXPECT_EQ(station_.count("SELECT count(*) FROM storage"), 1);
  EXPECT_THAT(station_.intake.progress(), IsEmpty());
}

TEST_F(IntakeTest, TheManifestWinsOverTagsAndTagsOverTheName) {
  station_.drop("a.mp4", "media a");
  station_.drop("b.mp4", "media b\n标签里的\t标题");
  station_.drop(
      "c.mp4", "media c\nfrom the tags",
      R"({"title": "清单", "category": "养殖", "lecturer": "王", "language": "zh", "audience": "村民",
                    "keep_until": "permanent"})");
  const auto all = station_.courseware();
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[0].title, "a");
  EXPECT_EQ(all[1].title, "标签里的 标题");
  EXPECT_EQ(all[2].title, "清单");
  EXPECT_EQ(all[2].category, "养殖");
  EXPECT_EQ(all[2].lecturer, "王");
  EXPECT_EQ(all[2].audience, "村民");
  EXPECT_EQ(all[2].keep_until, "");
  EXPECT_THAT(names_in(station_.inbox), IsEmpty());
}

TEST_F(IntakeTest, ACourseOfAWrongClockGetsItsLastDayWhenTheClockIsRight) {
  station_.clock.trust(ClockTrust::untrusted);
  station_.clock.set(from_ms(1'000'000'000));  // January 1970
  station_.drop("a.mp4", "media a");
  station_.drop("b.mp4", "media b", R"({"keep_until": "2031-01-01"})");
  EXPECT_EQ(station_.courseware()[0].keep_until, "") << "for ever, until somebody knows the day";
  EXPECT_EQ(station_.courseware()[1].keep_until, "2031-01-01");
  asio::cancellation_signal stop;
  bool ended = false;
  auto done = [&ended](std::exception_ptr) { ended = true; };
  asio::co_spawn(station_.loop, station_.intake.count_days(),
                 asio::bind_cancellation_slot(stop.slot(), done));
  station_.clock.advance(milliseconds(60'000));
  test::settle(station_.loop);
  EXPECT_EQ(station_.count("SELECT count(*) FROM journal WHERE body LIKE '%courseware.kept%'"), 0);
  station_.clock.set(from_ms(1'795'000'000'000));
  station_.clock.trust(ClockTrust::synced);
  run_until(station_.loop, [this] {
    station_.clock.advance(milliseconds(1'000));
    return station_.courseware()[0].keep_until != "";
  });
  EXPECT_EQ(station_.courseware()[0].keep_until, "2036-11-18");
  EXPECT_EQ(station_.courseware()[1].keep_until, "2031-01-01");
  EXPECT_EQ(station_.count("SELECT count(*) FROM storage WHERE keep_until='2036-11-18'"), 1);
  EXPECT_EQ(station_.count("SELECT count(*) FROM journal WHERE body LIKE '%courseware.kept%'"), 1);
  stop.emit(asio::cancellation_type::terminal);
  run_until(station_.loop, [&ended] { return ended; });
}

TEST_F(IntakeTest, AWrongClockIsNoVerdictOnAManifest) {
  station_.clock.trust(ClockTrust::untrusted);
  EXPECT_EQ(station_.drop("a.mp4", "media a", R"({"expires": "2020-01-01"})").record.outcome, "stored");
  station_.clock.trust(ClockTrust::synced);
  EXPECT_EQ(station_.drop("b.mp4", "media b", R"({"expires": "2020-01-01"})").record.reason_code,
            "receiver.manifest_expired");
}

TEST_F(IntakeTest, TakesNamesInAnyEncodingLengthAndShape) {
  const std::string gb = "\xBF\xCE\xBC\xFE.mp4";  // 课件
  const std::string longest = std::string(251, 'x') + ".mp4";
  const std::string broken = "\xFF\xFE.mp4";
  station_.drop(gb, "media 1");
  station_.drop("two\nlines.mp4", "media 2");
  station_.drop(longest, "media 3");
  station_.drop(broken, "media 4");
  station_.drop("\n.mp4", "media 5");
  const auto all = station_.courseware();
  ASSERT_THAT(all, SizeIs(5));
  EXPECT_EQ(all[0].title, "课件");
  EXPECT_EQ(all[1].title, "two lines");
  EXPECT_EQ(all[2].title, std::string(251, 'x'));
  EXPECT_TRUE(is_utf8(all[3].title));
  EXPECT_EQ(all[4].title, all[4].sha256.substr(0, 12));
  EXPECT_THAT(names_in(station_.inbox), IsEmpty());
}

TEST_F(IntakeTest, ADuplicateNamesTheFirstAndMakesNoSecondCourseware) {
  station_.drop("a.mp4", "media a");
  station_.drop("b.mp4", "media b");
  const auto again = station_.drop("b again.mp4", "media b").record;
  EXPECT_EQ(again.outcome, "duplicate");
  EXPECT_EQ(again.no, 3);
  EXPECT_EQ(again.duplicate_of, 2);
  EXPECT_EQ(again.courseware_no, 2);
  EXPECT_THAT(station_.courseware(), SizeIs(2));
  EXPECT_EQ(station_.receptions(), 3);
  EXPECT_THAT(names_in(station_.inbox), IsEmpty());
}

TEST_F(IntakeTest, TwoOfTheSameAtTheSameTimeMakeOneCourseware) {
  write_file(station_.inbox / "a.mp4", "media a");
  write_file(station_.inbox / "b.mp4", "media a");
  std::vector<std::string> outcomes;
  auto done = [&](std::exception_ptr, Result<Reception> r) { outcomes.push_back(r->record.outcome); };
  for (const auto* name : {"a.mp4", "b.mp4"}) {
    auto task = station_.intake.take(station_.arrival(station_.inbox / name));
    asio::co_spawn(station_.loop, std::move(task), done);
  }
  run_until(station_.loop, [&] { return outcomes.size() == 2; });
  EXPECT_THAT(outcomes, ElementsAre("stored", "duplicate"));
  EXPECT_THAT(station_.courseware(), SizeIs(1));
}

TEST_F(IntakeTest, WhatWasRemovedMayBeReceivedAgain) {
  station_.drop("a.mp4", "media a");
  ASSERT_TRUE(test::run(station_.loop, station_.custody.remove(1, "过期", "张", "operator")));
  EXPECT_EQ(station_.drop("a.mp4", "media a").record.outcome, "stored");
  EXPECT_EQ(station_.courseware().at(0).no, 2);
}

TEST_F(IntakeTest, ADuplicateGivesALostObjectBack) {
  const auto sha256 = station_.drop("a.mp4", "media a").record.sha256;
  fs::remove(station_.store.path(sha256));
  EXPECT_EQ(station_.drop("a.mp4", "media a").record.outcome, "duplicate");
  EXPECT_EQ(content_of(station_.store.path(sha256)), "media a");
}

TEST_F(IntakeTest, RefusesWhatIsNoMediaAndKeepsItWithTheReason) {
  const auto reception = station_.drop("note.mp4", "#EXTM3U\nhttp://example.org/", R"({"title": "a"})");
  EXPECT_EQ(refused(reception), "player.not_media");
  EXPECT_EQ(reception.record.quarantine, "quarantine/1-note.mp4");
  EXPECT_EQ(content_of(folder_ / "quarantine/1-note.mp4"), "#EXTM3U\nhttp://example.org/");
  EXPECT_EQ(content_of(folder_ / "quarantine/1-note.mp4.manifest.json"), R"({"title": "a"})");
  const auto reason = parse_json(content_of(folder_ / "quarantine/1-note.mp4.reason.json"))->as_object();
  EXPECT_EQ(get_int(reason, "no"), 1);
  EXPECT_EQ(get_string(get_object(reason, "reason"), "code"), "player.not_media");
  EXPECT_EQ(get_string(get_object(reason, "reason"), "en"), text(Language::en, *reception.refusal));
  EXPECT_THAT(names_in(station_.inbox), IsEmpty());
}

TEST_F(IntakeTest, RefusesAnEmptyFile) {
  EXPECT_EQ(refused(station_.drop("a.mp4", "")), "receiver.empty");
  EXPECT_TRUE(fs::exists(folder_ / "quarantine/1-a.mp4"));
}

TEST_F(IntakeTest, RefusesASymlinkAndMovesTheLinkItself) {
  write_file(folder_ / "secret", "media secret");
  fs::create_symlink(folder_ / "secret", station_.inbox / "a.mp4");
  EXPECT_EQ(refused(*station_.take(station_.arrival(station_.inbox / "a.mp4"))), "receiver.symlink");
  EXPECT_TRUE(fs::is_symlink(folder_ / "quarantine/1-a.mp4"));
  EXPECT_EQ(content_of(folder_ / "secret"), "media secret");
}

TEST_F(IntakeTest, RefusesAFifoWithoutWaitingForIt) {
  ::mkfifo((station_.inbox / "a.mp4").c_str(), 0600);
  EXPECT_EQ(refused(*station_.take(station_.arrival(station_.inbox / "a.mp4"))), "receiver.fifo");
  EXPECT_TRUE(fs::is_fifo(folder_ / "quarantine/1-a.mp4"));
}

TEST_F(IntakeTest, RefusesWhatVanished) {
  EXPECT_EQ(refused(*station_.take(station_.arrival(station_.inbox / "a.mp4"))), "receiver.gone");
}

TEST_F(IntakeTest, ComparesTheDigestOfTheManifest) {
  const auto good = station_.drop("a.mp4", "media a", "{\"sha256\": \"" + hex_of("media a") + "\"}").record;
  EXPECT_EQ(good.outcome, "stored");
  EXPECT_EQ(good.integrity, "match");
  const auto bad = station_.drop("b.mp4", "media b", "{\"sha256\": \"" + hex_of("media a") + "\"}");
  EXPECT_EQ(bad.record.integrity, "mismatch");
  EXPECT_EQ(bad.record.reason_code, "receiver.digest_mismatch");
  EXPECT_EQ(bad.record.reason_args.at("actual"), hex_of("media b"));
  EXPECT_THAT(station_.courseware(), SizeIs(1));
  EXPECT_THAT(names_in(station_.inbox), IsEmpty());
}

TEST_F(IntakeTest, ABadManifestRefusesItsFileAndGoesAlong) {
  EXPECT_EQ(refused(station_.drop("a.mp4", "media a", R"({"parts": [{"file": "../b"}]})")),
            "receiver.manifest_file_name");
  EXPECT_THAT(names_in(folder_ / "quarantine"),
              ElementsAre("1-a.mp4", "1-a.mp4.manifest.json", "1-a.mp4.reason.json"));
}

TEST_F(IntakeTest, AManifestThatIsTooLargeToReadIsNotLost) {
  const auto large = "{}" + std::string(kManifestLimit, ' ');
  EXPECT_EQ(refused(station_.drop("a.mp4", "media a", large)), "receiver.manifest_too_large");
  EXPECT_EQ(content_of(folder_ / "quarantine/1-a.mp4.manifest.json"), large);
}

TEST_F(IntakeTest, NothingInQuarantineIsOverwritten) {
  write_file(folder_ / "quarantine/1-a.mp4", "earlier");
  station_.drop("a.mp4", "no media");
  EXPECT_EQ(content_of(folder_ / "quarantine/1-a.mp4"), "earlier");
  EXPECT_EQ(content_of(station_.inbox / "a.mp4"), "no media");
}

TEST_F(IntakeTest, RefusesWhenTheDiskIsFull) {
  files_.pretend({1000, 5});
  const auto reception = station_.drop("a.mp4", "media a");
  EXPECT_EQ(refused(reception), "library.no_space");
  EXPECT_EQ(reception.refusal->kind, Refusal::Kind::no_space);
  EXPECT_EQ(reception.record.reason_args.at("needed"), "7 B");
  EXPECT_EQ(reception.record.size, 7);
}

TEST_F(IntakeTest, AnImportedFileStaysWhereItIs) {
  write_file(folder_ / "a.mp4", "media a");
  write_file(folder_ / "a.mp4.manifest.json", R"({"title": "甲"})");
  write_file(folder_ / "b.mp4", "no media");
  const auto import = [&](const fs::path& path) {
    return test::run(station_.loop, import_file(station_.intake, station_.workers, path, "王站长"));
  };
  const auto stored = import(folder_ / "a.mp4")->record;
  EXPECT_EQ(stored.outcome, "stored");
  EXPECT_EQ(stored.means, "import");
  EXPECT_EQ(stored.receiver, "王站长");
  EXPECT_EQ(station_.courseware().at(0).title, "甲");
  const auto bad = import(folder_ / "b.mp4")->record;
  EXPECT_EQ(bad.outcome, "refused");
  EXPECT_EQ(bad.quarantine, "");
  for (const auto* name : {"a.mp4", "a.mp4.manifest.json", "b.mp4"})
    EXPECT_TRUE(fs::exists(folder_ / name)) << name;
  EXPECT_EQ(import(folder_ / "inbox")->record.reason_code, "receiver.folder");
  EXPECT_EQ(station_.receptions(), 3);
}

TEST_F(IntakeTest, NothingIsRecordedWhereNothingWasToBeReceived) {
  const auto none =
      test::run(station_.loop, import_file(station_.intake, station_.workers, folder_ / "none", "x"));
  EXPECT_EQ(none.error().code, "receiver.no_file");
  EXPECT_EQ(none.error().kind, Refusal::Kind::not_found);
  const auto relative =
      test::run(station_.loop, import_file(station_.intake, station_.workers, "a.mp4", "x"));
  EXPECT_EQ(relative.error().code, "receiver.path_not_absolute");
  EXPECT_EQ(station_.receptions(), 0);
}

TEST_F(IntakeTest, ProgressShowsWhatIsUnderWayAndHowManyAtOnce) {
  bool go_on = false;
  station_.on_examine = [&]() -> awaitable<void> {
    while (!go_on) co_await station_.clock.pause(milliseconds(1));
  };
  unsigned ended = 0;
  auto done = [&](std::exception_ptr, Result<Reception>) { ++ended; };
  for (const auto* name : {"a.mp4", "b.mp4", "c.mp4"}) {
    write_file(station_.inbox / name, std::string("media ") + name);
    auto task = station_.intake.take(station_.arrival(station_.inbox / name));
    asio::co_spawn(station_.loop, std::move(task), done);
  }
  const auto examining = [&] {
    return std::ranges::count(station_.intake.progress(), std::string("examining"), &Progress::stage);
  };
  run_until(station_.loop, [&] { return examining() == 2; });
  const auto progress = station_.intake.progress();
  ASSERT_THAT(progress, SizeIs(3));
  EXPECT_EQ(progress[0].name, "a.mp4");
  EXPECT_EQ(progress[0].bytes_done, 11u);
  EXPECT_EQ(progress[0].bytes_total, 11u);
  EXPECT_EQ(progress[2].stage, "queued");
  go_on = true;
  run_until(station_.loop, [&] { return station_.clock.advance(milliseconds(1)), ended == 3; });
  EXPECT_THAT(station_.courseware(), SizeIs(3));
}

TEST_F(IntakeTest, TooManyThatWaitAreToldSoWithoutARecord) {
  bool go_on = false;
  station_.on_examine = [&]() -> awaitable<void> {
    while (!go_on) co_await station_.clock.pause(milliseconds(1));
  };
  unsigned ended = 0, busy = 0;
  auto done = [&](std::exception_ptr, const Result<Reception>& r) {
    ++ended;
    if (!r) busy += r.error().code == "receiver.busy" && r.error().kind == Refusal::Kind::unavailable;
  };
  constexpr unsigned kArrivals = 2 + 64 + 3;
  for (unsigned i = 0; i < kArrivals; ++i) {
    const auto path = station_.inbox / (std::to_string(i) + ".mp4");
    write_file(path, "media " + std::to_string(i));
    auto task = station_.intake.take(station_.arrival(path));
    asio::co_spawn(station_.loop, std::move(task), done);
  }
  run_until(station_.loop, [&] { return ended == 3; });
  EXPECT_EQ(busy, 3u);
  go_on = true;
  run_until(station_.loop, [&] { return station_.clock.advance(milliseconds(1)), ended == kArrivals; });
  EXPECT_EQ(station_.receptions(), kArrivals - 3);
}

TEST_F(IntakeTest, ACancelledAttemptLeavesTheFileAndNoTrace) {
  station_.on_examine = [&]() -> awaitable<void> { co_await station_.clock.pause(milliseconds(1)); };
  write_file(station_.inbox / "a.mp4", "media a");
  asio::cancellation_signal stop;
  bool ended = false;
  auto done = [&](std::exception_ptr error, const Result<Reception>&) { ended = error != nullptr; };
  auto task = station_.intake.take(station_.arrival(station_.inbox / "a.mp4"));
  asio::co_spawn(station_.loop, std::move(task), asio::bind_cancellation_slot(stop.slot(), done));
  run_until(station_.loop, [&] {
    const auto progress = station_.intake.progress();
    return !progress.empty() && progress[0].stage == "examining";
  });
  stop.emit(asio::cancellation_type::terminal);
  run_until(station_.loop, [&] { return ended; });
  EXPECT_THAT(names_in(station_.inbox), ElementsAre("a.mp4"));
  EXPECT_THAT(names_in(folder_ / "objects"), IsEmpty());
  EXPECT_EQ(station_.receptions(), 0);
  EXPECT_THAT(station_.intake.progress(), IsEmpty());
  station_.on_examine = nullptr;
  EXPECT_EQ(station_.take(station_.arrival(station_.inbox / "a.mp4"))->record.outcome, "stored");
}

TEST(IntakeLimits, RefusesAFileOverTheLargestSize) {
  test::TempFolder folder;
  Files files;
  config::Receiver settings;
  settings.largest_file_mb = 1;
  Station station(folder.path(), files, settings);
  EXPECT_EQ(station.drop("a.mp4", "media" + std::string((1 << 20) - 5, 'x')).record.outcome, "stored");
  EXPECT_EQ(station.drop("b.mp4", "media" + std::string((1 << 20) - 4, 'x')).record.reason_code,
            "receiver.too_large");
}

TEST(KeepUntil, IsTheSameDayYearsLater) {
  EXPECT_EQ(to_string(keep_until(*parse_date("2026-11-22"), 10)), "2036-11-22");
  EXPECT_EQ(to_string(keep_until(*parse_date("2028-02-29"), 10)), "2038-02-28");
  EXPECT_EQ(to_string(keep_until(*parse_date("2028-02-29"), 4)), "2032-02-29");
}

}  // namespace
}  // namespace edu::receiver
