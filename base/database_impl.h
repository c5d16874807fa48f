// The templates of database.h.
#pragma once

#include <optional>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/prefer.hpp>

namespace edu {

template <class Unit>
struct Writer::UnitJob : Writer::Job {
  using Value = std::invoke_result_t<Unit, Database&>;
  static_assert(!std::is_void_v<Value>, "a unit of work answers something: a number, a Result");
  using Answer = std::function<void(std::exception_ptr, std::optional<Value>)>;

  UnitJob(Unit work, Answer reply) : unit(std::move(work)), on_answer(std::move(reply)) {}

  bool run(Database& database) override {
    try {
      value.emplace(unit(database));
      if constexpr (detail::IsResult<Value>::value) return value->has_value();
      return true;
    } catch (...) {
      failure = std::current_exception();
      return false;
    }
  }

  void answer(std::exception_ptr error) noexcept override {
    if (error || failure) value.reset();
    on_answer(failure ? failure : error, std::move(value));
  }

  Unit unit;
  Answer on_answer;
  std::optional<Value> value;
  std::exception_ptr failure;
};

template <class Unit>
awaitable<std::invoke_result_t<Unit, Database&>> Writer::run(Unit unit) {
  using Value = std::invoke_result_t<Unit, Database&>;
  auto start = [this, work = std::move(unit)](auto handler) mutable {
    auto executor = asio::get_associated_executor(handler);
    // The outstanding-work guard keeps the loop alive until the answer has come back to it.
    auto keep = asio::prefer(executor, asio::execution::outstanding_work.tracked);
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto reply = [keep, shared](std::exception_ptr error, std::optional<Value> value) {
      asio::post(keep, [shared, error, v = std::move(value)]() mutable {
        std::move (*shared)(error, std::move(v));
      });
    };
    submit(std::make_unique<UnitJob<Unit>>(std::move(work), std::move(reply)));
  };
  auto initiated =
      asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, std::optional<Value>)>(
          std::move(start), asio::use_awaitable);
  std::optional<Value> value = co_await std::move(initiated);
  co_return std::move(*value);
}

}  // namespace edu
