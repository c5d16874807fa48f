// edustation-record: records a live channel into segments, or makes one seekable file of them.
//
// Comes in: one line of JSON on standard input, an order of the daemon (receiver/live/lines.h); then whatever
// the channel sends, which nobody vouches for. Leaves: lines of JSON on standard output, segments 000001.mkv
// and so on, and exit 0; any other end means that the channel broke the process, and the daemon starts it
// again. SIGTERM ends a recording in good order. The process gives up all that reading a network does not
// take (base/sandbox/sandbox.h): programs, other people's files, other processes; joining gives up the
// network too.
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <span>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/libav/libav.h"
#include "base/sandbox/sandbox.h"
#include "receiver/live/capture.h"
#include "receiver/live/join.h"
#include "receiver/live/net_guard.h"
#include "receiver/live/segments.h"

namespace {

using namespace edu;
using namespace edu::live;

constexpr std::uint64_t kMemory = 1024;              // MiB of address space
constexpr std::uint64_t kSpare = 64u << 20;          // bytes that a file's index takes at most
constexpr std::uint64_t kProcessorTime = 24 * 3600;  // s, for the longest recording on the slowest machine

std::atomic<bool> stopped{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

void say(const std::string& line) {
  const auto whole = line + "\n";
  for (std::string_view rest = whole; !rest.empty();) {
    const auto written = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) ::_exit(1);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string read_order() {
  std::string line;
  for (char byte = 0; line.size() < kLongestLine && ::read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n';)
    line += byte;
  return line;
}

// Names, certificates and the libraries that a resolver loads: what reading from a network takes. Not all of
// /etc, for there lie the station's settings.
sandbox::Doors doors_of_a_client(const std::filesystem::path& folder) {
  return {{"/etc/resolv.conf",
           "/etc/hosts",
           "/etc/host.conf",
           "/etc/nsswitch.conf",
           "/etc/gai.conf",
           "/etc/services",
           "/etc/protocols",
           "/etc/ld.so.cache",
           "/etc/ssl",
           "/etc/gnutls",
           "/etc/localtime",
           "/usr/lib",
           "/lib",
           "/lib64",
           "/usr/share/ca-certificates",
           "/usr/local/share/ca-certificates",
           "/usr/share/p11-kit",
           "/usr/share/zoneinfo",
           "/run/systemd/resolve",
           "/run/resolvconf",
           "/dev/urandom",
           "/dev/null"},
          {folder}};
}

std::string carry_out(const RecordOrder& order, std::vector<std::uint16_t> own_ports) {
  struct sigaction act {};
  act.sa_handler = [](int) { stopped = true; };
  ::sigaction(SIGTERM, &act, nullptr);
  const sandbox::Limits limits{kProcessorTime, kMemory, static_cast<std::uint64_t>(order.largest) + kSpare};
  guard_connections(order.url, std::move(own_ports));
  sandbox::enter_with_network(limits, doors_of_a_client(order.folder));
  ::avformat_network_init();
  const auto ended = record(order, stopped, [](const RecordLine& line) { say(to_line(line)); });
  return ended ? to_line(*ended) : to_line(ended.error());
}

std::string carry_out(const JoinOrder& order) {
  const Fd into(::open(order.into.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
  if (!into) return to_line(refuse("live.not_written", {{"what", std::strerror(errno)}}).value());
  sandbox::enter({kProcessorTime, kMemory, 2 * bytes_in(order.folder) + kSpare}, {{order.folder}, {}});
  const auto joined = join(order.folder, into.get(), [](const JoinLine& line) { say(to_line(line)); });
  return joined ? to_line(*joined) : to_line(joined.error());
}

// The station's own ports, as arguments.
std::vector<std::uint16_t> ports_of(std::span<char*> arguments) {
  std::vector<std::uint16_t> out;
  for (const std::string argument : arguments)
    out.push_back(static_cast<std::uint16_t>(std::atoi(argument.c_str())));
  return out;
}

int run(std::span<char*> arguments) {
  const auto line = read_order();
  const auto recording = parse_record_order(line);
  const auto joining = parse_join_order(line);
  if (!recording && !joining) {
    std::fprintf(stderr, "edustation-record: takes one order as a line of JSON on its standard input\n");
    return 2;
  }
  say(recording ? carry_out(*recording, ports_of(arguments)) : carry_out(*joining));
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that has become too large is an error of writing
  ::av_log_set_level(AV_LOG_QUIET);
  try {
    ::_exit(run(std::span(arguments, static_cast<std::size_t>(count))
                    .subspan(1)));  // without destructors: a thread of libavformat may still be reading
  } catch (const std::exception& error) {
    std::fprintf(stderr, "edustation-record: %s\n", error.what());
    return 1;
  }
}
