#include "people/access/attempts.h"

#include <algorithm>
#include <array>

namespace edu::access {
namespace {

bool at_the_machine(const std::string& address) {
  return address.empty() || address == "127.0.0.1" || address == "::1";
}

template <class Map, class Age>
void bound(Map& map, std::size_t most, Age age) {
  while (map.size() > most)
    map.erase(std::ranges::min_element(map, {}, [&](const auto& one) { return age(one.second); }));
}

}  // namespace

std::string Attempts::place(const std::string& account, const std::string& address) {
  return account + (at_the_machine(address) ? " here" : " network");
}

void Attempts::count(Window& window, milliseconds now) {
  if (window.count == 0 || now - window.begun >= kWindow) window = {0, now};
  ++window.count;
}

milliseconds Attempts::left(const Window& window, int most, milliseconds now) {
  if (window.count < most) return {};
  return std::max(milliseconds(0), window.begun + kWindow - now);
}

milliseconds Attempts::wait(const std::string& account, const std::string& address, milliseconds now) const {
  auto longest = at_the_machine(address) ? milliseconds(0) : left(all_, kOfAll, now);
  if (const auto found = address_.find(address); found != address_.end())
    longest = std::max(longest, left(found->second, kOfAddress, now));
  if (const auto found = rows_.find(place(account, address)); !account.empty() && found != rows_.end())
    longest = std::max(longest, found->second.until - now);
  return longest;
}

bool Attempts::failed(const std::string& account, const std::string& address, milliseconds now) {
  count(all_, now);
  count(address_[address], now);
  bound(address_, kMostKept, [](const Window& one) { return one.begun; });
  if (account.empty()) return false;
  auto& row = rows_[place(account, address)];
  row.last = now;
  const bool locks = ++row.count >= kInARow;
  if (locks) row = {0, now, now + kLock};
  bound(rows_, kMostKept, [](const Row& one) { return one.last; });
  return locks;
}

void Attempts::succeeded(const std::string& account, const std::string& address) {
  rows_.erase(place(account, address));
  if (all_.count > 0) --all_.count;
  if (const auto found = address_.find(address); found != address_.end() && found->second.count > 0)
    --found->second.count;
}

void Attempts::lift(const std::string& account) {
  for (const auto* address : {"", "network"}) rows_.erase(place(account, address));
}

bool Attempts::locked(const std::string& account, milliseconds now) const {
  return std::ranges::any_of(std::array{"", "network"}, [&](const char* address) {
    const auto found = rows_.find(place(account, address));
    return found != rows_.end() && found->second.until > now;
  });
}

}  // namespace edu::access
