#include "receiver/channels/web_access.h"

#include "receiver/channels/repair_file.h"

namespace edu::receiver {
namespace {

// The station's own catalogues first, then what the session's manifests say. An address that anybody could
// have sent is fetched only when a person says so.
awaitable<std::vector<std::string>> addresses(MulticastSource& channels, const WebAccess& access,
                                              multicast::Gaps gaps, bool by_hand) {
  std::vector<std::string> out;
  if (!access.fetch) co_return out;
  if (!gaps.sha256.empty()) out = access.known(gaps.sha256);
  const auto statements = channels.statements_of(gaps);
  const bool believed = by_hand && channels.policy() != Policy::required;
  auto look = [&] { return receiver::addresses(statements, gaps.sha256, access.trust, believed); };
  const auto found = co_await access.workers.run(look);
  out.insert(out.end(), found.begin(), found.end());
  co_return out;
}

}  // namespace

WebFill::Parts web_fill_parts(MulticastSource& channels, Clock& clock, WebAccess access) {
  auto fetch = access.fetch;
  auto open_now = access.open_now;
  return {
      .fetch = std::move(fetch),
      .addresses = [&channels, access = std::move(access)](
                       multicast::Gaps gaps,
                       bool by_hand) { return addresses(channels, access, std::move(gaps), by_hand); },
      .open_now = std::move(open_now),
      .gaps = [&channels](std::int64_t no) { return channels.gaps(no, kMostRuns); },
      .fill =
          [&channels](const multicast::Gaps& gaps, std::uint64_t offset, std::vector<std::uint8_t> bytes) {
            return channels.fill(gaps.no, gaps.key, offset, std::move(bytes));
          },
      .status = [&channels] { return channels.status(); },
      .clock = clock};
}

std::map<std::string, WebFill::Rule> web_fill_rules(const std::vector<config::Channel>& channels) {
  std::map<std::string, WebFill::Rule> rules;
  for (const auto& one : channels) rules[one.name] = {one.web_fill_after, one.web_fill_percent};
  return rules;
}

}  // namespace edu::receiver
