// What is kept for each sender's address beside the blocks: names, bitmaps, lists of files on their way,
// packets that wait, places in the spool; and what lies on the disk of files that are not whole yet. Memory
// is bounded for all together and for each of them, so that whoever sends nonsense leaves room for the
// others. On the assembly's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "receiver/multicast/packet_source.h"

namespace edu::multicast {

class Accounts {
 public:
  explicit Accounts(std::uint64_t most) : total_(std::make_shared<Total>()) { total_->most = most; }

  // One address's part, for whoever keeps something of it; may outlive the Accounts.
  class Share;

  Share share_of(const Address& from);
  std::uint64_t used() const { return total_->used; }

  // When all is used up and the address that has most of it has more than whoever asks: gives something of
  // that address up. False: there is nothing that could go now.
  void when_full(std::function<bool(const Address&)> shed) { total_->shed = std::move(shed); }

 private:
  struct Used {
    std::uint64_t memory = 0, disk = 0;
  };
  struct Total {
    std::uint64_t most = 0, used = 0;
    std::map<Address, std::weak_ptr<Used>> of;
    std::function<bool(const Address&)> shed;

    // Of one address: seven eighths while nobody else keeps anything, then a half.
    std::uint64_t bound(bool others) const { return others ? most / 2 : most - most / 8; }
    bool take_from_heaviest(std::uint64_t than) {
      const Address* heaviest = nullptr;
      for (const auto& [from, place] : of)
        if (const auto one = place.lock(); one && one->memory > than) than = one->memory, heaviest = &from;
      return heaviest && shed && shed(*heaviest);
    }
  };
  std::shared_ptr<Total> total_;
};

class Accounts::Share {
 public:
  // False: it would be more than this address may have, or than there is. Nothing is taken then.
  bool take(std::uint64_t bytes) {
    constexpr int kMostShed = 1000;  // things that are given up for it
    const bool others = total_->used > used_->memory;
    if (used_->memory + bytes > total_->bound(others)) return false;
    for (int i = 0; total_->used + bytes > total_->most; ++i)
      if (i == kMostShed || !total_->take_from_heaviest(used_->memory + bytes)) return false;
    used_->memory += bytes;
    total_->used += bytes;
    return true;
  }
  void give_back(std::uint64_t bytes) {
    used_->memory -= bytes;
    total_->used -= bytes;
  }
  std::uint64_t most() const { return total_->bound(false); }
  std::uint64_t memory() const { return used_->memory; }
  std::uint64_t& disk() { return used_->disk; }  // bytes

 private:
  friend class Accounts;
  Share(std::shared_ptr<Total> total, std::shared_ptr<Used> used)
      : total_(std::move(total)), used_(std::move(used)) {}
  std::shared_ptr<Total> total_;
  std::shared_ptr<Used> used_;
};

inline Accounts::Share Accounts::share_of(const Address& from) {
  std::erase_if(total_->of, [](const auto& one) { return one.second.expired(); });
  auto& known = total_->of[from];
  auto used = known.lock();
  if (!used) known = used = std::make_shared<Used>();
  return {total_, std::move(used)};
}

}  // namespace edu::multicast
