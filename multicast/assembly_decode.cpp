// Blocks that have enough symbols to compute the missing ones: out of memory or, where they had to leave it,
// out of the file and the spool. The decoding itself is a worker's.
#include <algorithm>
#include <utility>

#include <multicast/assembly.h>
#include <multicast/assembly_impl.h>
#include <multicast/sub_blocks.h>

namespace edu::multicast {
namespace {

constexpr std::uint32_t kSpareRepair = 8;  // more than are missing; RaptorQ rarely needs one or two

}  // namespace

struct Assembly::DecodeJob {
  std::uint32_t number = 0;
  fec::Block block;
  BlockMemory::Handle hot;
  bool was_cold = false, solved = false;
  std::vector<bool> have;
  std::vector<SpooledRepair> spooled;  // to be read first
};

void Assembly::maybe_decode() {
  auto& state = blocks_[at_.number];
  if (state.decoding || state.repair == 0 || state.source + state.repair < state.try_at) return;
  if (!fec::has_code(oti_.encoding)) return;
  auto job = std::make_shared<DecodeJob>();
  job->number = at_.number;
  job->block = at_.block;
  job->was_cold = !at_.is_hot;
  if (job->was_cold) {
    const auto hot = parts_.memory.take(*this, at_.number, std::size_t{at_.block.symbols} * oti_.symbol);
    if (!hot) return void(waiting_.insert(at_.number));
    job->hot = *hot;
    const auto& list = spooled_[at_.number];
    const auto wanted = std::min<std::size_t>(list.size(), at_.block.symbols - state.source + kSpareRepair);
    job->spooled.assign(list.end() - static_cast<std::ptrdiff_t>(wanted), list.end());
  } else {
    job->hot = at_.hot;
    hot_.erase(at_.number);
    at_.is_hot = false;
  }
  job->have.resize(at_.block.symbols);
  for (std::uint32_t i = 0; i < at_.block.symbols; ++i) job->have[i] = have_.test(at_.first + i);
  parts_.memory.pin(job->hot);
  state.decoding = true;
  decoding_.push_back(at_.number);
  file_.open();
  background(
      Lane::compute, [this, job] { decode(*job); }, [this, job] { decode_ended(*job), decode_waiting(); });
}

// What there is of a block's symbols in the file, zeros elsewhere.
void Assembly::read_block(const fec::Block& b, std::span<std::uint8_t> symbols) {
  std::ranges::fill(symbols, std::uint8_t{0});
  if (!rearranged()) return file_.read(b.offset, symbols.first(b.bytes));
  std::vector<std::uint8_t> bytes(symbols.size());
  file_.read(b.offset, std::span(bytes).first(b.bytes));
  split_sub_blocks(oti_, b, bytes, symbols);
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

// On a worker.
void Assembly::decode(DecodeJob& job) {
  const std::span source(job.hot->bytes.get(), job.hot->size);
  std::vector<std::uint8_t> read;
  std::vector<fec::Repair> repair;
  if (job.was_cold) {
    read_block(job.block, source);
    read.resize(job.spooled.size() * oti_.symbol);
    for (std::size_t i = 0; i < job.spooled.size(); ++i) {
      const auto place = std::span(read).subspan(i * oti_.symbol, oti_.symbol);
      file_.read_spooled(job.spooled[i].record, place);
      repair.push_back({job.spooled[i].symbol, place.data()});
    }
  }
  for (std::size_t i = 0; i < job.hot->repair_ids.size(); ++i)
    repair.push_back({job.hot->repair_ids[i], job.hot->repair.data() + i * oti_.symbol});
  job.solved = fec::decode(oti_, job.block, source, job.have, repair, parts_.code);
  if (job.solved) write_block(job.block, source);
}

void Assembly::decode_ended(DecodeJob& job) {
  auto& state = blocks_[job.number];
  state.decoding = false;
  std::erase(decoding_, job.number);
  parts_.memory.unpin(job.hot);
  if (!job.solved || failure_) {
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
