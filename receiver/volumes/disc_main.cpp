// edustation-disc PATH --list | --title N --into FILE: reads one DVD-Video that nobody vouches for.
//
// Comes in: an image, a device or a folder; limits as options. Leaves: lines of JSON on standard output
// (disc_contents.h), the title's bytes in a new FILE, and exit 0; any other end means that the
// disc broke the process. One thread. FILE is opened first; then the process gives up all but reading PATH
// (base/sandbox/sandbox.h), and only then are the disc's tables looked at.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <linux/cdrom.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/fd.h"
#include "base/sandbox/sandbox.h"
#include "base/text.h"
#include "receiver/volumes/disc_dvd.h"

namespace {

using namespace edu;
using namespace edu::receiver;

constexpr std::uint64_t kReport = 4 << 20;  // bytes from one line of progress to the next

struct Options {
  std::string path, into;
  bool list = false;
  std::int64_t title = 0;
  std::int64_t shortest_ms = 10'000;
  sandbox::Limits limits{60, 256, 0};
};

void say(const std::string& line) {
  const auto whole = line + "\n";
  for (std::string_view rest = whole; !rest.empty();) {
    const auto written = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (written <= 0) ::_exit(1);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

// A drive says by itself that its disc carries CSS; its sectors could not even be read then.
bool drive_says_encrypted(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISBLK(info.st_mode)) return false;
  const Fd drive(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  dvd_struct question{};
  question.copyright.type = DVD_STRUCT_COPYRIGHT;
  return drive && ::ioctl(drive.get(), DVD_READ_STRUCT, &question) == 0 && question.copyright.cpst != 0;
}

bool write_all(int fd, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

struct Opened {
  Dvd dvd;
  DiscPlan plan;
};

Result<Opened> open_disc(const Options& options) {
  auto dvd = Dvd::open(options.path);
  if (!dvd) return Unexpected(dvd.error());
  const auto titles = dvd->titles();
  if (!titles) return Unexpected(titles.error());
  auto plan = plan_disc(*titles, options.shortest_ms);
  return Opened{*std::move(dvd), std::move(plan)};
}

Result<DiscContents> list(const Options& options) {
  const auto disc = open_disc(options);
  if (!disc) return Unexpected(disc.error());
  DiscContents contents{
      to_utf8(disc->dvd.name()), {}, disc->plan.brief, disc->plan.repeated, disc->plan.damaged};
  const auto any = [](std::span<const std::uint8_t>) { return true; };
  for (const auto& planned : disc->plan.titles) {
    const auto looked = disc->dvd.read(planned, true, any);
    if (!looked && looked.error().code == "receiver.disc_encrypted") return Unexpected(looked.error());
    contents.titles.push_back(planned.title);  // what else is wrong shows when it is written out
  }
  return contents;
}

Result<DiscProgress> write_title(const Options& options, int fd) {
  const auto disc = open_disc(options);
  if (!disc) return Unexpected(disc.error());
  const auto& titles = disc->plan.titles;
  const auto number = [](const PlannedTitle& planned) { return planned.title.number; };
  const auto planned = std::ranges::find(titles, options.title, number);
  if (planned == titles.end()) return refuse("receiver.disc_no_titles");
  std::uint64_t done = 0, told = 0;
  bool written = true;
  const auto take = [&](std::span<const std::uint8_t> bytes) {
    written = write_all(fd, bytes);
    done += bytes.size();
    if (done - told >= kReport) say(to_line(DiscProgress{static_cast<std::int64_t>(told = done), false}));
    return written;
  };
  const auto read = disc->dvd.read(*planned, false, take);
  if (!read) return Unexpected(read.error());
  if (!written || ::fdatasync(fd) != 0)
    return refuse("receiver.disc_not_written", {{"what", std::strerror(errno)}});
  return DiscProgress{static_cast<std::int64_t>(done), true};
}

std::string answer(const Options& options) {
  if (drive_says_encrypted(options.path)) return to_line(Refusal{"receiver.disc_encrypted", {}, {}});
  Fd into;
  if (!options.list) {
    into.reset(::open(options.into.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
    if (!into) return to_line(refuse("receiver.disc_not_written", {{"what", std::strerror(errno)}}).value());
  }
  keep_loaded({"GB18030"});
  ::signal(SIGXFSZ, SIG_IGN);  // so that a title that is longer than announced is a failed write
  if (::chdir(options.path.c_str()) != 0) errno = 0;  // libdvdread looks at "." first; an image is no folder
  sandbox::enter(options.limits, {{options.path}});
  if (options.list) {
    const auto contents = list(options);
    return contents ? to_line(*contents) : to_line(contents.error());
  }
  const auto written = write_title(options, into.get());
  return written ? to_line(*written) : to_line(written.error());
}

}  // namespace

int main(int argc, char** argv) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  CLI::App app("Reads one DVD-Video in a sandbox and answers in lines of JSON.");
  Options options;
  auto* list = app.add_flag("--list", options.list, "say which titles it has");
  auto* title = app.add_option("--title", options.title, "write this title")->check(CLI::Range(1, 99));
  auto* into = app.add_option("--into", options.into, "the file to make");
  title->needs(into)->excludes(list);
  app.add_option("--shortest-ms", options.shortest_ms, "shorter titles are passed over")
      ->check(CLI::Range(0, 3'600'000));
  app.add_option("--largest", options.limits.file_bytes, "bytes that the file may have at most");
  app.add_option("--seconds", options.limits.seconds, "processor time, s")->check(CLI::Range(1, 7200));
  app.add_option("--memory-mb", options.limits.memory_mb, "address space, MiB")->check(CLI::Range(64, 65536));
  app.add_option("PATH", options.path, "image, device or folder")->required();
  CLI11_PARSE(app, argc, argv);
  if (!options.list && options.title == 0) return 2;
  try {
    options.path = std::filesystem::absolute(options.path).lexically_normal();
    say(answer(options));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "edustation-disc: %s\n", error.what());
    return 1;
  }
  ::_exit(0);
}
