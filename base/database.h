// SQLite through SQLiteCpp: how the station's one database file is opened, and who may write to it.
//
// The writer thread owns the only writing connection. A unit of work handed to Writer::run waits in a queue;
// the thread takes all that have gathered, runs each inside a savepoint of one transaction, commits once
// (WAL, synchronous=FULL), and only then answers each: what was answered is on disk. Readers open connections
// of their own, read-only, on workers.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>

#include <SQLiteCpp/SQLiteCpp.h>

#include "base/asio.h"
#include "base/files.h"
#include "base/result.h"

namespace edu {

using Database = SQLite::Database;
using Statement = SQLite::Statement;

// Opens for writing, creating the file: WAL, synchronous=FULL, foreign keys. Throws SQLite::Exception.
std::unique_ptr<Database> open_database(const fs::path& file);
// Opens for reading alone, with a busy timeout; also a copy of a data folder that nobody writes.
std::unique_ptr<Database> open_read_only(const fs::path& file);

class Writer {
 public:
  // Takes the connection over and starts the thread. `largest_group`: how many units one commit may gather.
  explicit Writer(std::unique_ptr<Database> database, std::size_t largest_group = 256);
  ~Writer();  // finishes what is queued

  // Runs `unit(Database&)` on the writer thread and completes on the caller's executor once the commit that
  // holds it is durable. A unit that throws, or whose Result is a refusal, leaves no trace; the others of its
  // group are not touched. A commit that fails throws SQLite::Exception to every unit of its group.
  template <class Unit>
  awaitable<std::invoke_result_t<Unit, Database&>> run(Unit unit);

 private:
  struct Job {
    virtual ~Job() = default;
    virtual bool run(Database& database) = 0;                    // false: roll this one back
    virtual void answer(std::exception_ptr error) noexcept = 0;  // after the commit
  };
  template <class Unit>
  struct UnitJob;

  void submit(std::unique_ptr<Job> job);
  void work();
  void run_group(std::deque<std::unique_ptr<Job>>& group) noexcept;

  std::unique_ptr<Database> database_;
  std::size_t largest_group_;
  std::mutex mutex_;  // guards the queue alone; the crossing to the writer thread
  std::condition_variable gathered_;
  std::deque<std::unique_ptr<Job>> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

namespace detail {
template <class T>
struct IsResult : std::false_type {};
template <class T>
struct IsResult<Result<T>> : std::true_type {};
}  // namespace detail

}  // namespace edu

#include "base/database_impl.h"
