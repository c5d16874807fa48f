// One receiver for `./dev bench receive`: a channel as the station has it (its socket, threads, assembly,
// SHA-256 and fsync), without the probe and the library behind it. It ends when so many objects lie complete
// and synced, and says what that took, as JSON.
//
//   receive_bench FOLDER GROUP PORT OBJECTS DROP BURST
//
// DROP: permille of the datagrams that the kernel drops at the socket, at random. BURST: milliseconds of each
// second in which every datagram is lost; those are thrown away here, between the socket and the channel,
// because a socket filter has no clock. Prints "listening" once the group is joined.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <future>
#include <iostream>
#include <mutex>

#include <sys/resource.h>

#include "base/diagnostics.h"
#include "base/json.h"
#include "flute/alc.h"
#include "receiver/multicast/channel.h"
#include "receiver/multicast/udp_source.h"

using namespace edu;

namespace {

// What was sent when so many datagrams of objects had come.
struct Mark {
  std::uint64_t data = 0;       // datagrams with symbols of an object that came
  std::uint64_t datagrams = 0;  // all that were sent until then, those that were lost too
};

// A socket whose losses are known: the kernel counts what its filter and a full buffer drop.
class LossySource final : public multicast::PacketSource {
 public:
  LossySource(const config::Channel& channel, unsigned permille, milliseconds burst)
      : inner_(channel), burst_(burst), counts_(permille > 0 || burst.count() > 0) {
    inner_.drop(permille);
  }

  void open() override {
    inner_.open();
    std::cout << "listening" << std::endl;
  }
  void wake() noexcept override { inner_.wake(); }

  bool receive(multicast::Batch& batch, milliseconds patience) override {
    const bool more = inner_.receive(batch, patience);
    drops_ = batch.kernel_drops;
    const bool lost = batch.count > 0 && in_burst();
    if (counts_) count(batch, lost);
    if (lost) batch.count = 0;
    return more;
  }

  std::uint64_t drops() const { return drops_; }
  std::uint64_t thrown_away() const { return thrown_away_; }
  double mean_datagram_bytes() const { return static_cast<double>(bytes_) / static_cast<double>(came_); }
  std::uint64_t symbol_bytes() const { return symbol_; }  // 0: nothing was counted
  // Datagrams sent until `data` datagrams of objects had come.
  std::uint64_t sent_until(std::uint64_t data) const {
    const auto mark = std::ranges::lower_bound(marks_, data, {}, &Mark::data);
    if (mark == marks_.end()) return came_ + drops_;
    return mark->datagrams - std::min(mark->datagrams, mark->data - data);
  }

 private:
  bool in_burst() const {
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()) % seconds(1) < burst_;
  }

  void count(multicast::Batch& batch, bool lost) {
    batch.each([&](const multicast::Address&, std::span<const std::uint8_t> datagram) {
      ++came_;
      bytes_ += datagram.size();
      if (lost) {
        ++thrown_away_;
        return;
      }
      const auto packet = flute::read_packet(datagram);
      if (!packet || !packet->has_toi || packet->toi.is_fdt() || packet->payload.empty()) return;
      ++data_;
      const auto id = fec::payload_id_size(static_cast<fec::Encoding>(packet->codepoint));
      symbol_ = std::max<std::uint64_t>(symbol_, packet->payload.size() - id);
    });
    marks_.push_back({data_, came_ + drops_});
  }

  multicast::UdpSource inner_;
  milliseconds burst_;
  bool counts_;
  std::uint64_t drops_ = 0, came_ = 0, data_ = 0, thrown_away_ = 0, bytes_ = 0, symbol_ = 0;
  std::vector<Mark> marks_;
};

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// What ended, from the assembly thread to main().
struct Tally {
  std::size_t wanted = 0, failed = 0;
  std::uint64_t bytes = 0, fed = 0, repaired = 0;
  std::string sha256;  // of the last one
  std::size_t ended = 0;
  std::promise<void> all;

  void add(const multicast::Ended& one) {
    ++ended;
    if (one.refusal) {
      ++failed;
      std::cerr << one.name << ": " << one.refusal->code << "\n";
    }
    bytes += one.file.size;
    const auto& symbols = one.symbols;
    fed += symbols.taken + symbols.duplicate + symbols.dropped + symbols.out_of_range;
    repaired += symbols.repaired;
    sha256 = to_hex(one.file.digest);
    if (ended == wanted) all.set_value();
  }
};

json::object figures(const Tally& tally, const LossySource& source) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  json::object out{{"objects", tally.ended},
                   {"failed", tally.failed},
                   {"bytes", tally.bytes},
                   {"sha256", tally.sha256},
                   {"cpu_s", seconds_of(used.ru_utime) + seconds_of(used.ru_stime)},
                   {"user_s", seconds_of(used.ru_utime)},
                   {"rss_kib", used.ru_maxrss},
                   {"kernel_drops", source.drops()},
                   {"symbols", tally.fed},
                   {"repaired", tally.repaired}};
  if (source.symbol_bytes() == 0) return out;
  out["thrown_away"] = source.thrown_away();
  out["mean_datagram_bytes"] = source.mean_datagram_bytes();
  out["symbol_bytes"] = source.symbol_bytes();
  out["sent_until_complete"] = source.sent_until(tally.fed);
  return out;
}

}  // namespace

int main(int count, char** values) {
  if (count != 7) {
    std::cerr << "usage: receive_bench FOLDER GROUP PORT OBJECTS DROP BURST\n";
    return EXIT_FAILURE;
  }
  start_diagnostics("receive_bench", "warning");
  config::Channel channel;
  channel.name = "bench";
  channel.group = values[2];
  channel.port = static_cast<std::uint16_t>(std::stoul(values[3]));
  channel.interface = "lo";
  Tally tally;
  tally.wanted = std::stoul(values[4]);
  auto lossy = std::make_unique<LossySource>(channel, static_cast<unsigned>(std::stoul(values[5])),
                                             milliseconds(std::stoul(values[6])));
  const auto& source = *lossy;
  Files files;
  SystemClock clock;
  multicast::Channel::Parts parts{files,
                                  clock,
                                  [](std::uint64_t) { return Result<void>(); },
                                  [](const std::string&) { return false; },
                                  [&tally](multicast::Ended one) { tally.add(one); },
                                  [](multicast::ChannelStatus) {}};
  multicast::Channel receiver(std::move(parts), channel, values[1], std::move(lossy));
  receiver.start();
  tally.all.get_future().wait();
  const auto ended = figures(tally, source);  // before stop(): what is complete is complete
  std::cout << json::serialize(ended) << std::endl;
  receiver.stop();
  return tally.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
