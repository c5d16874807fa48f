#include "receiver/volumes/volume_scan.h"

#include <sys/stat.h>

#include "tests/receiver/receiving.h"

namespace edu::receiver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class VolumeScanTest : public testing::Test {
 protected:
  void put(const fs::path& name, std::string_view content = "x") {
    fs::create_directories((folder_ / name.string()).parent_path());
    write_file(folder_ / name.string(), content);
  }
  std::vector<std::string> files() {
    const auto scan = scan_volume(folder_.path(), settings_);
    complete_ = scan.complete;
    discs_ = scan.discs;
    std::vector<std::string> names;
    for (const auto& file : scan.files)
      names.push_back(file.path.lexically_relative(folder_.path()).string() + (file.description ? " *" : ""));
    return names;
  }

  test::TempFolder folder_;
  config::Volumes settings_;
  bool complete_ = true;
  std::vector<fs::path> discs_;
};

TEST_F(VolumeScanTest, TakesWhatIsCalledMediaAndNothingElse) {
  put("b/2.MKV"), put("a.mp4"), put("letter.doc"), put("photo.jpg"), put(".hidden.mp4"), put("c.mp4.part");
  put("$RECYCLE.BIN/old.mp4"), put("System Volume Information/x.mp4");
  EXPECT_THAT(files(), ElementsAre("a.mp4", "b/2.MKV"));
  EXPECT_TRUE(complete_);
}

TEST_F(VolumeScanTest, TakesWhateverAManifestDescribes) {
  put("one.bin"), put("one.bin.manifest.json", R"({"title": "果树"})");
  put("k/1.dat"), put("k/2.dat"), put("k/3.dat");
  put("k/course.manifest.json", R"({"title": "x", "parts": [{"file": "1.dat"}, {"file": "2.dat"}]})");
  EXPECT_THAT(files(), ElementsAre("k/1.dat *", "k/2.dat *", "one.bin *"));
}

TEST_F(VolumeScanTest, AManifestThatIsNoneStillRefusesItsFile) {
  put("a.mp4"), put("a.mp4.manifest.json", "nonsense");
  const auto scan = scan_volume(folder_.path(), settings_);
  ASSERT_EQ(scan.files.size(), 1u);
  ASSERT_TRUE(scan.files[0].description);
  EXPECT_FALSE(scan.files[0].description->content);
}

TEST_F(VolumeScanTest, NeverFollowsALinkNorOpensAPipe) {
  const test::TempFolder elsewhere;
  write_file(elsewhere / "secret.mp4", "x");
  fs::create_directory_symlink(elsewhere.path(), folder_ / "dir");
  fs::create_symlink(elsewhere / "secret.mp4", folder_ / "link.mp4");
  ASSERT_EQ(::mkfifo((folder_ / "pipe.mp4").c_str(), 0600), 0);
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(VolumeScanTest, GoesNoDeeperThanAllowed) {
  settings_.depth = 2;
  put("1/2/a.mp4"), put("1/2/3/b.mp4");
  EXPECT_THAT(files(), ElementsAre("1/2/a.mp4"));
  EXPECT_FALSE(complete_);
}

TEST_F(VolumeScanTest, TakesNoMoreThanAllowedAndAlwaysTheSame) {
  settings_.most_files = 2;
  for (const auto* name : {"d.mp4", "b.mp4", "c.mp4", "a.txt", "a.mp4"}) put(name);
  EXPECT_THAT(files(), ElementsAre("a.mp4", "b.mp4"));
  EXPECT_FALSE(complete_);
}

TEST_F(VolumeScanTest, FindsVideoFoldersAndImages) {
  put("film/video_ts/Video_Ts.Ifo"), put("film/VIDEO_TS.txt"), put("bare/VIDEO_TS.IFO"),
      put("bare/VTS_01_1.VOB");
  put("disc.iso", std::string(32768, '\0') + "\1CD001" + std::string(2000, '\0'));
  put("no.iso", "not an image");
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_THAT(discs_, ElementsAre(folder_ / "bare", folder_ / "disc.iso", folder_ / "film"));
}

TEST_F(VolumeScanTest, AFolderThatCannotBeReadIsAnError) {
  EXPECT_THROW(scan_volume(folder_ / "none", settings_), std::system_error);
}

}  // namespace
}  // namespace edu::receiver
