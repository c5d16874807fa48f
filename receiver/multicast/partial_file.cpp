#include "receiver/multicast/partial_file.h"

#include <algorithm>
#include <cstring>
#include <system_error>

#include <sys/stat.h>

#include "receiver/multicast/crc.h"

namespace edu::multicast {
namespace {

constexpr std::uint64_t kPage = 4096;  // slots begin on one, so that writing one never touches the other
constexpr std::uint32_t kSlotMagic = 0x314d4445;   // "EDM1"
constexpr std::uint32_t kSpoolMagic = 0x31534445;  // "EDS1"

struct SlotHeader {
  std::uint32_t magic = kSlotMagic;
  std::uint32_t crc = 0;  // over the header with 0 here, and the bitmap
  std::uint64_t generation = 0;
  std::uint64_t symbols = 0;
  ObjectKey key{};
};
static_assert(sizeof(SlotHeader) == 56);

struct RecordHeader {
  std::uint32_t magic = kSpoolMagic, block = 0, symbol = 0, crc = 0;  // crc: over block, symbol and bytes
};
static_assert(sizeof(RecordHeader) == 16);

template <class T>
std::span<const std::uint8_t> bytes_of(const T& value) {
  return {reinterpret_cast<const std::uint8_t*>(&value), sizeof value};
}
std::span<const std::uint8_t> bytes_of(std::span<const std::uint64_t> words) {
  return {reinterpret_cast<const std::uint8_t*>(words.data()), words.size_bytes()};
}

std::uint32_t crc_of(SlotHeader header, const Bits& bits) {
  header.crc = 0;
  return crc32(bytes_of(bits.words()), crc32(bytes_of(header)));
}

std::uint32_t crc_of(const RecordHeader& header, std::span<const std::uint8_t> symbol) {
  return crc32(symbol, crc32(bytes_of(header).subspan(4, 8)));
}

std::uint64_t size_of(const Fd& fd) {
  struct stat info {};
  return ::fstat(fd.get(), &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

}  // namespace

struct PartialFile::Slot {
  std::uint64_t generation;
  Bits have;
};

PartialFile::PartialFile(Files& files, fs::path stem, const ObjectKey& key, std::uint16_t symbol,
                         std::uint64_t symbols)
    : files_(files),
      part_(with_ending(stem, ".part")),
      map_(with_ending(stem, ".map")),
      spool_(with_ending(stem, ".spool")),
      about_(with_ending(std::move(stem), ".json")),
      key_(key),
      symbol_(symbol),
      symbols_(symbols) {}

std::uint64_t PartialFile::slot_size() const {
  const auto bytes = sizeof(SlotHeader) + (symbols_ + 63) / 64 * sizeof(std::uint64_t);
  return (bytes + kPage - 1) / kPage * kPage;
}

std::uint64_t PartialFile::record_size() const { return sizeof(RecordHeader) + symbol_; }

std::optional<PartialFile::Slot> PartialFile::read_slot(const Fd& map, std::size_t number) const {
  const auto at = number * slot_size();
  Slot slot{0, Bits(symbols_)};
  if (size_of(map) < at + sizeof(SlotHeader) + slot.have.words().size_bytes()) return std::nullopt;
  SlotHeader header;
  read_at(map, at, {reinterpret_cast<std::uint8_t*>(&header), sizeof header}, map_);
  if (header.magic != kSlotMagic || header.symbols != symbols_ || header.key != key_) return std::nullopt;
  const auto words = slot.have.words();
  read_at(map, at + sizeof header, {reinterpret_cast<std::uint8_t*>(words.data()), words.size_bytes()}, map_);
  if (crc_of(header, slot.have) != header.crc) return std::nullopt;
  slot.generation = header.generation;
  return slot;
}

std::optional<Bits> PartialFile::restore() {
  std::optional<Slot> newest;
  // throws: the assembly's on_disk
  const bool map = fs::exists(fs::symlink_status(map_)), part = fs::exists(fs::symlink_status(part_));
  if (!map && !part) return std::nullopt;
  if (map && part) {
    map_file_ = files_.open_existing(map_);
    for (const std::size_t number : {0, 1})
      if (auto slot = read_slot(map_file_, number))
        if (!newest || slot->generation > newest->generation) newest = std::move(slot);
  }
  if (!newest) {
    remove();
    return std::nullopt;
  }
  generation_ = newest->generation;
  data_ = files_.open_existing(part_);
  data_there_ = map_there_ = true;
  return std::move(newest->have);
}

std::vector<SpooledRepair> PartialFile::restore_spool(std::size_t most) {
  std::vector<SpooledRepair> found;
  if (!fs::exists(fs::symlink_status(spool_))) return found;  // throws: the assembly's on_disk
  spool_file_ = files_.open_existing(spool_);
  spool_there_ = true;
  record_.resize(record_size());
  const auto records = size_of(spool_file_) / record_size();
  for (; records_ < records && found.size() < most; ++records_) {
    read_at(spool_file_, records_ * record_size(), record_, spool_);
    RecordHeader header;
    std::memcpy(&header, record_.data(), sizeof header);
    const auto symbol = std::span(record_).subspan(sizeof header);
    if (header.magic == kSpoolMagic && crc_of(header, symbol) == header.crc)
      found.push_back({header.block, header.symbol, records_});
  }
  return found;
}

void PartialFile::reopen(Fd& fd, bool& there, const fs::path& path) {
  if (fd) return;
  if (there) {
    fd = files_.open_existing(path);
    return;
  }
  files_.remove(path);
  fd = files_.create(path);
  there = true;
}

void PartialFile::open() {
  reopen(data_, data_there_, part_);
  if (spool_there_) reopen(spool_file_, spool_there_, spool_);
}

void PartialFile::close() {
  data_.reset();
  map_file_.reset();
  spool_file_.reset();
  record_ = {};
}

void PartialFile::write(std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  reopen(data_, data_there_, part_);
  files_.write_at(data_, offset, bytes, part_);
}

void PartialFile::read(std::uint64_t offset, std::span<std::uint8_t> out) const {
  const auto size = size_of(data_);
  const auto there = std::min<std::uint64_t>(out.size(), size > offset ? size - offset : 0);
  read_at(data_, offset, out.first(there), part_);
  std::ranges::fill(out.subspan(there), std::uint8_t{0});
}

std::uint64_t PartialFile::spool(std::uint32_t block, std::uint32_t esi,
                                 std::span<const std::uint8_t> symbol) {
  reopen(spool_file_, spool_there_, spool_);
  record_.resize(record_size());
  RecordHeader header;
  header.block = block;
  header.symbol = esi;
  header.crc = crc_of(header, symbol);
  std::memcpy(record_.data(), &header, sizeof header);
  std::ranges::copy(symbol, record_.begin() + sizeof header);
  files_.write_at(spool_file_, records_ * record_size(), record_, spool_);
  return records_++;
}

void PartialFile::read_spooled(std::uint64_t record, std::span<std::uint8_t> out) const {
  read_at(spool_file_, record * record_size() + sizeof(RecordHeader), out, spool_);
}

void PartialFile::sync() { files_.sync_data(data_, part_); }

void PartialFile::save(const Bits& have, bool with_spool) {
  sync();
  if (with_spool) files_.sync_data(spool_file_, spool_);
  const bool first = !map_there_;
  reopen(map_file_, map_there_, map_);
  SlotHeader header;
  header.generation = ++generation_;
  header.symbols = symbols_;
  header.key = key_;
  header.crc = crc_of(header, have);
  const auto at = generation_ % 2 * slot_size();
  files_.write_at(map_file_, at, bytes_of(header), map_);
  files_.write_at(map_file_, at + sizeof header, bytes_of(have.words()), map_);
  files_.sync_data(map_file_, map_);
  map_file_.reset();  // of thousands of objects it would be one descriptor each
  if (first) files_.sync_folder(map_.parent_path());
}

void PartialFile::forget_state() {
  map_file_.reset();
  spool_file_.reset();
  map_there_ = spool_there_ = false;
  records_ = 0;
  files_.remove(map_);
  files_.remove(spool_);
  files_.remove(about_);
}

void PartialFile::remove() {
  data_.reset();
  data_there_ = false;
  forget_state();
  files_.remove(part_);
  files_.remove(inflated());
}

}  // namespace edu::multicast
