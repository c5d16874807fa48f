#include "app/parts.h"

#include <algorithm>
#include <utility>

#include "app/failure.h"
#include "base/diagnostics.h"
#include "base/retry.h"

namespace edu::app {
namespace {

constexpr BackOff kBeforeReopening{milliseconds(5'000), milliseconds(300'000)};

// What a step throws; null when it was good.
awaitable<std::exception_ptr> outcome(const Parts::Step& step) {
  try {
    co_await step();
  } catch (const std::exception&) {
    co_return std::current_exception();
  }
  co_return nullptr;
}

}  // namespace

void Parts::add(Part part) { parts_.push_back(std::move(part)); }

awaitable<void> Parts::open() {
  const auto turn = co_await turns_.take();
  for (const auto& part : parts_) {
    if (closing_) co_return;
    const auto failure = co_await outcome(part.open);
    if (failure && part.need == Need::vital) std::rethrow_exception(failure);
    if (failure) {
      leave_out(part, words_of(failure));
      if (part.again) unopened_.push_back(&part);
    } else {
      open_.push_back(&part);
    }
  }
}

// False: one of them still does not open.
awaitable<bool> Parts::open_again() {
  const auto turn = co_await turns_.take();
  const auto waiting = std::exchange(unopened_, {});
  for (const auto* part : waiting) {
    if (closing_) co_return true;
    const auto failure = co_await outcome(part->open);
    if (failure) {
      unopened_.push_back(part);
    } else {
      open_.push_back(part);
      works(part->name);
    }
  }
  co_return unopened_.empty();
}

awaitable<void> Parts::mend(Clock& clock) {
  bool done = unopened_.empty();
  for (std::int64_t failures = 1; !done; ++failures) {
    co_await clock.pause(kBeforeReopening.after(failures));
    done = co_await open_again();
  }
}

awaitable<void> Parts::close() {
  closing_ = true;
  const auto turn = co_await turns_.take();
  while (!open_.empty()) {
    const auto* part = open_.back();
    open_.pop_back();
    if (!part->close) continue;
    const auto failure = co_await outcome(part->close);
    if (failure) spdlog::error("{} did not close: {}", part->name, words_of(failure));
  }
}

void Parts::failed(const std::string& name, const std::string& why) {
  const auto part = std::ranges::find(parts_, name, &Part::name);
  if (part == parts_.end()) return;
  leave_out(*part, why);
  if (part->need == Need::vital) on_failure_();
}

void Parts::works(const std::string& name) {
  const auto gone = std::erase_if(left_out_, [&](const web::LeftOut& one) { return one.part == name; });
  if (gone > 0) spdlog::info("{} works again", name);
}

std::vector<std::string> Parts::names() const {
  std::vector<std::string> out;
  for (const auto& part : parts_) out.push_back(part.name);
  return out;
}

std::vector<std::string> Parts::names(Need need) const {
  std::vector<std::string> out;
  for (const auto& part : parts_)
    if (part.need == need) out.push_back(part.name);
  return out;
}

void Parts::leave_out(const Part& part, const std::string& why) {
  spdlog::error("{} does not work: {}", part.name, why);
  if (std::ranges::find(left_out_, part.name, &web::LeftOut::part) == left_out_.end())
    left_out_.push_back({part.name, why});
}

Parts::Step at_once(std::function<void()> work) {
  return [work = std::move(work)]() -> awaitable<void> {
    work();
    co_return;
  };
}

}  // namespace edu::app
