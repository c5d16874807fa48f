// In come files with their FEC OTI; out go datagrams, in order and at the rate. The caller's thread sends;
// the Feed has the repair symbols of the next stretches made on a thread of its own.
//
// The FDT goes out at the start of every pass and again every few seconds of wire time, so that a receiver
// that has just been switched on need not wait for the next pass.
#include "sender/carousel.h"

#include <algorithm>

#include "flute/fec/block_code.h"

namespace edu::send {
namespace {

constexpr std::uint64_t kBatchesPerSecond = 250;  // a batch is at most 4 ms of the rate: no bursts
constexpr std::size_t kMostPackets = 64;          // of a batch: what GSO takes
constexpr std::size_t kMostBytes = 65'000;        // likewise: an IP packet's size
constexpr unsigned kCloseTimes = 3;               // the end is said more than once: nobody can ask
constexpr std::uint32_t kInstances = 1 << 20;     // FDT instance IDs
constexpr std::size_t kLeastSymbol = 16;
constexpr std::chrono::milliseconds kLookEvery(100);  // at the end, while repair is not ready yet

std::size_t batch_packets(const Settings& settings) {
  const std::size_t packet = payload_of(settings);
  const auto by_rate = settings.rate / 8 / kBatchesPerSecond / packet;
  return std::clamp<std::size_t>(std::min<std::uint64_t>(by_rate, kMostBytes / packet), 1, kMostPackets);
}

}  // namespace

Result<void> add_oti(std::vector<Object>& objects, const Settings& settings) {
  if (settings.scheme == Scheme::raptorq && !fec::has_code(fec::Encoding::raptorq))
    return refuse("send.no_raptorq");
  const auto room = symbol_room(settings);
  if (room < kLeastSymbol)
    return refuse("send.no_room", {{"least", std::to_string(payload_of(settings) + kLeastSymbol - room)}});
  for (auto& object : objects) {
    const auto length = *object.file.content_length;
    const auto oti = oti_for(settings.scheme, length, room, overhead_of(settings, length));
    if (const auto right = fec::checked(oti); !right) return tl::unexpected(right.error());
    object.file.oti = oti;
  }
  return {};
}

Carousel::Carousel(const Settings& settings, const std::vector<Object>& objects, Outlet& outlet, Pace& pace)
    : settings_(settings),
      objects_(objects),
      outlet_(outlet),
      pace_(pace),
      bucket_(settings.rate, settings.rate / kBatchesPerSecond, pace.now()),
      batch_packets_(batch_packets(settings)),
      headers_(headers_of(settings.group)) {}

// A new start has a new instance number, by the clock: a receiver must not take this FDT for the last one.
void Carousel::renew_fdt() {
  const auto now = pace_.unix_seconds();
  if (!fdt_.empty() && now < fdt_expires_ - settings_.expires_s / 2) return;
  fdt_instance_ = static_cast<std::uint32_t>(fdt_.empty() ? now : fdt_instance_ + 1) % kInstances;
  fdt_expires_ = now + settings_.expires_s;
  flute::Fdt fdt;
  fdt.expires = fdt_expires_;
  fdt.complete = true;
  for (const auto& object : objects_) fdt.files.push_back(object.file);
  fdt_ = fdt_packets(settings_, fdt, fdt_instance_);
}

void Carousel::flush() {
  if (batch_.count == 0) return;
  const auto wire = batch_.bytes.size() + batch_.count * headers_;
  pace_.wait(bucket_.take(wire * 8, pace_.now()));
  outlet_.send(batch_);
  counts_.packets += batch_.count;
  counts_.payload_bytes += batch_.bytes.size();
  counts_.wire_bytes += wire;
  batch_.clear();
}

void Carousel::send_fdt() {
  flush();
  renew_fdt();
  for (const auto& packet : fdt_) {
    batch_.bytes.insert(batch_.bytes.end(), packet.begin(), packet.end());
    batch_.size = fdt_.front().size();
    if (++batch_.count == batch_packets_ || packet.size() < batch_.size) flush();
    ++counts_.fdt_packets;
  }
  flush();
  next_fdt_bytes_ = counts_.wire_bytes + settings_.rate / 8 * settings_.fdt_interval_s;
}

bool Carousel::is_over(const Stopped& stopped) const {
  return stopped() || (settings_.until_bytes > 0 && counts_.wire_bytes >= settings_.until_bytes);
}

void Carousel::fill(Job& job, const Spool* spool, std::uint32_t sbn, std::uint32_t esi, bool last,
                    const ObjectPackets& packets, bool fti) {
  const auto& oti = *job.object->file.oti;
  if (spool) {
    spool->read(sbn, esi, packets.append(batch_, fti, sbn, esi, oti.symbol, last));
    ++counts_.repair_symbols;
    return;
  }
  const auto offset = fec::Partition(oti).block(sbn).offset + std::uint64_t{esi} * oti.symbol;
  const auto bytes = std::min<std::uint64_t>(oti.symbol, oti.length - std::min(oti.length, offset));
  const auto sent = oti.encoding == fec::Encoding::no_code ? bytes : oti.symbol;
  const auto symbol = packets.append(batch_, fti, sbn, esi, sent, last);
  read_at(*job.object, offset, symbol.first(bytes));
  std::fill(symbol.begin() + static_cast<std::ptrdiff_t>(bytes), symbol.end(), 0);
  ++counts_.source_symbols;
}

// False: it is over before the stretch is.
bool Carousel::send_stretch(Job& job, const Stopped& stopped, const Progress& progress) {
  const auto& oti = *job.object->file.oti;
  std::optional<Spool> spool;
  if (job.stretch.repair) {
    while (job.spool.wait_for(kLookEvery) != std::future_status::ready)
      if (is_over(stopped)) return false;
    spool.emplace(job.spool.get());
  }
  const ObjectPackets packets(settings_, job.object->file);
  const bool final_pass = job.last_of_object && job.pass + 1 == settings_.passes;
  std::uint64_t left = 0, batches = 0;
  each_symbol(oti, job.stretch, [&](auto, auto) { ++left; });
  bool going = !is_over(stopped);
  each_symbol(oti, job.stretch, [&](std::uint32_t sbn, std::uint32_t esi) {
    if (!going) return;
    fill(job, spool ? &*spool : nullptr, sbn, esi, final_pass && --left == 0, packets,
         has_fti(settings_.fti, batches));
    counts_.pass_bytes += oti.symbol;
    const bool short_one = batch_.bytes.size() < batch_.count * batch_.size;
    if (batch_.count < batch_packets_ && !short_one) return;
    flush();
    ++batches;
    progress(counts_);
    if (counts_.wire_bytes >= next_fdt_bytes_) send_fdt();
    going = !is_over(stopped);
  });
  flush();
  progress(counts_);
  return going;
}

// An FDT packet that says so: one without a payload is none that every receiver takes.
void Carousel::close_session() {
  flush();
  for (unsigned i = 0; i < kCloseTimes; ++i) {
    batch_.bytes = closing(fdt_.front());
    batch_.size = batch_.bytes.size();
    batch_.count = 1;
    ++counts_.fdt_packets;
    flush();
  }
}

Result<void> Carousel::run(const Stopped& stopped, const Progress& progress) {
  Feed feed(objects_, settings_);
  std::optional<unsigned> pass;
  bool going = true;
  send_fdt();  // of files that are all empty there is nothing else to send
  while (going) {
    auto job = feed.next();
    if (!job) break;
    if (pass && *pass != job->pass) {
      counts_.passes = job->pass;
      counts_.pass_bytes = 0;
      send_fdt();
    }
    pass = job->pass;
    if (has_changed(*job->object)) {
      close_session();  // the stations let go of what they have open
      return refuse("send.changed", {{"path", job->object->path.string()}});
    }
    going = send_stretch(*job, stopped, progress);
    if (!going) feed.stop();
  }
  if (going && settings_.passes) counts_.passes = settings_.passes;
  close_session();
  return {};
}

}  // namespace edu::send
