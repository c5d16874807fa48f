// A deck for tests of whoever gives it orders: it keeps what was ordered, and plays nothing. The test says
// what happens, by emit(); it does so in real life's order or not.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "player/deck/deck.h"

namespace edu::test {

class FakeDeck final : public player::Deck {
 public:
  struct To {
    std::string verb;  // "revoke", "stop", "pause", "resume"
    std::uint64_t id = 0;
    bool operator==(const To&) const = default;
  };

  void on_event(Listener listener) override { listener_ = std::move(listener); }
  bool arm(const player::ArmOrder& order) override {
    if (!status_.up) return false;
    armed_.push_back(order);
    return true;
  }
  void revoke(std::uint64_t id) override { to_.push_back({"revoke", id}); }
  void stop(std::uint64_t id) override { to_.push_back({"stop", id}); }
  void pause(std::uint64_t id) override { to_.push_back({"pause", id}); }
  void resume(std::uint64_t id) override { to_.push_back({"resume", id}); }
  player::DeckStatus status() const override { return status_; }

  const std::vector<player::ArmOrder>& armed() const {
    return armed_;
  }                                                  // all that arm() took, the newest last
  const std::vector<To>& to() const { return to_; }  // all the other orders

  // Something happens. Failed takes the deck down and Restarted up again, as with the real one.
  void emit(const player::DeckEvent& event) {
    if (std::holds_alternative<player::Failed>(event)) status_.up = false, status_.on_air.reset();
    if (const auto* up = std::get_if<player::Restarted>(&event))
      status_.up = true, status_.restarts = up->restarts;
    if (const auto* started = std::get_if<player::Started>(&event)) status_.on_air = started->id;
    if (const auto* finished = std::get_if<player::Finished>(&event))
      if (status_.on_air == finished->id) status_.on_air.reset();
    if (listener_) listener_(event);
  }

 private:
  Listener listener_;
  player::DeckStatus status_{true, "null", "null", "fake", {}, 0, 0};
  std::vector<player::ArmOrder> armed_;
  std::vector<To> to_;
};

}  // namespace edu::test
