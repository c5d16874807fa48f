#include "receiver/multicast/done_table.h"

#include <cstring>
#include <system_error>

#include <sys/stat.h>

#include "base/diagnostics.h"
#include "receiver/multicast/crc.h"

namespace edu::multicast {
namespace {

constexpr std::uint32_t kMagic = 0x314e4445;  // "EDN1"

struct Record {
  std::uint32_t magic = kMagic;
  std::uint32_t crc = 0;  // over the record with 0 here
  std::int64_t until_ms = 0;
  ObjectKey key{};
  std::array<std::uint8_t, 16> reserved{};
};
static_assert(sizeof(Record) == 64);

std::span<const std::uint8_t> bytes_of(const Record& record) {
  return {reinterpret_cast<const std::uint8_t*>(&record), sizeof record};
}

std::uint32_t crc_of(Record record) {
  record.crc = 0;
  return crc32(bytes_of(record));
}

Record record_of(const ObjectKey& key, std::int64_t until_ms) {
  Record record;
  record.until_ms = until_ms;
  record.key = key;
  record.crc = crc_of(record);
  return record;
}

}  // namespace

DoneTable::DoneTable(Files& files, fs::path file) : files_(files), path_(std::move(file)) {
  if (fs::exists(fs::symlink_status(path_)))  // throws: whoever makes the channel
    read();
  else
    fd_ = files_.create(path_), files_.sync_folder(path_.parent_path());
}

void DoneTable::read() {
  fd_ = files_.open_existing(path_);
  struct stat info {};
  if (::fstat(fd_.get(), &info) != 0) throw std::system_error(errno, std::generic_category(), path_.string());
  const auto records = static_cast<std::uint64_t>(info.st_size) / sizeof(Record);
  for (std::uint64_t i = 0; i < records; ++i) {
    Record record;
    read_at(fd_, i * sizeof record, {reinterpret_cast<std::uint8_t*>(&record), sizeof record}, path_);
    if (record.magic != kMagic || crc_of(record) != record.crc) continue;
    if (!keys_.contains(record.key)) order_.push_back(record.key);
    keys_[record.key] = record.until_ms;
  }
  size_ = records * sizeof(Record);
}

bool DoneTable::holds(const ObjectKey& key, std::int64_t now_ms) const {
  if (held_.contains(key)) return true;
  const auto found = keys_.find(key);
  return found != keys_.end() && (found->second == 0 || now_ms < found->second);
}

void DoneTable::add(const ObjectKey& key, std::int64_t until_ms) {
  held_.erase(key);
  const bool known = keys_.contains(key);
  if (known && keys_[key] == until_ms) return;
  keys_[key] = until_ms;
  if (!known) order_.push_back(key);
  if (order_.size() > kMost) {
    keys_.erase(order_.front());
    order_.pop_front();
  }
  try {
    if (size_ >= 2 * kMost * sizeof(Record)) rewrite();
    append(key, until_ms);
  } catch (const std::system_error& error) {
    spdlog::error("multicast: {}", error.what());
  }
}

void DoneTable::append(const ObjectKey& key, std::int64_t until_ms) {
  const auto record = record_of(key, until_ms);
  files_.write_at(fd_, size_, bytes_of(record), path_);
  size_ += sizeof record;
  unsynced_ = true;
}

void DoneTable::rewrite() {
  std::string bytes;
  for (const auto& key : order_) {
    const auto record = record_of(key, keys_.at(key));
    bytes.append(reinterpret_cast<const char*>(&record), sizeof record);
  }
  publish(files_, path_, bytes);
  fd_ = files_.open_existing(path_);
  size_ = bytes.size();
}

void DoneTable::sync() {
  if (!unsynced_) return;
  unsynced_ = false;
  try {
    files_.sync_data(fd_, path_);
  } catch (const std::system_error& error) {
    spdlog::error("multicast: {}", error.what());
  }
}

}  // namespace edu::multicast
