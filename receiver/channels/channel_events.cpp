#include "receiver/channels/channel_events.h"

namespace edu::receiver {
namespace {

constexpr milliseconds kRateOver{5000};  // a rate is the mean of at least so long

ChannelEvent of_channel(const char* kind, const multicast::ChannelStatus& channel) {
  ChannelEvent event;
  event.kind = kind;
  event.channel = channel.name;
  return event;
}

}  // namespace

void ChannelEvents::rate(Heard& known, const multicast::ChannelStatus& now, milliseconds mono) const {
  const auto span = mono - known.counted;
  if (span < kRateOver) return;
  known.rate = (now.datagrams.bytes - known.bytes) * 8000 / static_cast<std::uint64_t>(span.count());
  known.bytes = now.datagrams.bytes;
  known.counted = mono;
}

std::vector<ChannelEvent> ChannelEvents::report(multicast::ChannelStatus& now, WallTime wall,
                                                milliseconds mono) {
  std::vector<ChannelEvent> out;
  const auto [at, first] = channels_.try_emplace(now.name);
  auto& known = at->second;
  if (first) known.counted = known.last = mono;
  if (now.listening && !known.listening) out.push_back(of_channel("channel_listening", now));
  if (!now.trouble.empty() && now.trouble != known.trouble) {
    out.push_back(of_channel("channel_trouble", now));
    out.back().why = Refusal{"receiver.channel_trouble", {{"what", now.trouble}}, Refusal::Kind::unavailable};
  }
  known.listening = now.listening;
  known.trouble = now.trouble;
  if (now.datagrams.datagrams != known.datagrams) {
    if (known.silent) out.push_back(of_channel("channel_back", now));
    known.silent = false;
    known.last = mono;
    known.heard = wall;
  } else if (!known.silent && known.heard && mono - known.last >= kSilence) {
    known.silent = true;
    out.push_back(of_channel("channel_silent", now));
  }
  known.datagrams = now.datagrams.datagrams;
  rate(known, now, mono);
  std::set<std::int64_t> objects;
  for (const auto& one : now.objects) {
    using enum multicast::ObjectState;
    if (one.companion || (one.state != receiving && one.state != finishing)) continue;
    objects.insert(one.no);
    if (known.objects.contains(one.no)) continue;
    out.push_back(of_channel("object_begun", now));
    out.back().object = one.name;
    out.back().no = one.no;
    out.back().bytes = one.bytes;
  }
  known.objects = std::move(objects);
  now.rate = known.rate;
  now.heard = known.heard;
  now.silent = known.silent;
  return out;
}

ChannelEvent ChannelEvents::ended(const std::string& channel, const multicast::Ended& one) {
  ChannelEvent event;
  event.kind = one.refusal ? "object_failed" : "object_complete";
  event.channel = channel;
  event.object = one.name;
  event.no = one.no;
  event.bytes = one.file.size;
  event.why = one.refusal;
  return event;
}

}  // namespace edu::receiver
