// What happens when something fails, or the power does, at any point of an attempt.
#include "receiver/intake/intake.h"
#include "tests/receiver/receiving.h"

namespace edu::receiver {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kLesson = "media that must not be lost";

// Runs something each time bytes are written into staging, as if it happened while the file is read.
class Meddling final : public Files {
 public:
  std::function<void()> meddle;
  void write(const Fd& fd, std::span<const std::uint8_t> bytes, const fs::path& path) override {
    if (meddle) std::exchange(meddle, nullptr)();
    Files::write(fd, bytes, path);
  }
};

// A disk that forgets removals: a power cut before they were on it.
class Forgetful final : public Files {
 public:
  fs::path inbox;
  void remove(const fs::path& path) override {
    if (path.parent_path() != inbox) Files::remove(path);
  }
};

TEST(AfterAPowerCut, AFileThatComesBackIsNotRecordedAgain) {
  for (const char* content : {"media, a lesson", "no lesson"}) {
    test::TempFolder folder;
    Forgetful forgetful;
    forgetful.inbox = folder / "inbox";
    {
      Station station(folder.path(), forgetful);
      station.drop("a.mp4", content);
      EXPECT_EQ(station.receptions(), 1);
      if (content[0] == 'n') fs::rename(folder / "quarantine/1-a.mp4", station.inbox / "a.mp4");
    }
    Files sound;
    Station station(folder.path(), sound);
    ASSERT_TRUE(fs::exists(station.inbox / "a.mp4"));
    fs::resize_file(station.inbox / "a.mp4", 0);  // its newest bytes were lost
    ::utimensat(AT_FDCWD, (station.inbox / "a.mp4").c_str(), std::array<timespec, 2>{}.data(), 0);
    if (content[0] == 'n') write_file(station.inbox / "a.mp4", content);
    if (content[0] == 'n')
      ::utimensat(AT_FDCWD, (station.inbox / "a.mp4").c_str(), std::array<timespec, 2>{}.data(), 0);
    station.take(station.arrival(station.inbox / "a.mp4"));
    EXPECT_EQ(station.receptions(), 1) << content;
    EXPECT_THAT(names_in(station.inbox), IsEmpty());
  }
}

TEST(AfterAPowerCut, TheSameFileBroughtAgainIsAnArrivalOfItsOwn) {
  test::TempFolder folder;
  Files files;
  Station(folder.path(), files).drop("a.mp4", "media, a lesson");
  Station station(folder.path(), files);
  EXPECT_EQ(station.drop("a.mp4", "media, a lesson").record.outcome, "duplicate");
}

class WhileItIsRead : public testing::Test {
 protected:
  Reception drop_while(std::function<void()> meddle) {
    files_.meddle = std::move(meddle);
    return station_.drop("a.mp4", kLesson);
  }
  test::TempFolder folder_;
  Meddling files_;
  Station station_{folder_.path(), files_};
  fs::path file_ = station_.inbox / "a.mp4";
};

TEST_F(WhileItIsRead, AFileThatGrowsIsRefusedAndStaysToBeTakenAgain) {
  const auto reception = drop_while([&] { std::ofstream(file_, std::ios::app) << " and more"; });
  EXPECT_EQ(reception.record.reason_code, "receiver.changed");
  EXPECT_EQ(reception.record.quarantine, "");
  EXPECT_EQ(content_of(file_), kLesson + " and more");
  EXPECT_THAT(station_.courseware(), IsEmpty());
  EXPECT_EQ(station_.take(station_.arrival(file_))->record.outcome, "stored");
  EXPECT_EQ(station_.receptions(), 2);
}

TEST_F(WhileItIsRead, AFileThatIsReplacedIsRefusedAndTheNewOneStays) {
  const auto reception = drop_while([&] {
    write_file(folder_ / "new", kLesson);
    fs::rename(folder_ / "new", file_);
  });
  EXPECT_EQ(reception.record.reason_code, "receiver.changed");
  EXPECT_EQ(content_of(file_), kLesson);
}

TEST_F(WhileItIsRead, AFileThatIsTruncatedIsRefused) {
  EXPECT_EQ(drop_while([&] { fs::resize_file(file_, 5); }).record.reason_code, "receiver.changed");
}

TEST_F(WhileItIsRead, AFileThatIsRemovedIsRefused) {
  EXPECT_EQ(drop_while([&] { fs::remove(file_); }).record.reason_code, "receiver.changed");
  EXPECT_THAT(names_in(folder_ / "objects"), IsEmpty());
}

TEST_F(WhileItIsRead, AFileThatComesToThePathLaterIsNotRemovedForTheFirst) {
  station_.on_examine = [&]() -> awaitable<void> {
    write_file(folder_ / "new", "media, another");
    fs::rename(folder_ / "new", file_);
    co_return;
  };
  EXPECT_EQ(station_.drop("a.mp4", kLesson).record.outcome, "stored");
  EXPECT_EQ(content_of(file_), "media, another");
}

TEST_F(WhileItIsRead, NorMovedToQuarantineInItsPlace) {
  station_.on_examine = [&]() -> awaitable<void> {
    write_file(folder_ / "new", "media, another");
    fs::rename(folder_ / "new", file_);
    co_return;
  };
  EXPECT_EQ(station_.drop("a.mp4", "no media").record.reason_code, "player.not_media");
  EXPECT_EQ(content_of(file_), "media, another");
}

// The lesson is somewhere whole, whatever happened: in the inbox, in quarantine or in the library.
bool is_kept(const Station& station) {
  for (const auto& entry : fs::recursive_directory_iterator(station.data))
    if (entry.is_regular_file() && content_of(entry.path()) == kLesson) return true;
  return false;
}

void expect_sound(Station& station, const std::string& when) {
  std::vector<std::string> objects;
  for (const auto& c : station.courseware()) {
    EXPECT_EQ(content_of(station.store.path(c.sha256)), kLesson) << when;
    objects.push_back(c.sha256);
  }
  EXPECT_LE(objects.size(), 1u) << when;
  EXPECT_THAT(names_in(station.data / "objects/staging"), IsEmpty()) << when;
  EXPECT_TRUE(is_kept(station)) << when;
}

// The number of the operation that fails first, counted from the start of the attempt on.
TEST(IntakeFailure, AnyFailingOperationGivesOneRecordLosesNothingAndMaySucceedLater) {
  unsigned n = 0, refusals = 0;
  for (bool failed = true; failed; ++n) {
    test::TempFolder folder;
    Files sound;
    Station(folder.path(), sound);
    test::FaultyFiles files(4 + n);  // opening the store takes four
    Station station(folder.path(), files);
    ASSERT_EQ(files.operations(), 4u);
    const auto reception = station.drop("a.mp4", kLesson, R"({"title": "t"})");
    const auto when = "operation " + std::to_string(n) + ": " + reception.record.outcome;
    failed = files.failed();
    EXPECT_EQ(station.receptions(), 1) << when;
    expect_sound(station, when);
    if (reception.record.outcome == "refused") {
      ++refusals;
      EXPECT_THAT(reception.record.reason_code, AnyOf("receiver.storage_failed", "library.no_space")) << when;
      EXPECT_THAT(station.courseware(), IsEmpty()) << when;
    }
    if (!failed) break;
    const auto again = station.drop("a.mp4", kLesson).record;
    EXPECT_EQ(again.outcome, reception.record.outcome == "stored" ? "duplicate" : "stored") << when;
    EXPECT_THAT(station.courseware(), SizeIs(1)) << when;
    EXPECT_EQ(station.receptions(), 2) << when;
    expect_sound(station, when);
  }
  EXPECT_GT(refusals, 8u);
}

TEST(IntakeFailure, AnyFailingOperationOfARefusalGivesOneRecordAndLosesNothing) {
  const std::string rubbish = "no media";
  for (unsigned n = 0;; ++n) {
    test::TempFolder folder;
    Files sound;
    Station(folder.path(), sound);
    test::FaultyFiles files(4 + n);
    Station station(folder.path(), files);
    const auto record = station.drop("a.mp4", rubbish, "{}").record;
    const auto when = "operation " + std::to_string(n);
    EXPECT_EQ(record.outcome, "refused") << when;
    EXPECT_EQ(station.receptions(), 1) << when;
    const auto quarantined = folder / "quarantine/1-a.mp4";
    const bool moved = fs::exists(quarantined);
    EXPECT_EQ(content_of(moved ? quarantined : station.inbox / "a.mp4"), rubbish) << when;
    EXPECT_NE(moved, fs::exists(station.inbox / "a.mp4")) << when;
    EXPECT_NE(fs::exists(folder / "quarantine/1-a.mp4.manifest.json"),
              fs::exists(sidecar_of(station.inbox / "a.mp4")))
        << when;
    EXPECT_TRUE(!moved || fs::exists(folder / "quarantine/1-a.mp4.reason.json")) << when;
    if (!files.failed()) {
      EXPECT_TRUE(moved);
      EXPECT_GT(n, 8u);
      break;
    }
  }
}

// Nothing after operation N happens; then the station starts again, sweeps and takes what lies in the inbox.
TEST(IntakeFailure, PowerLossAtAnyOperationNeverMakesASecondCourseware) {
  unsigned n = 0;
  for (bool failed = true; failed; ++n) {
    test::TempFolder folder;
    Files sound;
    Station(folder.path(), sound);
    test::FaultyFiles files(4 + n, true);
    const auto when = "operation " + std::to_string(n);
    {
      Station station(folder.path(), files);
      std::ignore = station.drop("a.mp4", kLesson);
      failed = files.failed();
    }
    Station station(folder.path(), sound);
    test::run(station.loop, station.custody.sweep());
    expect_sound(station, when);
    if (fs::exists(station.inbox / "a.mp4")) {
      EXPECT_EQ(station.take(station.arrival(station.inbox / "a.mp4"))->record.outcome, "stored") << when;
    }
    EXPECT_EQ(station.count("SELECT count(*) FROM reception WHERE outcome<>'refused'"), 1) << when;
    EXPECT_THAT(station.courseware(), SizeIs(1)) << when;
    EXPECT_THAT(names_in(station.inbox), IsEmpty()) << when;
    expect_sound(station, when);
  }
  EXPECT_GT(n, 10u);
}

class DatabaseFailure : public Receiving {
 protected:
  void fail_inserts_into(const std::string& table) {
    station_.reader->exec("CREATE TRIGGER failing BEFORE INSERT ON " + table +
                          " BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END");
  }
  void mend() { station_.reader->exec("DROP TRIGGER failing"); }

  void expect_left_alone_and_taken_later(const std::string& content, const std::string& outcome) {
    EXPECT_THROW(station_.drop("a.mp4", content, "{}"), SQLite::Exception);
    EXPECT_THAT(names_in(station_.inbox), ElementsAre("a.mp4", "a.mp4.manifest.json"));
    EXPECT_THAT(names_in(folder_ / "quarantine"), IsEmpty());
    EXPECT_THAT(names_in(folder_ / "objects/staging"), IsEmpty());
    EXPECT_EQ(station_.receptions(), 0);
    EXPECT_EQ(station_.count("SELECT count(*) FROM courseware"), 0);
    EXPECT_EQ(station_.count("SELECT count(*) FROM journal"), 0);
    mend();
    EXPECT_EQ(station_.take(station_.arrival(station_.inbox / "a.mp4"))->record.outcome, outcome);
    EXPECT_THAT(names_in(station_.inbox), IsEmpty());
    EXPECT_EQ(station_.receptions(), 1);
  }
};

TEST_F(DatabaseFailure, OfTheCatalogueLeavesTheSourceAndNoRecord) {
  fail_inserts_into("courseware");
  expect_left_alone_and_taken_later(kLesson, "stored");
}

TEST_F(DatabaseFailure, OfTheStorageBookLeavesTheSourceAndNoRecord) {
  fail_inserts_into("storage");
  expect_left_alone_and_taken_later(kLesson, "stored");
}

TEST_F(DatabaseFailure, OfTheReceptionBookLeavesTheSourceAndNoRecord) {
  fail_inserts_into("reception");
  expect_left_alone_and_taken_later(kLesson, "stored");
}

TEST_F(DatabaseFailure, LeavesWhatIsRefusedWhereItIs) {
  fail_inserts_into("reception");
  expect_left_alone_and_taken_later("no media", "refused");
}

TEST_F(DatabaseFailure, TheObjectOfAnUnrecordedAttemptGoesToQuarantineAtTheNextStart) {
  fail_inserts_into("courseware");
  EXPECT_THROW(station_.drop("a.mp4", kLesson), SQLite::Exception);
  mend();
  EXPECT_EQ(test::run(station_.loop, station_.custody.sweep()).orphans, 1);
  EXPECT_THAT(names_in(folder_ / "quarantine"), ElementsAre("object-" + hex_of(kLesson)));
  EXPECT_EQ(station_.take(station_.arrival(station_.inbox / "a.mp4"))->record.outcome, "stored");
}

}  // namespace
}  // namespace edu::receiver
