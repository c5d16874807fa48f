// The parts of a running station: opened one after the other, closed backwards.
//
// A part that cannot open, or that fails later, is reported and left out: the others go on, and it is tried
// again. One that a station cannot do without ends the start, or the station. Loop thread.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "base/asio.h"
#include "base/clock.h"
#include "base/turns.h"
#include "web/api/left_out.h"

namespace edu::app {

class Parts {
 public:
  using Step = std::function<awaitable<void>()>;
  enum class Need { optional, vital };
  struct Part {
    std::string name;  // of the text web.part.<name>
    Need need = Need::optional;
    Step open;          // what it throws is why the part is left out
    Step close = {};    // only of what was opened
    bool again = true;  // opening it again does no harm where it failed half-way
  };

  // `on_failure`: a vital part has failed while the station runs.
  explicit Parts(std::function<void()> on_failure) : on_failure_(std::move(on_failure)) {}

  void add(Part part);
  // Opens all that were added, in that order. Throws what kept a vital part from opening; what is open by
  // then is for `close`. A `close` meanwhile ends it after the part that is just opening.
  awaitable<void> open();
  // Closes what is open, backwards, once `open` has returned. What a part throws is logged; the others are
  // closed all the same.
  awaitable<void> close();
  // Tries again, with growing pauses, what could not open: a port may be free by then. Once `open` has
  // returned; ends when each is open, or by cancellation.
  awaitable<void> mend(Clock& clock);
  // Part `name`, which is open, has failed; and: it is at work again.
  void failed(const std::string& name, const std::string& why);
  void works(const std::string& name);

  std::vector<std::string> names() const;  // in the order of opening
  std::vector<std::string> names(Need need) const;
  const std::vector<web::LeftOut>& left_out() const { return left_out_; }

 private:
  void leave_out(const Part& part, const std::string& why);
  awaitable<bool> open_again();

  std::function<void()> on_failure_;
  std::vector<Part> parts_;
  std::vector<const Part*> open_, unopened_;
  std::vector<web::LeftOut> left_out_;
  bool closing_ = false;
  Turns turns_;  // open, then close
};

// A step that waits for nothing.
Parts::Step at_once(std::function<void()> work);

}  // namespace edu::app
