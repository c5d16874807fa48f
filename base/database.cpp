#include "base/database.h"

namespace edu {
namespace {

constexpr int kBusyTimeoutMs = 5000;  // a reader may meet a checkpoint; longer than that is a fault

}  // namespace

std::unique_ptr<Database> open_database(const fs::path& file) {
  auto database =
      std::make_unique<Database>(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyTimeoutMs);
  database->exec(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
      "PRAGMA cache_size=-16000");  // KiB: a large import does not write its pages twice
  return database;
}

std::unique_ptr<Database> open_read_only(const fs::path& file) {
  auto database = std::make_unique<Database>(file.string(), SQLite::OPEN_READONLY, kBusyTimeoutMs);
  database->exec("PRAGMA query_only=ON; PRAGMA trusted_schema=OFF");
  return database;
}

Writer::Writer(std::unique_ptr<Database> database, std::size_t largest_group)
    : database_(std::move(database)), largest_group_(largest_group), thread_([this] { work(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  gathered_.notify_one();
  thread_.join();
}

void Writer::submit(std::unique_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(job));
  }
  gathered_.notify_one();
}

void Writer::work() {
  for (;;) {
    std::deque<std::unique_ptr<Job>> group;
    {
      std::unique_lock lock(mutex_);
      gathered_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      while (!queue_.empty() && group.size() < largest_group_) {
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
    }
    run_group(group);
  }
}

void Writer::run_group(std::deque<std::unique_ptr<Job>>& group) noexcept {
  std::exception_ptr failure;
  try {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    for (const auto& job : group) {
      database_->exec("SAVEPOINT unit");
      const bool keep = job->run(*database_);
      database_->exec(keep ? "RELEASE unit" : "ROLLBACK TO unit; RELEASE unit");
    }
    transaction.commit();
  } catch (...) {
    failure = std::current_exception();
  }
  for (const auto& job : group) job->answer(failure);
}

}  // namespace edu
