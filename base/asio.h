// The one Asio of the program: Boost's, because Beast is built on it (docs/dependencies.md).
//
// Five patterns that g++ 12 miscompiles are forbidden. In any expression that contains `co_await`: a lambda,
// a brace list or aggregate temporary, a conditional of two awaitables. An await inside the condition of a
// `while`. A lambda straight into `co_spawn`. Name the object first.
// tests/base/coroutine_patterns_test.cpp keeps it so.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace edu {
namespace asio = boost::asio;
using asio::awaitable;
}  // namespace edu
