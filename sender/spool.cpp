// In come stretches of repair symbols, out go temporary files that hold them; one thread a stretch, two ahead
// of the sender, each with one source block and its repair in memory.
#include "sender/spool.h"

#include <algorithm>
#include <system_error>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "flute/fec/block_code.h"

namespace edu::send {
namespace {

constexpr std::size_t kJobsAhead = 16;  // planned
constexpr int kSpoolsAhead = 2;         // being encoded or waiting for their turn
// Bytes of repair that stay in memory: of thousands of short files each would else make and remove a file.
constexpr std::uint64_t kInMemory = 1 << 20;

[[noreturn]] void fail(const std::filesystem::path& folder) {
  throw std::system_error(errno, std::generic_category(), folder.string());
}

// Without a name from the start, so that nothing is left when the sender is killed. (Not O_TMPFILE: network
// file systems lack it.)
Fd open_nameless(const std::filesystem::path& folder, std::uint64_t bytes) {
  if (bytes <= kInMemory)
    if (Fd fd(::memfd_create("edustation-send", MFD_CLOEXEC)); fd) return fd;
  auto pattern = (folder / "edustation-send-XXXXXX").string();
  Fd fd(::mkostemp(pattern.data(), O_CLOEXEC));
  if (!fd) fail(folder);
  ::unlink(pattern.c_str());
  return fd;
}

}  // namespace

Interleaving interleaving_of(const Settings& settings, const Object& object) {
  constexpr std::uint64_t kMib = 1 << 20;
  return {settings.window_mib * kMib, settings.spool_mib * kMib / (kSpoolsAhead + 1),
          overhead_of(settings, *object.file.content_length)};
}

Spool::Spool(const Object& object, const Stretch& stretch, const std::filesystem::path& folder,
             const std::atomic<bool>& stopped)
    : fd_(open_nameless(folder, std::uint64_t{stretch.blocks} * stretch.count * object.file.oti->symbol)),
      oti_(*object.file.oti),
      partition_(oti_),
      stretch_(stretch) {
  std::vector<std::uint8_t> source, repair;
  for (std::uint32_t i = 0; i < stretch.blocks && !stopped; ++i)
    encode(object, stretch.first_block + i, source, repair);
}

std::uint64_t Spool::place(std::uint32_t sbn, std::uint32_t index) const {
  return (std::uint64_t{sbn - stretch_.first_block} * stretch_.count + index) * oti_.symbol;
}

void Spool::encode(const Object& object, std::uint32_t sbn, std::vector<std::uint8_t>& source,
                   std::vector<std::uint8_t>& repair) {
  const auto block = partition_.block(sbn);
  const auto most = repair_symbols(oti_, block);
  const auto first = std::min(stretch_.first, most), count = std::min(stretch_.count, most - first);
  if (count == 0) return;
  source.resize(std::size_t{block.symbols} * oti_.symbol);
  read_at(object, block.offset, std::span(source).first(block.bytes));
  std::fill(source.begin() + static_cast<std::ptrdiff_t>(block.bytes), source.end(), 0);
  repair.resize(std::size_t{count} * oti_.symbol);
  const auto encoder = fec::make_encoder(oti_, block, source);
  for (std::uint32_t i = 0; i < count; ++i)
    encoder->symbol(block.symbols + first + i,
                    std::span(repair).subspan(std::size_t{i} * oti_.symbol, oti_.symbol));
  for (std::size_t done = 0; done < repair.size();) {
    const auto put = ::pwrite(fd_.get(), repair.data() + done, repair.size() - done,
                              static_cast<off_t>(place(sbn, 0) + done));
    if (put < 0 && errno != EINTR) fail("spool");
    if (put > 0) done += static_cast<std::size_t>(put);
  }
}

void Spool::read(std::uint32_t sbn, std::uint32_t esi, std::span<std::uint8_t> out) const {
  const auto index = esi - partition_.block(sbn).symbols - stretch_.first;
  const auto got = ::pread(fd_.get(), out.data(), out.size(), static_cast<off_t>(place(sbn, index)));
  if (got != static_cast<ssize_t>(out.size())) fail("spool");
}

Feed::Feed(const std::vector<Object>& objects, const Settings& settings)
    : objects_(objects),
      settings_(settings),
      passes_(settings.passes),
      folder_(settings.spool),
      next_repair_(objects.size()) {}

Feed::~Feed() {
  stop();
  ahead_.clear();  // waits for their threads, which look at our members
}

void Feed::plan_ahead() {
  const bool anything = std::any_of(objects_.begin(), objects_.end(),
                                    [](const Object& object) { return object.file.content_length > 0U; });
  while (anything && ahead_.size() < kJobsAhead && (passes_ == 0 || pass_ < passes_)) {
    const auto& object = objects_[object_];
    const auto stretches =
        plan_pass(*object.file.oti, interleaving_of(settings_, object), pass_, next_repair_[object_]);
    for (const auto& stretch : stretches) {
      Job job;
      job.object = &object;
      job.stretch = stretch;
      job.pass = pass_;
      job.last_of_object = &stretch == &stretches.back();
      ahead_.push_back(std::move(job));
    }
    if (++object_ == objects_.size()) object_ = 0, ++pass_;
  }
}

void Feed::encode_ahead() {
  int spools = 0;
  for (auto& job : ahead_) {
    if (!job.stretch.repair || spools++ >= kSpoolsAhead) continue;
    if (job.spool.valid()) continue;
    job.spool = std::async(std::launch::async, [this, object = job.object, stretch = job.stretch] {
      return Spool(*object, stretch, folder_, stopped_);
    });
  }
}

std::optional<Job> Feed::next() {
  plan_ahead();
  if (ahead_.empty()) return std::nullopt;
  encode_ahead();
  std::optional job(std::move(ahead_.front()));
  ahead_.pop_front();
  return job;
}

}  // namespace edu::send
