// Blocks that have enough symbols to compute the missing ones: out of memory or, where they had to leave it,
// out of the file and the spool. What lies there is decoded a stripe after the other: the same columns of
// all symbols, since every code here treats each column alike. So a block of any size is decoded within the
// memory of the channel. The decoding itself is a worker's.
#include <algorithm>
#include <utility>

#include "receiver/multicast/assembly.h"
#include "receiver/multicast/assembly_impl.h"

namespace edu::multicast {
namespace {

constexpr std::uint32_t kSpareRepair = 8;  // more than are missing; RaptorQ rarely needs one or two
constexpr unsigned kMostProofs = 16;       // that are tried in vain: somebody sends nonsense
constexpr std::size_t kShare = 4;          // a block larger than the memory is decoded in a part of it

}  // namespace

struct Assembly::DecodeJob {
  std::uint32_t number = 0;
  fec::Block block;
  BlockMemory::Handle hot;  // its symbols or, when it was cold, room for a stripe of those and of the repair
  bool was_cold = false, solved = false;
  std::vector<bool> have;
  std::vector<SpooledRepair> spooled;  // of a cold block
  std::size_t width = 0;               // and of its stripes, bytes of each symbol
  fec::RsPoints points{};
  bool proved = false, settled = false,
       ambiguous = false;  // they are right; do as well as you can; several fit
};

// Bytes [from, from + size) of all symbols of a block; with sub-blocks (fec::piece) they are of one of them.
struct Assembly::Stripe {
  std::uint16_t sub_block = 0;
  std::size_t from = 0, size = 0;
};

void Assembly::maybe_decode() {
  auto& state = blocks_[at_.number];
  if (state.decoding || state.repair == 0 || state.source + state.repair < state.try_at) return;
  if (!fec::has_code(oti_.encoding)) return;
  // Until one more has proved which matrix made them: a wrong one gives a whole file of nonsense.
  const bool proof = state.source + state.repair > state.try_at && !state.ambiguous;
  if (unsure() && !settled_ && !proof) return void(waiting_.insert(at_.number));
  const auto missing = at_.block.symbols - state.source;
  if (!may_grow(at_.is_hot ? at_.block.bytes : std::uint64_t{missing} * oti_.symbol)) return;
  auto job = std::make_shared<DecodeJob>();
  job->number = at_.number;
  job->block = at_.block;
  job->points = parts_.points->now();
  job->proved = !unsure();
  job->settled = settled_;
  job->was_cold = !at_.is_hot;
  if (job->was_cold) {
    const auto& list = spooled_[at_.number];
    const auto wanted = std::min<std::size_t>(list.size(), missing + kSpareRepair);
    job->spooled.assign(list.end() - static_cast<std::ptrdiff_t>(wanted), list.end());
    job->width = stripe_width(at_.block.symbols, wanted);
    const auto hot = parts_.memory.take(*this, at_.number, (at_.block.symbols + wanted) * job->width);
    if (!hot) return void(waiting_.insert(at_.number));
    job->hot = *hot;
  } else {
    write_dirty_runs(*at_.hot);  // the map counts them as received while workers have them
    if (failure_) return;
    job->hot = at_.hot;
    hot_.erase(at_.number);
    at_.is_hot = false;
  }
  job->have.resize(at_.block.symbols);
  for (std::uint32_t i = 0; i < at_.block.symbols; ++i) job->have[i] = have_.test(at_.first + i);
  parts_.memory.pin(job->hot);
  state.decoding = true;
  file_.open();
  background(
      Lane::compute, [this, job] { decode(*job); }, [this, job] { decode_ended(*job), decode_waiting(); });
}

// The whole symbol where its block fits into the memory; else what an equal share for each leaves.
std::size_t Assembly::stripe_width(std::size_t source, std::size_t repair) const {
  if (parts_.memory.could_hold((source + repair) * oti_.symbol)) return oti_.symbol;
  return std::max<std::size_t>(1, parts_.memory.most() / kShare / (source + repair));
}

// Blocks that had enough symbols when other blocks' decoding held the memory: nothing more of them may come.
void Assembly::decode_waiting() {
  if (failure_ || abandoned_) return;
  for (const auto number : std::exchange(waiting_, {})) {
    if (blocks_[number].source == block(number).symbols) continue;
    go_to(number);
    on_disk([this] { maybe_decode(); });
  }
}

void Assembly::settle() {
  settled_ = true;
  decode_waiting();
}

// A repair symbol of a block that is whole without it: it tells which matrix the sender has.
void Assembly::prove(std::uint32_t esi, std::span<const std::uint8_t> bytes) {
  if (proving_ || proofs_ >= kMostProofs) return;
  proving_ = true;
  ++proofs_;
  file_.open();
  auto look = [this, block = at_.block, esi, symbol = std::vector(bytes.begin(), bytes.end())] {
    std::vector<std::uint8_t> source(std::size_t{block.symbols} * oti_.symbol);
    file_.read(block.offset, std::span(source).first(block.bytes));
    std::vector<fec::RsPoints> fit;
    for (const auto points : fec::kAllPoints)
      if (fec::makes(points, oti_, block, source, {esi, symbol.data()})) fit.push_back(points);
    if (fit.size() == 1) parts_.points->found(fit.front());  // of a block of zeros all fit
  };
  background(Lane::compute, std::move(look), [this] { proving_ = false, decode_waiting(); });
}

// On a worker. With a symbol more than are missing the matrices are tried: what one gives must make that
// symbol too. Where the block's first symbol is lost two of them may fit, and another block has to tell.
bool Assembly::solve(DecodeJob& job, const fec::Oti& oti, std::span<std::uint8_t> source,
                     std::span<const fec::Repair> repair) {
  const auto missing = static_cast<std::size_t>(std::ranges::count(job.have, false));
  if (!job.proved && parts_.points->known()) job.proved = true, job.points = parts_.points->now();
  if (!job.proved && repair.size() > missing) {
    std::vector<fec::RsPoints> fit;
    for (const auto points : fec::kAllPoints) {
      if (!fec::decode(oti, job.block, source, job.have, repair, {points})) return false;
      if (fec::makes(points, oti, job.block, source, repair.back())) fit.push_back(points);
    }
    if (fit.size() == 1) {
      job.proved = true;
      job.points = fit.front();
      parts_.points->found(job.points);
    } else if (!job.settled) {
      job.ambiguous = true;
      return false;
    }
  }
  return fec::decode(oti, job.block, source, job.have, repair, {job.points});
}

// On a worker.
void Assembly::decode(DecodeJob& job) {
  if (job.was_cold) {
    job.solved = decode_cold(job);
    return;
  }
  const std::span source(job.hot->bytes.get(), job.hot->size);
  std::vector<fec::Repair> repair;
  for (std::size_t i = 0; i < job.hot->repair_ids.size(); ++i)
    repair.push_back({job.hot->repair_ids[i], job.hot->repair.data() + i * oti_.symbol});
  job.solved = solve(job, oti_, source, repair);
  if (job.solved) write_block(job.block, source);
}

// Which symbols are there is the same for every stripe, and so they are all solved or none.
bool Assembly::decode_cold(DecodeJob& job) {
  for (std::uint16_t j = 0; j < oti_.sub_blocks; ++j) {
    const auto columns = fec::piece(oti_, job.block, 0, j).bytes;
    for (std::size_t from = 0; from < columns; from += job.width)
      if (!decode_stripe(job, {j, from, std::min<std::size_t>(job.width, columns - from)})) return false;
  }
  return true;
}

bool Assembly::decode_stripe(DecodeJob& job, const Stripe& stripe) {
  const std::span source(job.hot->bytes.get(), job.block.symbols * stripe.size);
  const auto part = [&](std::uint32_t i) { return source.subspan(i * stripe.size, stripe.size); };
  for (std::uint32_t i = 0; i < job.block.symbols; ++i) {
    std::ranges::fill(part(i), std::uint8_t{0});
    const auto [offset, size] = place_of(job.block, i, stripe);
    if (job.have[i] && size > 0) file_.read(offset, part(i).first(size));
  }
  std::vector<std::uint8_t> symbol(oti_.symbol);
  const auto in_symbol = fec::piece(oti_, job.block, 0, stripe.sub_block).in_symbol + stripe.from;
  std::vector<fec::Repair> repair;
  for (std::size_t i = 0; i < job.spooled.size(); ++i) {
    file_.read_spooled(job.spooled[i].record, symbol);
    auto* to = source.data() + source.size() + i * stripe.size;  // behind the source symbols
    std::ranges::copy(std::span(symbol).subspan(in_symbol, stripe.size), to);
    repair.push_back({job.spooled[i].symbol, to});
  }
  auto narrow = oti_;
  narrow.symbol = static_cast<std::uint16_t>(stripe.size);
  if (!solve(job, narrow, source, repair)) return false;
  for (std::uint32_t i = 0; i < job.block.symbols; ++i)
    if (const auto [offset, size] = place_of(job.block, i, stripe); !job.have[i] && size > 0)
      file_.write(offset, part(i).first(size));
  return true;
}

// Where a symbol's part of a stripe lies in the object, and how many bytes of it the object has.
std::pair<std::uint64_t, std::size_t> Assembly::place_of(const fec::Block& b, std::uint32_t esi,
                                                         const Stripe& stripe) const {
  const auto in_block = fec::piece(oti_, b, esi, stripe.sub_block).in_block + stripe.from;
  const auto size = in_block < b.bytes ? std::min<std::uint64_t>(stripe.size, b.bytes - in_block) : 0;
  return {b.offset + in_block, size};
}

void Assembly::decode_ended(DecodeJob& job) {
  auto& state = blocks_[job.number];
  state.decoding = false;
  parts_.memory.unpin(job.hot);
  if (!job.solved || failure_) {
    state.ambiguous = job.ambiguous;
    if (job.ambiguous)
      waiting_.insert(job.number);
    else
      state.try_at = state.source + state.repair + 1;
    if (job.was_cold || failure_)
      parts_.memory.give_back(job.hot);
    else
      hot_.emplace(job.number, job.hot);
    if (at_.number == job.number) go_to(job.number);
    return;
  }
  parts_.memory.give_back(job.hot);
  const auto missing = job.block.symbols - state.source;
  counts_.repaired += missing;
  symbols_have_ += missing;
  state.source = job.block.symbols;
  have_.set(first_symbol(job.block), job.block.symbols);
  unsaved_ = true;
  block_done(job.number);
}

}  // namespace edu::multicast
