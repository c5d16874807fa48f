// The program edustation-send: a folder of courseware as a FLUTE carousel on a multicast group.
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>

#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/messages.h"
#include "sender/report.h"

namespace edu::send {
namespace {

std::atomic<bool> told_to_end = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler writes it");

class SystemPace final : public Pace {
 public:
  nanoseconds now() override { return std::chrono::steady_clock::now().time_since_epoch(); }
  std::int64_t unix_seconds() override { return ::time(nullptr); }
  void wait(nanoseconds span) override {
    if (span <= nanoseconds(0)) return;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span);
    const timespec time{seconds.count(), (span - seconds).count()};
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);
  }
};

Language preferred_language() {
  for (const auto* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const char* value = std::getenv(name); value && *value) return language_of(value);
  return Language::zh;
}

unsigned columns_of_terminal() {
  winsize size{};
  if (!::isatty(STDERR_FILENO) || ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

int refused(Language language, const Refusal& refusal) {
  std::cerr << "edustation-send: " << text(language, refusal) << "\n";
  return EXIT_FAILURE;
}

// The last figures go to standard output as JSON, what a person watches to standard error.
int run(const Options& options) {
  const auto& settings = options.settings;
  auto objects = find_objects(settings);
  if (!objects) return refused(options.language, objects.error());
  if (auto fits = add_oti(*objects, settings); !fits) return refused(options.language, fits.error());
  auto outlet = MulticastOutlet::open(settings);
  if (!outlet) return refused(options.language, outlet.error());
  if (settings.md5)
    if (auto read = add_md5(*objects); !read) return refused(options.language, read.error());

  SystemPace pace;
  Report report(options, *objects, std::cerr, columns_of_terminal());
  report.begin();
  Carousel carousel(settings, *objects, *outlet, pace);
  const auto start = pace.now();
  const auto ended = carousel.run([] { return told_to_end.load(); },
                                  [&](const Counts& counts) { report.progress(counts, pace.now()); });
  const auto took = pace.now() - start;
  report.end(carousel.counts(), took, outlet->lost());
  if (options.json)
    std::cout << report.json(carousel.counts(), took, outlet->lost(), outlet->segments()) << std::endl;
  return ended ? EXIT_SUCCESS : refused(options.language, ended.error());
}

}  // namespace
}  // namespace edu::send

int main(int count, char** values) {
  using namespace edu;
  const auto end = [](int) { send::told_to_end = true; };
  std::signal(SIGINT, end);
  std::signal(SIGTERM, end);
  int exit = EXIT_FAILURE;
  try {
    const auto options = send::read_options({values + 1, values + count}, send::preferred_language(),
                                            std::cout, std::cerr, exit);
    return options ? send::run(*options) : exit;
  } catch (const std::exception& error) {
    std::cerr << "edustation-send: " << error.what() << "\n";
    return EXIT_FAILURE;
  }
}
