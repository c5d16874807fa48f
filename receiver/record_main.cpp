// edustation-record --url URL --folder DIR --seconds N …: records a live channel into segments.
// edustation-record --join DIR --into FILE: makes one seekable file of them.
//
// Comes in: an address of the settings and limits, as options; then whatever the channel sends, which nobody
// vouches for. Leaves: lines of JSON on standard output (record_lines.h), segments DIR/000001.ts and so on,
// and exit 0; any other end means that the channel broke the process, and the daemon starts it again. SIGTERM
// ends a recording in good order. The process gives up all that reading a network does not take
// (sandbox/sandbox.h): programs, other people's files, other processes; joining gives up the network too.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <sandbox/sandbox.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <base/fd.h>
#include <base/json.h>
#include <receiver/record_stream.h>

namespace {

using namespace edu;
using namespace edu::receiver;

std::atomic<bool> stopped{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

struct Options {
  RecordOptions recording;
  std::string join, into;
  std::int64_t largest_mb = 65536;
  sandbox::Limits limits{3600, 1024, 0};
};

void say(const std::string& line) {
  const auto whole = line + "\n";
  for (std::string_view rest = whole; !rest.empty();) {
    const auto written = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) ::_exit(1);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string to_line(const Refusal& refusal) {
  const auto what = refusal.args.find("what");
  json::object out;
  out["refused"] = refusal.code.substr(refusal.code.find('.') + 1);
  if (what != refusal.args.end()) out["what"] = what->second;
  return json::serialize(out);
}

// Names, certificates and libraries that a resolver loads: what reading from a network takes.
sandbox::Doors doors_of_a_client(const std::filesystem::path& folder) {
  return {{"/etc", "/usr/lib", "/usr/share", "/lib", "/lib64", "/run/systemd/resolve", "/run/resolvconf",
           "/dev/urandom", "/dev/null"},
          {folder}};
}

std::string record_line(Options& options) {
  struct sigaction act {};
  act.sa_handler = [](int) { stopped = true; };
  ::sigaction(SIGTERM, &act, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  options.limits.file_bytes = static_cast<std::uint64_t>(options.recording.largest) + (64u << 20);
  sandbox::enter_with_network(options.limits, doors_of_a_client(options.recording.folder));
  ::avformat_network_init();
  const auto tell = [](const RecordLine& line) { say(edu::receiver::to_line(line)); };
  const auto ended = record(options.recording, stopped, tell);
  return ended ? edu::receiver::to_line(*ended) : to_line(ended.error());
}

std::string join_line(Options& options) {
  const Fd into(::open(options.into.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
  if (!into) return to_line(refuse("receiver.live_not_written", {{"what", std::strerror(errno)}}).value());
  ::signal(SIGXFSZ, SIG_IGN);
  options.limits.file_bytes = static_cast<std::uint64_t>(options.recording.largest) + (64u << 20);
  sandbox::enter(options.limits, {{options.join}, {}});
  const auto joined = join(options.join, into.get());
  return joined ? edu::receiver::to_line(*joined) : to_line(joined.error());
}

}  // namespace

int main(int argc, char** argv) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  CLI::App app("Records a live channel without transcoding, and answers in lines of JSON.");
  Options options;
  auto* url = app.add_option("--url", options.recording.url, "udp, rtp, rtsp, http or https");
  app.add_option("--service", options.recording.service, "programme number in a multiplex, 0: the first")
      ->check(CLI::Range(0, 65535));
  auto* folder = app.add_option("--folder", options.recording.folder, "where segments are made");
  auto* seconds =
      app.add_option("--seconds", options.recording.seconds, "how long")->check(CLI::Range(1, 172'800));
  app.add_option("--lost-after-ms", options.recording.lost_after_ms,
                 "without a packet for this long the signal is lost")
      ->check(CLI::Range(200, 60'000));
  app.add_option("--largest-mb", options.largest_mb, "of all segments, MiB")->check(CLI::Range(1, 1 << 24));
  app.add_option("--processor-seconds", options.limits.seconds, "processor time, s");
  auto* join = app.add_option("--join", options.join, "the folder of segments that are joined");
  auto* into = app.add_option("--into", options.into, "the file to make");
  url->needs(folder)->needs(seconds)->excludes(join);
  join->needs(into);
  CLI11_PARSE(app, argc, argv);
  if (options.recording.url.empty() && options.join.empty()) return 2;
  options.recording.largest = options.largest_mb << 20;
  ::av_log_set_level(AV_LOG_QUIET);
  try {
    say(options.join.empty() ? record_line(options) : join_line(options));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "edustation-record: %s\n", error.what());
    return 1;
  }
  ::_exit(0);
}
