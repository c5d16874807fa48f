// Live events: records of the journal as they become durable, and what happens on channels, to everyone who
// listens (server-sent events, WHATWG HTML section 9.2). People appear by their id, as in the journal. Loop
// thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "base/json.h"
#include "logs/journal/journal.h"
#include "web/http/http.h"

namespace edu::web {

constexpr std::size_t kReplayed = 1000;     // records at most that one who comes back is told
constexpr milliseconds kHeartbeat{15'000};  // a comment line, so that both sides notice a dead connection

// "id: 12\nevent: programme.added\ndata: {…}\n\n"
std::string event_text(const logs::Record& record);

// What a listener that read up to `last_seen` has missed: the newest kReplayed of them at most, in order.
struct Missed {
  std::int64_t last_seen = 0;
  std::vector<logs::Record> records;
};

// What one listener is told. Holds at most `limit` pieces: who falls further behind is cut off and comes back
// with the number of the last that it read.
class EventStream final : public Stream {
 public:
  explicit EventStream(std::size_t limit) : limit_(limit) {}

  // Once, before the first `next`. Live records that are among them are not told twice; older ones that are
  // no longer told appear as one event "missed" with their range.
  void replay(const Missed& missed);
  void push(std::int64_t seq, std::shared_ptr<const std::string> piece);  // seq 0: a heartbeat
  void end();                                                             // what is queued is dropped

  awaitable<std::string> next() override;

 private:
  std::size_t limit_;
  std::string first_ = "retry: 3000\n\n";
  std::int64_t told_ = 0;  // the newest that `first_` holds
  std::deque<std::pair<std::int64_t, std::shared_ptr<const std::string>>> queue_;
  bool ended_ = false;
  std::optional<asio::steady_timer> wake_;
};

class EventHub {
 public:
  explicit EventHub(std::size_t queue_limit = 512) : queue_limit_(queue_limit) {}

  // `login`: of whom listens, where there is one (end_of).
  std::shared_ptr<EventStream> subscribe(std::string login = {});
  void publish(const logs::Record& record) noexcept;  // a listener of logs::Ledger
  // What happens and is no record: without a number, so that nobody who comes back is told again.
  void tell(const std::string& kind, const json::value& data) noexcept;
  awaitable<void> beat(Clock& clock);  // heartbeats until it is cancelled
  void end_all();
  void end_of(const std::string& login);

 private:
  void push_all(std::int64_t seq, const std::shared_ptr<const std::string>& piece);

  std::size_t queue_limit_;
  struct Listener {
    std::weak_ptr<EventStream> stream;
    std::string login;
  };
  std::vector<Listener> listeners_;
};

// On a worker, with a read-only connection. A number beyond the journal's newest counts as that.
Missed missed_since(Database& database, std::int64_t last_seen);

}  // namespace edu::web
