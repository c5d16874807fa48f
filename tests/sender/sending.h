// A sender without a network, and a receiver that is as small as one can be.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <random>

#include "flute/content.h"
#include "flute/fec/block_code.h"
#include "sender/carousel.h"
#include "tests/support/temp_folder.h"

namespace edu::test {

using Bytes = std::vector<std::uint8_t>;

inline Bytes noise(std::size_t size, unsigned seed = 1) {
  std::mt19937 random(seed);
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

inline void put(const std::filesystem::path& path, const Bytes& bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

// Those of this build: RaptorQ may have been left out.
inline std::vector<send::Scheme> schemes() {
  std::vector<send::Scheme> all{send::Scheme::none, send::Scheme::rs, send::Scheme::rs129};
  if (fec::has_code(fec::Encoding::raptorq)) all.push_back(send::Scheme::raptorq);
  return all;
}

// Time that passes only while the sender waits.
class ManualPace final : public send::Pace {
 public:
  send::nanoseconds now() override { return now_; }
  std::int64_t unix_seconds() override { return 1'795'000'000 + now_.count() / 1'000'000'000; }
  void wait(send::nanoseconds span) override { now_ += span; }

 private:
  send::nanoseconds now_{0};
};

// Hands every datagram on.
class Listener final : public send::Outlet {
 public:
  using Hear = std::function<void(std::span<const std::uint8_t>)>;
  explicit Listener(Hear hear) : hear_(std::move(hear)) {}
  void send(const send::Batch& batch) override {
    for (std::size_t i = 0; i < batch.count; ++i) {
      const auto at = i * batch.size;
      hear_(std::span(batch.bytes).subspan(at, std::min(batch.size, batch.bytes.size() - at)));
    }
  }

 private:
  Hear hear_;
};

// Puts objects together in memory, by the FDT alone.
class SmallReceiver {
 public:
  void hear(std::span<const std::uint8_t> datagram) {
    const auto packet = flute::read_packet(datagram).value();
    closed = closed || packet.close_session;
    if (packet.payload.empty()) return;
    if (packet.toi.is_fdt()) {
      take_fdt(packet);
      return;
    }
    for (const auto& file : fdt.files)
      if (file.toi == packet.toi) take(file, packet);
  }

  bool complete() const { return !fdt.files.empty() && done == expected(); }
  const std::map<std::string, Bytes>& files() const { return files_; }

  flute::Fdt fdt;
  std::optional<std::uint32_t> instance;
  bool closed = false;
  std::size_t done = 0;  // objects

 private:
  struct Block {
    Bytes source;
    std::vector<bool> have;
    std::uint32_t sources = 0;
    std::map<std::uint32_t, Bytes> repair;
    bool whole = false;
  };

  std::size_t expected() const {
    return static_cast<std::size_t>(std::count_if(fdt.files.begin(), fdt.files.end(),
                                                  [](const auto& file) { return file.content_length > 0U; }));
  }

  void take_fdt(const flute::Packet& packet) {
    if (instance == packet.fdt.value().instance) return;
    const auto oti = fec::read_fti(fec::Encoding::no_code, packet.fti).value();
    auto& parts = fdt_parts_[packet.fdt->instance];
    const auto id = fec::read_payload_id(fec::Encoding::no_code, packet.payload);
    parts[{id.block, id.symbol}].assign(packet.payload.begin() + 4, packet.payload.end());
    if (parts.size() < fec::Partition(oti).symbols()) return;
    Bytes content;
    std::string xml;
    for (const auto& [place, bytes] : parts) content.insert(content.end(), bytes.begin(), bytes.end());
    const auto encoding = static_cast<flute::ContentEncoding>(packet.content_encoding.value_or(0));
    flute::Inflater inflater(encoding, flute::kFdtLimit, [&](std::span<const std::uint8_t> bytes) {
      xml.append(bytes.begin(), bytes.end());
      return Result<void>{};
    });
    if (!inflater.write(content) || !inflater.finish()) throw std::runtime_error("FDT");
    fdt = flute::read_fdt(xml).value().fdt;
    instance = packet.fdt->instance;
  }

  void take(const flute::File& file, const flute::Packet& packet) {
    const auto& oti = file.oti.value();
    if (packet.codepoint != static_cast<std::uint8_t>(oti.encoding)) throw std::runtime_error("codepoint");
    const fec::Partition partition(oti);
    const auto id = fec::read_payload_id(oti.encoding, packet.payload);
    const auto symbol = packet.payload.subspan(fec::payload_id_size(oti.encoding));
    const auto facts = partition.block(id.block);
    auto& block = blocks_[{file.toi.low, id.block}];
    if (block.whole) return;
    if (block.source.empty()) {
      block.source.resize(std::size_t{facts.symbols} * oti.symbol);
      block.have.resize(facts.symbols);
    }
    if (id.symbol >= facts.symbols) {
      block.repair[id.symbol].assign(symbol.begin(), symbol.end());
    } else if (!block.have[id.symbol]) {
      std::copy(symbol.begin(), symbol.end(),
                block.source.begin() + static_cast<std::ptrdiff_t>(std::size_t{id.symbol} * oti.symbol));
      block.have[id.symbol] = true;
      ++block.sources;
    }
    if (block.sources + block.repair.size() < facts.symbols) return;
    std::vector<fec::Repair> repair;
    for (const auto& [esi, bytes] : block.repair) repair.push_back({esi, bytes.data()});
    block.whole = block.sources == facts.symbols || fec::decode(oti, facts, block.source, block.have, repair);
    if (block.whole) finish(file, partition);
  }

  void finish(const flute::File& file, const fec::Partition& partition) {
    Bytes whole;
    for (std::uint32_t sbn = 0; sbn < partition.blocks(); ++sbn) {
      const auto found = blocks_.find({file.toi.low, sbn});
      if (found == blocks_.end() || !found->second.whole) return;
      const auto bytes = static_cast<std::ptrdiff_t>(partition.block(sbn).bytes);
      whole.insert(whole.end(), found->second.source.begin(), found->second.source.begin() + bytes);
    }
    files_[file.location] = std::move(whole);
    ++done;
  }

  std::map<std::uint32_t, std::map<std::pair<std::uint32_t, std::uint32_t>, Bytes>> fdt_parts_;
  std::map<std::pair<std::uint64_t, std::uint32_t>, Block> blocks_;
  std::map<std::string, Bytes> files_;
};

// A folder, a sender over it, and the rules of one session.
class Sending {
 public:
  Sending() {
    settings.group = "239.1.2.3";
    settings.port = 5000;
    settings.passes = 1;
    settings.rate = 100'000'000;
    settings.inputs = {folder.path() / "in"};
    settings.spool = folder.path();
    std::filesystem::create_directories(settings.inputs[0]);
  }
  void file(const std::string& name, const Bytes& bytes) { put(settings.inputs[0] / name, bytes); }

  // Runs until the end, or until `enough`.
  Result<void> run(
      const Listener::Hear& hear, const std::function<bool()>& enough = [] { return false; }) {
    objects = send::find_objects(settings).value();
    if (auto fits = send::add_oti(objects, settings); !fits) return fits;
    if (auto read = send::add_md5(objects); !read) return read;
    Listener listener(hear);
    send::Carousel carousel(settings, objects, listener, pace);
    auto outcome = carousel.run(enough, [&](const send::Counts&) {});
    counts = carousel.counts();
    return outcome;
  }

  TempFolder folder;
  send::Settings settings;
  std::vector<send::Object> objects;
  ManualPace pace;
  send::Counts counts;
};

}  // namespace edu::test
