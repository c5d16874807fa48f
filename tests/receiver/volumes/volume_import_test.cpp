#include "receiver/volumes/volume_import.h"

#include <fcntl.h>
#include <unistd.h>

#include "tests/receiver/dvd.h"

namespace edu::receiver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class VolumeImportTest : public Receiving {
 protected:
  VolumeReport import(const fs::path& path) {
    auto report = test::run(station_.loop, volumes_.import(path, "usb", "张三"));
    return report ? *report : (ADD_FAILURE() << report.error().code, VolumeReport());
  }
  std::string why_not(const fs::path& path) {
    const auto report = test::run(station_.loop, volumes_.import(path, "usb", "张三"));
    return report ? "" : report.error().code;
  }
  static std::vector<std::string> outcomes(const VolumeReport& report) {
    std::vector<std::string> all;
    for (const auto& reception : report.receptions)
      all.push_back(reception.refusal ? reception.refusal->code : reception.record.outcome);
    return all;
  }
  fs::path stick() {
    fs::create_directories(volume_ / "课件");
    write_file(volume_ / "a.mp4", "media a");
    write_file(volume_ / "课件/b.mp4", "media b");
    write_file(volume_ / "课件/c.mp4", "rubbish");
    write_file(volume_ / "课件/b.mp4.manifest.json", R"({"title": "育秧", "category": "农业"})");
    return volume_.path();
  }

  test::TempFolder volume_;
  SystemClock clock_;
  DiscReader discs_{clock_};
  VolumeImport volumes_{{station_.intake, station_.store, files_, station_.workers, discs_,
                         [this](fs::path path) { return station_.examine(std::move(path)); }},
                        {},
                        folder_ / "spool/disc",
                        Language::zh};
};

TEST_F(VolumeImportTest, TakesEachFileOfAVolumeAndLeavesItAsItIs) {
  const auto before = names_in(stick());
  const auto report = import(volume_.path());
  EXPECT_THAT(outcomes(report), ElementsAre("stored", "stored", "player.not_media"));
  EXPECT_TRUE(report.complete);
  EXPECT_FALSE(report.gone);
  EXPECT_EQ(names_in(volume_.path()), before);
  EXPECT_EQ(report.receptions[1].record.title, "育秧");
  EXPECT_EQ(report.receptions[1].record.means, "usb");
  EXPECT_EQ(report.receptions[1].record.source, (volume_ / "课件").string());
  EXPECT_EQ(report.receptions[1].record.receiver, "张三");
  EXPECT_EQ(report.receptions[2].record.quarantine, "") << "it is not ours to move";
  EXPECT_EQ(station_.receptions(), 3);
  EXPECT_THAT(outcomes(import(volume_.path())), ElementsAre("duplicate", "duplicate", "player.not_media"));
}

TEST_F(VolumeImportTest, LooksIntoFilesWhateverTheyAreCalledAndCountsWhatIsNone) {
  fs::create_directories(volume_ / "MPEGAV");
  write_file(volume_ / "MPEGAV/AVSEQ01.DAT", "media of a\1 disc");
  write_file(volume_ / "lesson", "media\1 without an ending");
  write_file(volume_ / "photo.jpg", "\xFF\xD8\xFF picture");
  write_file(volume_ / "plan.docx", "PK\3\4 document");
  write_file(volume_ / "list.txt", "a list");
  write_file(volume_ / "data.bin", "\1\2\3\4");
  write_file(volume_ / "film.mp4.xltd", "media half");
  write_file(volume_ / "other.mp4", "media half");
  write_file(volume_ / "other.mp4.aria2", "notes");
  for (const char* junk : {"Thumbs.db", "desktop.ini", "~$plan.docx", "._film.mp4", ".DS_Store"})
    write_file(volume_ / junk, "junk");
  const auto report = import(volume_.path());
  EXPECT_THAT(outcomes(report), ElementsAre("stored", "stored"));
  EXPECT_EQ(report.passed,
            (Passed{{"document", 1}, {"other", 1}, {"picture", 1}, {"text", 1}, {"unfinished", 2}}));
  EXPECT_EQ(station_.receptions(), 2);
}

TEST_F(VolumeImportTest, ReadsNamesInGb18030AlsoWhereAPathMixesEncodings) {
  fs::create_directories(volume_ / "课件/\xBF\xCE");
  write_file(volume_ / "课件/\xBF\xCE/\xB9\xFB\xCA\xF7.mp4", "media a");
  const auto report = import(volume_.path());
  ASSERT_THAT(outcomes(report), ElementsAre("stored"));
  EXPECT_EQ(report.receptions[0].record.name, "果树.mp4");
  EXPECT_EQ(report.receptions[0].record.source, (volume_ / "课件/课").string());
}

TEST_F(VolumeImportTest, LeavesAFileAloneThatSomebodyWrites) {
  const Fd writer(::open((volume_ / "a.mp4").c_str(), O_WRONLY | O_CREAT, 0644));
  ASSERT_EQ(::write(writer.get(), "media", 5), 5);
  EXPECT_EQ(import(volume_.path()).passed, (Passed{{"written", 1}}));
  EXPECT_EQ(station_.receptions(), 0);
}

TEST_F(VolumeImportTest, NothingToReceiveIsSaidWithoutARecord) {
  EXPECT_EQ(why_not(volume_.path()), "receiver.volume_empty");
  EXPECT_EQ(why_not(volume_ / "none"), "receiver.volume_unreadable");
  EXPECT_EQ(why_not("relative"), "receiver.path_not_absolute");
  EXPECT_EQ(station_.receptions(), 0);
}

TEST_F(VolumeImportTest, AVolumePulledOutLeavesOneRefusalAndNothingPartial) {
  const auto mount = volume_ / "stick";
  fs::create_directory(mount);
  for (const auto* name : {"1.mp4", "2.mp4", "3.mp4"}) write_file(mount / name, std::string("media ") + name);
  station_.on_examine = [&]() -> awaitable<void> {  // while the first is looked into, the stick goes
    fs::rename(mount, volume_ / "drawer");
    fs::create_directory(mount);  // the bare mount point
    co_return;
  };
  const auto report = import(mount);
  EXPECT_THAT(outcomes(report), ElementsAre("stored", "receiver.gone"));
  EXPECT_TRUE(report.gone);
  EXPECT_EQ(station_.receptions(), 2);
  EXPECT_THAT(names_in(folder_ / "objects/staging"), IsEmpty());
}

TEST_F(VolumeImportTest, AFileThatShrinksWhileItIsReadIsRefusedAndTheRestIsTaken) {
  write_file(volume_ / "1.mp4", "media one");
  write_file(volume_ / "2.mp4", "media " + std::string(40u << 20, 'x'));
  write_file(volume_ / "3.mp4", "media three");
  bool cut = false;
  files_.on_write = [&](std::size_t bytes) {  // in the middle of the large one
    if (bytes > 1'000 && !std::exchange(cut, true)) fs::resize_file(volume_ / "2.mp4", 1u << 20);
  };
  const auto report = import(volume_.path());
  ASSERT_TRUE(cut);
  EXPECT_THAT(outcomes(report), ElementsAre("stored", "receiver.changed", "stored"));
  EXPECT_FALSE(report.gone);
  EXPECT_THAT(names_in(folder_ / "objects/staging"), IsEmpty());
}

TEST_F(VolumeImportTest, EachTitleOfADiscIsACourse) {
  const auto report = import(sample_dvd().image());
  // The probe of these tests takes no films: what matters is what it was handed.
  ASSERT_THAT(report.receptions, SizeIs(2));
  EXPECT_EQ(report.brief, 1);
  const auto& first = report.receptions[0].record;
  EXPECT_EQ(first.title, "GUOSHU 第1节");
  EXPECT_EQ(first.name, "GUOSHU 第1节.mpg");
  EXPECT_EQ(first.means, "disc");
  EXPECT_EQ(first.source, sample_dvd().image().string());
  EXPECT_GT(first.size, 100'000);
  EXPECT_EQ(report.receptions[1].record.title, "GUOSHU 第2节");
  EXPECT_THAT(names_in(folder_ / "spool/disc"), IsEmpty());
  EXPECT_THAT(volumes_.progress(), IsEmpty());
}

TEST_F(VolumeImportTest, AnEncryptedDiscIsOneRefusal) {
  const auto disc = sample_dvd().changed(volume_ / "css.iso", [](std::string& image) {
    each_pack(image, [](char* pack) {
      pack[17] = static_cast<char>(0xe0);
      pack[20] = static_cast<char>(0x90);
    });
  });
  EXPECT_THAT(outcomes(import(disc)), ElementsAre("receiver.disc_encrypted"));
  EXPECT_EQ(station_.receptions(), 1);
}

TEST_F(VolumeImportTest, AFullDiskRefusesTheTitleBeforeItIsWritten) {
  files_.pretend({1'000'000, 1'000});
  EXPECT_THAT(outcomes(import(sample_dvd().image())), ElementsAre("library.no_space", "library.no_space"));
  EXPECT_THAT(names_in(folder_ / "spool/disc"), IsEmpty());
}

TEST_F(VolumeImportTest, KnowsAFileFromWhatHoldsSeveral) {
  write_file(volume_ / "a.mp4", "media");
  const auto several = [&](const fs::path& path) {
    return test::run(station_.loop, volumes_.holds_several(path));
  };
  EXPECT_FALSE(several(volume_ / "a.mp4"));
  EXPECT_FALSE(several(volume_ / "none"));
  EXPECT_TRUE(several(volume_.path()));
  EXPECT_TRUE(several(sample_dvd().image()));
}

TEST_F(VolumeImportTest, AStartClearsWhatTheLastOneLeftInTheSpool) {
  fs::create_directories(folder_ / "old/abc");
  write_file(folder_ / "old/abc/part.mpg", "half");
  const VolumeImport second({station_.intake, station_.store, files_, station_.workers, discs_, {}}, {},
                            folder_ / "old", Language::en);
  EXPECT_THAT(names_in(folder_ / "old"), IsEmpty());
}

}  // namespace
}  // namespace edu::receiver
