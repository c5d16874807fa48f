// Files of which operation N fails, with "no space left": for the tests that try all N. As Files, for any
// thread.
#pragma once

#include <atomic>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <system_error>

#include "base/files.h"

namespace edu::test {

class FaultyFiles final : public Files {
 public:
  // The operation with this number (from 0) fails, and with `for_good` each after it too.
  explicit FaultyFiles(unsigned fails = std::numeric_limits<unsigned>::max(), bool for_good = false)
      : fails_(fails), for_good_(for_good) {}

  unsigned operations() const { return count_; }
  bool failed() const { return failed_; }
  void pretend(Space space) {
    const std::scoped_lock lock(mutex_);
    space_ = space;
  }
  std::function<void(std::size_t bytes)> on_write;  // before each, on the thread that writes

  Fd create(const fs::path& path) override { return count(path), Files::create(path); }
  void write(const Fd& fd, std::span<const std::uint8_t> bytes, const fs::path& path) override {
    if (on_write) on_write(bytes.size());
    count(path), Files::write(fd, bytes, path);
  }
  void sync(const Fd& fd, const fs::path& path) override { count(path), Files::sync(fd, path); }
  void rename(const fs::path& from, const fs::path& to) override { count(from), Files::rename(from, to); }
  void sync_folder(const fs::path& folder) override { count(folder), Files::sync_folder(folder); }
  void remove(const fs::path& path) override { count(path), Files::remove(path); }
  void make_folder(const fs::path& folder) override { count(folder), Files::make_folder(folder); }
  Fd open_existing(const fs::path& path) override { return count(path), Files::open_existing(path); }
  void write_at(const Fd& fd, std::uint64_t offset, std::span<const std::uint8_t> bytes,
                const fs::path& path) override {
    count(path), Files::write_at(fd, offset, bytes, path);
  }
  void sync_data(const Fd& fd, const fs::path& path) override { count(path), Files::sync_data(fd, path); }
  void link(const fs::path& from, const fs::path& to) override { count(from), Files::link(from, to); }
  Space space(const fs::path& folder) override {
    const std::scoped_lock lock(mutex_);
    return space_ ? *space_ : Files::space(folder);
  }

 private:
  void count(const fs::path& path) {
    const auto number = count_++;
    if (number != fails_ && !(for_good_ && number > fails_)) return;
    failed_ = true;
    throw std::system_error(ENOSPC, std::generic_category(), path.string());
  }

  unsigned fails_;
  bool for_good_;
  std::atomic<unsigned> count_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::optional<Space> space_;
};

}  // namespace edu::test
