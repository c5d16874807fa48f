#include "app/tasks.h"

#include <boost/asio/bind_cancellation_slot.hpp>

#include "app/failure.h"

namespace edu::app {

Tasks::Tasks(asio::any_io_executor executor, OnFailure on_failure)
    : executor_(std::move(executor)), on_failure_(std::move(on_failure)), all_ended_(executor_) {
  all_ended_.expires_at(asio::steady_timer::time_point::max());
}

void Tasks::start(std::string name, awaitable<void> task) {
  tasks_.emplace_back();
  const auto place = std::prev(tasks_.end());
  place->name = std::move(name);
  auto done = [this, place](std::exception_ptr failure) { ended(place, failure); };
  asio::co_spawn(executor_, std::move(task),
                 asio::bind_cancellation_slot(place->stop.slot(), std::move(done)));
}

void Tasks::ended(std::list<Task>::iterator task, std::exception_ptr failure) {
  const auto name = task->name;
  tasks_.erase(task);
  if (tasks_.empty()) all_ended_.cancel();
  if (failure && !cancelling_) on_failure_(name, words_of(failure));
}

awaitable<void> Tasks::cancel() {
  cancelling_ = true;
  std::list<asio::cancellation_signal*> signals;
  for (auto& task : tasks_) signals.push_back(&task.stop);
  for (auto* signal : signals) signal->emit(asio::cancellation_type::terminal);
  boost::system::error_code cancelled;
  auto token = asio::redirect_error(asio::use_awaitable, cancelled);
  if (!tasks_.empty()) co_await all_ended_.async_wait(token);
}

}  // namespace edu::app
