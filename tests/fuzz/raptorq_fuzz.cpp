// Any bytes as what a hostile sender states and sends: an EXT_FTI and, for a block of RaptorQ, a choice of
// repair symbols. An OTI that passes is one whose blocks can be gone through; what is decoded from true
// symbols is the source.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "flute/fec/block_code.h"

using namespace edu::fec;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

struct Input {
  const std::uint8_t* data;
  std::size_t size;
  std::uint32_t take(std::size_t bytes) {  // zeros behind the end
    std::uint32_t number = 0;
    for (; bytes > 0; --bytes) {
      number = number << 8 | (size > 0 ? *data : 0);
      if (size > 0) ++data, --size;
    }
    return number;
  }
};

void check_oti(const Oti& oti) {
  const auto answer = checked(oti);
  if (!answer) return;
  const Partition partition(*answer);
  if (partition.blocks() == 0) return;
  for (const auto sbn : {0u, partition.blocks() / 2, partition.blocks() - 1}) {
    const auto block = partition.block(sbn);
    check(block.symbols > 0 && block.encoded >= block.symbols);
    check(block.offset + block.bytes <= oti.length);
    check(std::uint64_t{block.symbols} * oti.symbol <= kMostBlockBytes);
    const auto last = piece(oti, block, block.symbols - 1, static_cast<std::uint16_t>(oti.sub_blocks - 1));
    check(last.in_block + last.bytes == std::uint64_t{block.symbols} * oti.symbol);
    check(last.in_symbol + last.bytes == oti.symbol);
  }
}

void check_decoding(Input input) {
  const auto k = input.take(1) % 200 + 1;
  const auto size = static_cast<std::uint16_t>(input.take(1) % 70 + 1);
  const bool truthful = input.take(1) % 2 == 0;
  const Oti oti{.encoding = Encoding::raptorq, .length = std::uint64_t{k} * size, .symbol = size};
  const auto block = Partition(oti).block(0);
  std::vector<std::uint8_t> source(k * size);
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = static_cast<std::uint8_t>(i * 31 + i / 7);
  auto received = source;
  std::vector<bool> have(k);
  for (std::uint32_t i = 0; i < k; ++i) {
    have[i] = input.take(1) % 4 != 0;
    if (!have[i]) std::fill_n(received.begin() + i * size, size, std::uint8_t{0});
  }
  const auto encoder = make_encoder(oti, block, source);
  std::vector<std::vector<std::uint8_t>> symbols;
  std::vector<Repair> repair;
  while (input.size > 0 && symbols.size() < 300) {
    const auto esi = input.take(input.data[0] % 2 == 0 ? 1 : 4);
    symbols.emplace_back(size, static_cast<std::uint8_t>(esi));
    if (truthful && esi < block.encoded) encoder->symbol(esi, symbols.back());
    repair.push_back({esi, symbols.back().data()});
  }
  for (std::size_t i = 0; i < repair.size(); ++i) repair[i].bytes = symbols[i].data();
  const auto before = received;
  const bool decoded = decode(oti, block, received, have, repair);
  if (!decoded) check(received == before);
  if (decoded && truthful) check(received == source);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input{data, size};
  const auto encoding = static_cast<Encoding>(input.take(1));
  if (const auto oti = read_fti(encoding, {input.data, input.size})) check_oti(*oti);
  check_decoding(input);
  return 0;
}
