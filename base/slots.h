// Taking turns on the loop: a number of slots, and a lock for each digest. No threads are involved; a wait
// ends when somebody lets go, or by cancellation, which throws.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "base/asio.h"

namespace edu {

class Slots {
 public:
  explicit Slots(std::size_t count) : free_(count) {}
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;

  // One slot; given back when this goes. Must not outlive the Slots.
  class Held {
   public:
    explicit Held(Slots& slots) : slots_(&slots) {}
    Held(Held&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}
    Held& operator=(Held&&) = delete;
    ~Held() {
      if (slots_) slots_->give_back();
    }

   private:
    Slots* slots_;
  };

  awaitable<Held> take();  // in the order of asking
  std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Waiter {
    asio::steady_timer timer;
    bool granted = false;
  };
  void give_back() noexcept;

  std::size_t free_;
  std::list<std::shared_ptr<Waiter>> waiting_;
};

class DigestLocks {
 public:
  class Held {
   public:
    Held(DigestLocks& locks, std::string digest) : locks_(&locks), digest_(std::move(digest)) {}
    Held(Held&& other) noexcept = default;
    Held& operator=(Held&&) = delete;
    ~Held();

   private:
    friend class DigestLocks;
    struct Disowned {
      void operator()(DigestLocks*) const noexcept {}
    };
    std::unique_ptr<DigestLocks, Disowned> locks_;  // null in one that was moved from
    std::string digest_;
    std::unique_ptr<Slots::Held> turn_;
  };

  // Whoever publishes or removes the object of this digest holds its lock, from the look into the catalogue
  // until the row is written, so that neither of two undoes what the other did.
  awaitable<Held> lock(std::string digest);

 private:
  struct Entry {
    Slots slots{1};
    std::size_t users = 0;
  };
  std::map<std::string, Entry> entries_;
};

}  // namespace edu
