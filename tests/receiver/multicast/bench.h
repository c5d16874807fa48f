// A receiver in memory: packets that a test makes go in, objects come out into a folder of its own.
#pragma once

#include <cstring>
#include <fstream>
#include <iterator>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flute/alc.h"
#include "flute/content.h"
#include "flute/fdt.h"
#include "flute/fec/block_code.h"
#include "flute/md5.h"
#include "receiver/multicast/flute_sessions.h"
#include "tests/receiver/multicast/later_jobs.h"
#include "tests/support/faulty_files.h"
#include "tests/support/temp_folder.h"

namespace edu::multicast {

using Bytes = std::vector<std::uint8_t>;

inline Bytes noise(std::size_t size, unsigned seed = 1) {
  std::minstd_rand random(seed);
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random() >> 8);
  return bytes;
}

inline Bytes content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline fec::Oti no_code(std::uint64_t length, std::uint16_t symbol = 100, std::uint32_t block = 8) {
  fec::Oti oti;
  oti.length = length;
  oti.symbol = symbol;
  oti.max_block = block;
  return oti;
}

inline fec::Oti reed_solomon(std::uint64_t length, std::uint16_t symbol = 100, std::uint32_t block = 8,
                             std::uint32_t encoded = 12) {
  auto oti = no_code(length, symbol, block);
  oti.encoding = fec::Encoding::reed_solomon;
  oti.max_symbols = encoded;
  return oti;
}

inline flute::File file_of(flute::Toi toi, const std::string& location, const Bytes& bytes, fec::Oti oti) {
  flute::File file;
  file.toi = toi;
  file.location = location;
  file.content_length = bytes.size();
  file.transfer_length = bytes.size();
  oti.length = bytes.size();
  file.oti = oti;
  return file;
}

// What a sender sends of one object: a datagram a symbol.
class Sender {
 public:
  explicit Sender(std::uint64_t tsi = 7, fec::RsPoints points = fec::RsPoints::powers)
      : tsi_(tsi), code_{points} {}

  Bytes packet(const flute::PacketHeader& header, const fec::Oti& oti, const fec::SymbolId& id,
               std::span<const std::uint8_t> symbol) const {
    auto bytes = flute::write_header(header);
    Bytes place(fec::payload_id_size(oti.encoding));
    fec::write_payload_id(oti.encoding, id, place);
    bytes.insert(bytes.end(), place.begin(), place.end());
    bytes.insert(bytes.end(), symbol.begin(), symbol.end());
    return bytes;
  }

  // All source symbols in their order, then `repair` symbols of each block.
  std::vector<Bytes> object(flute::Toi toi, fec::Oti oti, const Bytes& content, bool with_fti = false,
                            std::uint32_t repair = 0) const {
    oti.length = content.size();
    flute::PacketHeader header;
    header.tsi = tsi_;
    header.toi = toi;
    header.codepoint = static_cast<std::uint8_t>(oti.encoding);
    const auto fti = fec::write_fti(oti);
    if (with_fti) header.fti = fti;
    return packets(header, oti, content, repair);
  }

  std::vector<Bytes> fdt(std::uint32_t instance, const std::string& xml, std::uint16_t symbol = 400) const {
    const Bytes content(xml.begin(), xml.end());
    auto oti = no_code(content.size(), symbol, 16);
    flute::PacketHeader header;
    header.tsi = tsi_;
    header.fdt = flute::FdtHeader{2, instance};
    const auto fti = fec::write_fti(oti);
    header.fti = fti;
    return packets(header, oti, content, 0);
  }
  std::vector<Bytes> fdt(std::uint32_t instance, const std::vector<flute::File>& files,
                         std::optional<std::int64_t> expires = std::nullopt, bool complete = false) const {
    flute::Fdt table;
    table.expires = expires;
    table.complete = complete;
    table.files = files;
    return fdt(instance, flute::write_fdt(table, 2));
  }

 private:
  // A block's bytes in the order of the object's, put into the order of its symbols.
  static Bytes by_symbols(const fec::Oti& oti, const fec::Block& block, const Bytes& bytes) {
    Bytes out(bytes.size());
    for (std::uint32_t i = 0; i < block.symbols; ++i)
      for (std::uint16_t j = 0; j < oti.sub_blocks; ++j) {
        const auto run = fec::piece(oti, block, i, j);
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(run.in_block), run.bytes,
                    out.begin() + static_cast<std::ptrdiff_t>(std::size_t{i} * oti.symbol + run.in_symbol));
      }
    return out;
  }

  std::vector<Bytes> packets(const flute::PacketHeader& header, const fec::Oti& oti, const Bytes& content,
                             std::uint32_t repair) const {
    std::vector<Bytes> out;
    const fec::Partition partition(oti);
    for (std::uint32_t b = 0; b < partition.blocks(); ++b) {
      const auto block = partition.block(b);
      Bytes source(std::size_t{block.symbols} * oti.symbol);
      std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(block.offset), block.bytes, source.begin());
      if (oti.sub_blocks > 1) source = by_symbols(oti, block, source);
      for (std::uint32_t i = 0; i < block.symbols; ++i) {
        const auto from = std::size_t{i} * oti.symbol;
        const auto rest = oti.sub_blocks > 1 ? oti.symbol : block.bytes - from;
        const auto size = std::min<std::size_t>(oti.symbol, rest);
        out.push_back(packet(header, oti, {b, i, 0}, std::span(source).subspan(from, size)));
      }
      if (repair == 0) continue;
      const auto encoder = fec::make_encoder(oti, block, source, code_);
      Bytes symbol(oti.symbol);
      for (std::uint32_t i = 0; i < repair; ++i) {
        encoder->symbol(block.symbols + i, symbol);
        out.push_back(packet(header, oti, {b, block.symbols + i, 0}, symbol));
      }
    }
    return out;
  }

  std::uint64_t tsi_;
  fec::CodeSettings code_;
};

inline Address address(std::uint8_t last) {
  Address out;
  out.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, last};
  return out;
}

// The receiving side; made again on the same folder it is the station after a power cut.
struct Receiver {
  explicit Receiver(fs::path where, Files& storage, std::size_t bytes = 1 << 20,
                    FluteSession::Limits most = {})
      : folder(std::move(where)), files(storage), memory(bytes), limits(most) {
    files.make_folder(folder / "partial");
    files.make_folder(folder / "ready");
  }

  FluteSession::Parts parts() {
    Assembly::Parts assembly{files, memory, jobs, [this](std::uint64_t) { return room; }, {}};
    auto is_companion = [](const std::string& name) { return name.ends_with(".manifest.json"); };
    return {std::move(assembly),
            done,
            limits,
            folder / "partial",
            folder / "ready",
            is_companion,
            [this](Ended e) { ended.push_back(std::move(e)); },
            next_no};
  }
  void take(const Bytes& datagram, std::uint8_t from = 1) { sessions.take(address(from), datagram, now); }
  void take(const std::vector<Bytes>& datagrams, std::uint8_t from = 1) {
    for (const auto& datagram : datagrams) take(datagram, from);
  }
  void take_some(std::vector<Bytes> datagrams) { take(datagrams); }
  void settle() { jobs.run_all(); }
  void pass(milliseconds span) {
    now.mono += span;
    now.wall += span;
    sessions.tick(now);
    settle();
  }

  fs::path folder;
  Files& files;
  test::LaterJobs jobs;
  BlockMemory memory;
  FluteSession::Limits limits;
  Result<void> room;
  std::vector<Ended> ended;
  std::int64_t next_no = 1;
  DoneTable done{files, folder / "done"};
  Moment now{from_ms(1'795'000'000'000), milliseconds(1'000'000)};
  FluteSessions sessions{parts(), "239.1.2.3 4001", {}};
};

class Receiving : public testing::Test {
 protected:
  test::TempFolder folder_;
  test::FaultyFiles files_;
};

// A receiver with a sender, and what has ended there: "a.mp4", "b.mp4!multicast.replaced".
class InSession : public Receiving {
 protected:
  static std::vector<std::string> names(const Receiver& receiver) {
    std::vector<std::string> out;
    for (const auto& one : receiver.ended)
      out.push_back(one.name + (one.refusal ? "!" + one.refusal->code : ""));
    return out;
  }
  std::vector<std::string> names() const { return names(receiver_); }

  Receiver receiver_{folder_.path(), files_};
  Sender sender_;
  Bytes content_ = noise(5000);
};

}  // namespace edu::multicast
