// A small blocking HTTP client: what the command line speaks to the station with. One connection a question.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace edu::app {

// Where the station is: a data folder, whose socket is DIR/api.sock, or http://HOST[:PORT].
class Address {
 public:
  // Throws std::invalid_argument for a URL that is not of that form.
  explicit Address(const std::string& station);

  bool local() const { return host_.empty(); }
  const std::string& folder() const { return folder_; }
  const std::string& host() const { return host_; }
  const std::string& port() const { return port_; }
  std::string text() const;

 private:
  std::string folder_, host_, port_;
};

struct Question {
  std::string method = "GET";
  std::string target;  // "/api/v1/status"
  std::string accept = "text/plain";
  std::string language = {};      // a tag: "zh-CN"; empty: the station's own
  std::string content_type = {};  // of the body
  std::string body = {};
  std::string last_event_id = {};
  std::vector<int> descriptors = {};  // that go along, to a station on this machine; they stay the caller's
};

struct Answer {
  int status = 0;
  std::string language;  // a tag, where the answer says it
  std::string content_type;
  std::string body;
  bool good() const { return status >= 200 && status < 300; }
};

// Nobody answers there; what() is the system's word for it.
class NotReachable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Blocks until the answer is whole, however long the station works on it. Throws NotReachable.
Answer ask(const Address& address, const Question& question);

// As `ask`, but hands the body of a good answer on as it comes, until `take` answers false or the station
// ends it.
Answer listen(const Address& address, const Question& question,
              const std::function<bool(std::string_view)>& take);

}  // namespace edu::app
