#include "receiver/volumes/volume_watch.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/receiver/receiving.h"

namespace edu::receiver {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

TEST(Mounts, ReadsTheKernelsTable) {
  const auto mounts = parse_mounts(
      "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
      "91 22 8:17 / /media/U\\040盘\\134 rw - vfat /dev/sdb1 rw\n"
      "garbage\n"
      "92 22 11:0 / /run/media/a/GUOSHU ro shared:7 master:2 - iso9660 /dev/sr0 ro\n"
      "93 22 0:1 / relative rw - tmpfs x rw\n"
      "94 22 0:1 / /cut");
  ASSERT_EQ(mounts.size(), 3u);
  EXPECT_EQ(mounts[1], (Mount{91, "/media/U 盘\\", "vfat"}));
  EXPECT_FALSE(mounts[1].optical());
  EXPECT_TRUE(mounts[2].optical());
}

TEST(Mounts, NewOnesAreThoseBelowARootThatWereNotThere) {
  const std::vector<Mount> mounts{{1, "/media", "ext4"},        {2, "/media/a", "vfat"},
                                  {3, "/media/b", "vfat"},      {4, "/mediator/x", "vfat"},
                                  {5, "/srv", "ext4"},          {6, "/media/c", "overlay"},
                                  {7, "/run/media/u/D", "udf"}, {8, "/media/../etc", "vfat"}};
  const auto found = newly_mounted(mounts, {2}, {"/media/", "/run/media"});
  EXPECT_THAT(found, ElementsAre(Field(&Mount::id, 3u), Field(&Mount::id, 7u)));
  EXPECT_THAT(newly_mounted(mounts, {}, {}), IsEmpty());
}

// In a mount namespace of its own: a process mounts and unmounts for real, the watch hears of it.
int watch_in_namespace(const fs::path& root) {
  if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return 77;
  ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  const auto mount = [&](const char* name) {
    fs::create_directories(root / name);
    return ::mount("none", (root / name).c_str(), "tmpfs", 0, nullptr) == 0;
  };
  if (!mount("there")) return 77;
  asio::io_context loop;
  test::ManualClock clock(from_ms(0));
  config::Volumes settings;
  settings.roots = {root.string()};
  std::vector<std::string> taken;
  const VolumeWatch::TakeVolume take = [&](fs::path path, std::string means) -> awaitable<void> {
    taken.push_back(path.filename().string() + " " + means);
    co_return;
  };
  VolumeWatch watch(clock, settings, take);
  asio::co_spawn(loop, watch.run(), asio::detached);
  const auto hear = [&](std::size_t count) {
    const auto held = [&] { return taken.size() >= count; };
    const auto second = [&] { clock.advance(milliseconds(1000)); };
    return test::run_until(loop, held, second) && taken.size() == count;
  };
  hear(0);
  loop.restart(), loop.poll();
  if (!mount("stick") || !hear(1)) return 1;
  if (::umount((root / "stick").c_str()) != 0) return 2;
  for (int i = 0; i < 3; ++i) loop.restart(), loop.poll();  // the kernel gives the next mount the same number
  if (!mount("stick") || !hear(2)) return 2;
  return taken == std::vector<std::string>{"stick usb", "stick usb"} ? 0 : 3;
}

TEST(VolumeWatch, TakesAVolumeEachTimeItIsMountedAndNoneThatWasThere) {
  const test::TempFolder folder;
  const auto child = ::fork();
  if (child == 0) ::_exit(watch_in_namespace(folder.path()));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "no mount namespaces here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace edu::receiver
