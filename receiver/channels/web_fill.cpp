#include "receiver/channels/web_fill.h"

#include <algorithm>
#include <utility>

#include "base/diagnostics.h"

namespace edu::receiver {
namespace {

constexpr milliseconds kLookForDue{5000};
constexpr milliseconds kPauseAfter{30 * 60'000};  // after an attempt that did not make the object whole
constexpr std::size_t kMostOrdered = 100;
constexpr std::size_t kMostRemembered = 10'000;

std::uint64_t missing_of(const multicast::Gaps& gaps) {
  std::uint64_t bytes = 0;
  for (const auto& run : gaps.runs) bytes += run.last - run.first + 1;
  return bytes;
}

// A query may hold a key.
std::string shown(const std::string& url) { return url.substr(0, url.find_first_of("?#")); }

}  // namespace

std::vector<WebRange> pieces_of(const multicast::Gaps& gaps) {
  std::vector<WebRange> out;
  const auto most = std::max<std::uint64_t>(kWebPiece / gaps.symbol, 1) * gaps.symbol;
  for (const auto& run : gaps.runs) {
    for (auto first = run.first; first <= run.last;) {
      const bool joins =
          !out.empty() && first - out.back().last <= kJoined && first - out.back().first < most;
      if (!joins) out.push_back({"", first, first, gaps.length});
      auto& piece = out.back();
      piece.last = std::min(run.last, piece.first + most - 1);
      first = piece.last + 1;
    }
  }
  return out;
}

WebFill::WebFill(Parts parts, std::map<std::string, Rule> rules)
    : parts_(std::move(parts)), rules_(std::move(rules)) {}

bool WebFill::ended(const multicast::ObjectKey& key, bool good) {
  const auto found = helped_.find(key);
  if (found == helped_.end()) return false;
  if (good) {
    helped_.erase(found);
    return false;
  }
  return !std::exchange(found->second, true);
}

awaitable<Result<WebFill::Plan>> WebFill::plan(std::int64_t no, bool by_hand) {
  auto gaps = co_await parts_.gaps(no);
  if (!gaps) co_return Unexpected(gaps.error());
  if (gaps->compressed || gaps->rearranged)
    co_return refuse("receiver.gaps_compressed", {{"no", std::to_string(no)}}, Refusal::Kind::conflict);
  // Without a digest nobody would notice that the web's file is another one.
  const bool checked = !gaps->sha256.empty() || gaps->md5;
  const auto spoilt = helped_.find(gaps->key);
  const bool wrong_before = spoilt != helped_.end() && spoilt->second;
  Plan plan{*std::move(gaps), {}};
  if (checked && !wrong_before) {
    plan.urls = co_await parts_.addresses(plan.gaps, by_hand);
  }
  const auto closed = [this](const std::string& url) { return !parts_.open_now(url); };
  if (!by_hand) std::erase_if(plan.urls, closed);
  if (plan.urls.empty())
    co_return refuse("receiver.no_web_address", {{"name", plan.gaps.name}}, Refusal::Kind::not_found);
  co_return plan;
}

awaitable<Result<WebFill::Order>> WebFill::order(std::int64_t no) {
  if (ordered_.size() >= kMostOrdered) co_return refuse("receiver.web_busy", {}, Refusal::Kind::unavailable);
  const auto planned = co_await plan(no, true);
  if (!planned) co_return Unexpected(planned.error());
  ordered_.push_back(no);
  Order order;
  order.name = planned->gaps.name;
  order.url = planned->urls.front();
  order.bytes = missing_of(planned->gaps);
  co_return order;
}

// Everything that could come has come: a pass has gone by, or as long a silence as the settings name; and it
// is little enough that nobody need be asked.
bool WebFill::is_due(const multicast::ObjectStatus& object, const Rule& rule) const {
  if (rule.after == milliseconds{} || object.state != multicast::ObjectState::receiving || object.no == 0)
    return false;
  const auto wait = not_before_.find(object.no);
  if (wait != not_before_.end() && parts_.clock.mono() < wait->second) return false;
  const auto missing = object.bytes - std::min(object.bytes, object.received);
  if (missing == 0 || missing * 100 > object.bytes * rule.percent) return false;
  const bool old = parts_.clock.now() - object.started >= rule.after;
  return object.passes.quiet >= rule.after || (old && object.passes.whole > 0);
}

std::optional<std::int64_t> WebFill::next_due() const {
  for (const auto& channel : parts_.status()) {
    const auto rule = rules_.find(channel.name);
    if (rule == rules_.end()) continue;
    for (const auto& object : channel.objects)
      if (is_due(object, rule->second)) return object.no;
  }
  return std::nullopt;
}

// From the server that answered last, then from the others in turn.
awaitable<Result<std::vector<std::uint8_t>>> WebFill::fetch(const Plan& plan, WebRange range,
                                                            std::size_t& from) {
  Refusal last;
  for (std::size_t tried = 0; tried < plan.urls.size(); ++tried) {
    range.url = plan.urls[from];
    auto bytes = co_await parts_.fetch(range);
    if (bytes && bytes->size() == range.size()) co_return bytes;
    last = bytes ? Refusal{"receiver.web_other_file", {{"url", range.url}}} : bytes.error();
    spdlog::info("multicast: {}: {}", shown(range.url), last.code);
    from = (from + 1) % plan.urls.size();
  }
  co_return Unexpected(last);
}

awaitable<void> WebFill::fill(std::int64_t no, bool by_hand) {
  if (not_before_.size() > kMostRemembered) not_before_.clear();
  if (helped_.size() > kMostRemembered) helped_.clear();
  not_before_[no] = parts_.clock.mono() + kPauseAfter;
  const auto planned = co_await plan(no, by_hand);
  if (!planned) co_return;
  spdlog::info("multicast: {}: {} bytes are fetched from {}", planned->gaps.name, missing_of(planned->gaps),
               shown(planned->urls.front()));
  std::size_t server = 0;
  const auto pieces = pieces_of(planned->gaps);
  for (const auto& piece : pieces) {
    auto bytes = co_await fetch(*planned, piece, server);
    if (!bytes) co_return;
    helped_.try_emplace(planned->gaps.key, false);
    const bool wanted = co_await parts_.fill(planned->gaps, piece.first, *std::move(bytes));
    if (!wanted) co_return;
  }
}

awaitable<void> WebFill::run() {
  while (true) {
    const bool by_hand = !ordered_.empty();
    auto no = by_hand ? std::optional(ordered_.front()) : next_due();
    if (by_hand) ordered_.pop_front();
    auto step = no ? fill(*no, by_hand) : parts_.clock.pause(kLookForDue);
    co_await std::move(step);
  }
}

}  // namespace edu::receiver
