// The deck plays what strangers sent. Here it is taken over (deck_attempts.cpp), and tries what it can.
#include <array>
#include <cstdio>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/child_process.h"
#include "base/sandbox/sandbox.h"
#include "tests/player/media.h"

namespace edu::player {
namespace {

using namespace test;
using edu::test::TempFolder;
using testing::HasSubstr;

std::string output_of(const std::string& command) {
  std::string out;
  FILE* pipe = ::popen(command.c_str(), "r");
  std::array<char, 4096> chunk{};
  while (const auto got = std::fread(chunk.data(), 1, chunk.size(), pipe)) out.append(chunk.data(), got);
  ::pclose(pipe);
  return out;
}

TEST(DeckConfined, CanReadCoursewareAndReachTheDisplayAndNothingElse) {
#if defined(EDU_SANITIZED) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "nothing can be preloaded before the sanitizer";
#endif
  const TempFolder folder;
  fs::create_directory(folder / "objects");
  write_file(folder / "objects" / "a", "a");
  write_file(folder / "station.db", "x");
  const auto tried = output_of(
      "LD_PRELOAD=" EDU_DECK_ATTEMPTS " EDU_DATABASE='" + (folder / "station.db").string() +
      "' EDU_COURSE='" + (folder / "objects" / "a").string() + "' '" +
      helper_program("edustation-deck").string() + "' --video-output none --audio-output none --readable '" +
      (folder / "objects").string() + "' </dev/null 2>&1");
  for (const auto* what :
       {"use TCP", "use UDP", "use netlink", "make a process", "signal its parent", "run a program"})
    EXPECT_THAT(tried, HasSubstr(std::string("could not ") + what));
  EXPECT_THAT(tried, HasSubstr("could reach the display"));
  EXPECT_THAT(tried, HasSubstr("could read courseware"));
  if (sandbox::landlock_version() == 0) GTEST_SKIP() << "this kernel has no Landlock";
  for (const auto* what : {"read the database", "write the database", "write courseware", "make a file",
                           "read the list of accounts' secrets"})
    EXPECT_THAT(tried, HasSubstr(std::string("could not ") + what));
}

TEST(DeckConfined, EndsAfterTheDaemonHungUpEvenIfItHangs) {
#ifdef EDU_SANITIZED
  GTEST_SKIP() << "nothing can be preloaded before the sanitizer";
#endif
  // Two seconds for an orderly end, which this one does not use.
  const auto said = output_of(
      "(echo '{\"options\":[\"--video-output\",\"none\"]}'; sleep 0.1) |"
      " LD_PRELOAD=" EDU_DECK_ATTEMPTS " EDU_HANG=1 timeout 100 '" +
      helper_program("edustation-deck").string() + "' --options-first 2>&1; echo $?");
  EXPECT_THAT(said, HasSubstr("hangs\n1\n")) << "124 is timeout's";
}

}  // namespace
}  // namespace edu::player
