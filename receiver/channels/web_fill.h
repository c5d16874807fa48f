// What a channel's objects still lack, from the web: byte ranges come in over HTTP, symbols go to the channel
// through the same door as a repair file's. The object's own digests decide in the end.
//
// By hand (order), or by itself once a whole pass of the carousel, or as long a silence, has gone by. One
// object after the other, one range at a time. On the loop; knows no HTTP: `fetch` is given.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/asio.h"
#include "base/clock.h"
#include "base/result.h"
#include "receiver/multicast/channel.h"

namespace edu::receiver {

// So many bytes of a file are asked for at a time; holes up to kJoined between two runs are fetched along.
inline constexpr std::uint64_t kWebPiece = 1 << 20;
inline constexpr std::uint64_t kJoined = 64 << 10;

struct WebRange {
  std::string url;
  std::uint64_t first = 0, last = 0;  // bytes of the file
  std::uint64_t length = 0;           // of the whole file: a server whose file is another is refused
  std::uint64_t size() const { return last - first + 1; }
  bool operator==(const WebRange&) const = default;
};

class WebFill {
 public:
  struct Parts {
    // Exactly the bytes that were asked for. Only cancellation throws.
    std::function<awaitable<Result<std::vector<std::uint8_t>>>(WebRange range)> fetch;
    // Where the very file is on the web, the best first. `by_hand`: a person vouches for it.
    std::function<awaitable<std::vector<std::string>>(multicast::Gaps gaps, bool by_hand)> addresses;
    // May it be fetched from there without being asked to, at this hour?
    std::function<bool(const std::string& url)> open_now;
    std::function<awaitable<Result<multicast::Gaps>>(std::int64_t no)> gaps;
    // For the object that lacks `gaps`. False: it is whole, or gone.
    std::function<awaitable<bool>(const multicast::Gaps& gaps, std::uint64_t offset,
                                  std::vector<std::uint8_t>)>
        fill;
    std::function<std::vector<multicast::ChannelStatus>()> status;
    Clock& clock;
  };
  struct Rule {
    milliseconds after{};  // 0: never by itself
    unsigned percent = 0;  // of an object, at most
  };
  WebFill(Parts parts, std::map<std::string, Rule> rules);  // by the channel's name

  struct Order {
    std::string name, url;
    std::uint64_t bytes = 0;  // that are missing
  };
  // Does it soon; what becomes of it is seen in the object's status. Refusals receiver.no_object {no},
  // .gaps_compressed {no}, .no_web_address {name}, .web_busy.
  awaitable<Result<Order>> order(std::int64_t no);

  // Fills what was ordered and what is due until it is cancelled, which is the only end.
  awaitable<void> run();

  // The object has come to its end, good or bad; of a bad one the web is not asked again. True: the web's
  // bytes may have spoilt it, and the channel's are not to blame.
  bool ended(const multicast::ObjectKey& key, bool good);

 private:
  struct Plan {
    multicast::Gaps gaps;
    std::vector<std::string> urls;
  };
  awaitable<Result<Plan>> plan(std::int64_t no, bool by_hand);
  awaitable<void> fill(std::int64_t no, bool by_hand);
  awaitable<Result<std::vector<std::uint8_t>>> fetch(const Plan& plan, WebRange range, std::size_t& from);
  std::optional<std::int64_t> next_due() const;
  bool is_due(const multicast::ObjectStatus& object, const Rule& rule) const;

  Parts parts_;
  std::map<std::string, Rule> rules_;
  std::deque<std::int64_t> ordered_;
  std::map<std::int64_t, milliseconds> not_before_;  // objects of which an attempt brought no end
  std::map<multicast::ObjectKey, bool> helped_;      // of what came from the web; true: it was wrong
};

// The ranges to ask for, of whole symbols, so that `gaps.runs` is in them.
std::vector<WebRange> pieces_of(const multicast::Gaps& gaps);

}  // namespace edu::receiver
