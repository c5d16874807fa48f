#include "receiver/folder/folder_scan.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "receiver/intake/quarantine.h"
#include "tests/receiver/receiving.h"

namespace edu::receiver {
namespace {

using testing::ElementsAre;

std::vector<std::string> names_of(const std::vector<Found>& found, const fs::path& root) {
  std::vector<std::string> names;
  for (const auto& item : found) names.push_back(item.path.lexically_relative(root).string());
  return names;
}

TEST(FolderScan, FindsMediaAndManifestsAndIgnoresWhatIsUnfinished) {
  test::TempFolder folder;
  for (const auto* name :
       {"b.mp4", "a.mp4", ".hidden.mp4", "c.mp4.part", "d.tmp", "e.CRDOWNLOAD", "a.mp4.manifest.json"})
    write_file(folder / name, "x");
  fs::create_directory(folder / ".Trash-1000");
  write_file(folder / ".Trash-1000/f.mp4", "x");
  for (const auto* name : {"Thumbs.db", "desktop.ini", "~$a.docx", "._a.mp4", ".DS_Store"})
    write_file(folder / name, "x");
  const auto scan = scan_folder(folder.path());
  EXPECT_THAT(names_of(scan.media, folder.path()), ElementsAre("a.mp4", "b.mp4"));
  EXPECT_EQ(scan.unfinished.size(), 3u);
  EXPECT_THAT(names_of(scan.manifests, folder.path()), ElementsAre("a.mp4.manifest.json"));
  EXPECT_TRUE(scan.complete);
}

TEST(FolderScan, KnowsDownloadsThatAreNotFinishedByTheirNames) {
  for (const char* name :
       {"a.mp4.part", "a.mp4.partial", "a.mp4.filepart", "a.mp4.crdownload", "a.mp4.xltd", "a.mp4.xltd.cfg",
        "a.mp4.bt.xltd", "a.mp4.td", "a.mp4.td.cfg", "a.mp4.!ut", "a.mp4.!qB", "a.mp4.bc!", "a.mp4.jc!",
        "a.mp4.aria2", "a.mp4.baiduyun.p.downloading", "a.mp4.opdownload", "a.mp4.aliyundownload",
        "a.mp4.fdmdownload", "Unconfirmed 1.crdownload"})
    EXPECT_TRUE(is_unfinished(name)) << name;
  for (const char* name :
       {"a.mp4", "download.mp4", "part.mp4", "a.cfg", "a", "wow!.mp4", "a.part1.mp4", "课件！.mp4"})
    EXPECT_FALSE(is_unfinished(name)) << name;
  for (const char* name : {"a.mp4.part", "a.mp4.bt.xltd", "a.mp4.td.cfg", "a.mp4.baiduyun.p.downloading"})
    EXPECT_EQ(finished_name(name), "a.mp4") << name;
}

TEST(FolderScan, WalksToABoundedDepth) {
  test::TempFolder folder;
  fs::create_directories(folder / "1/2/3/4");
  for (const auto* name : {"0.mp4", "1/1.mp4", "1/2/2.mp4", "1/2/3/3.mp4", "1/2/3/4/4.mp4"})
    write_file(folder / name, "x");
  const auto scan = scan_folder(folder.path());
  EXPECT_THAT(names_of(scan.media, folder.path()),
              ElementsAre("0.mp4", "1/1.mp4", "1/2/2.mp4", "1/2/3/3.mp4"));
  EXPECT_EQ(scan.folders.size(), 4u);
  EXPECT_FALSE(scan.complete);
}

TEST(FolderScan, NeverFollowsALink) {
  test::TempFolder folder, elsewhere;
  write_file(elsewhere / "secret.mp4", "x");
  fs::create_directory_symlink(elsewhere.path(), folder / "link");
  ::mkfifo((folder / "pipe").c_str(), 0600);
  const auto scan = scan_folder(folder.path());
  EXPECT_THAT(names_of(scan.media, folder.path()), ElementsAre("link", "pipe"));
  EXPECT_FALSE(scan.media[0].signature.regular());
  EXPECT_FALSE(scan.media[1].signature.regular());
}

TEST(FolderScan, AFolderThatIsNotThereIsAnError) {
  test::TempFolder folder;
  EXPECT_THROW(scan_folder(folder / "none"), std::system_error);
}

TEST(FileSignature, TellsAFileThatSomebodyHasOpenForWriting) {
  test::TempFolder folder;
  write_file(folder / "a", "x");
  EXPECT_FALSE(open_for_writing(folder / "a"));
  {
    const Fd writer(::open((folder / "a").c_str(), O_WRONLY));
    EXPECT_TRUE(open_for_writing(folder / "a"));
  }
  EXPECT_FALSE(open_for_writing(folder / "a"));
  EXPECT_FALSE(open_for_writing(folder / "none"));
}

TEST(SafeName, IsOneThatAnyFileSystemAndTerminalTakes) {
  EXPECT_EQ(safe_name("课件.mp4"), "课件.mp4");
  EXPECT_EQ(safe_name("\xBF\xCE.mp4"), "课.mp4");  // GB18030
  EXPECT_EQ(safe_name("a\nb\x1B[31m.mp4"), "a b [31m.mp4");
  EXPECT_EQ(safe_name("../../etc/passwd"), "_.._etc_passwd");
  EXPECT_EQ(safe_name("..."), "file");
  EXPECT_EQ(safe_name("\n"), "file");
  const auto cut = safe_name(std::string(100, 'x') + std::string(155, '\xBF'));
  EXPECT_LE(cut.size(), 200u);
  EXPECT_EQ(quarantine_place(12, "a.mp4"), "quarantine/12-a.mp4");
}

}  // namespace
}  // namespace edu::receiver
