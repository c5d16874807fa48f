// A station's recordings in a folder of its own: database, library and intake are real, recorders say what
// the test makes them say, and joining puts the segments one after the other.
#pragma once

#include <algorithm>
#include <deque>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sql.h"
#include "base/turns.h"
#include "calendar/zone.h"
#include "library/courses.h"
#include "logs/books/books.h"
#include "receiver/live/recordings.h"
#include "receiver/live/segments.h"
#include "receiver/live/store.h"
#include "tests/support/faulty_files.h"
#include "tests/support/file_content.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run.h"
#include "tests/support/temp_folder.h"
#include "tests/support/until.h"

namespace edu::live {

// One run of a recorder that the test plays.
struct FakeRun {
  FakeRun(asio::any_io_executor executor, std::string line) : order(std::move(line)), woken(executor) {}
  RecordOrder recording() const { return parse_record_order(order).value(); }
  void say(const std::string& line) { said.push_back(line), woken.cancel(); }
  void say(const RecordLine& line) { say(to_line(line)); }
  void die() { said.push_back(refuse("live.crashed", {{"how", "signal 11"}})), woken.cancel(); }

  std::string order;
  std::deque<Result<std::string>> said;
  bool asked = false;   // to end in good order
  bool running = true;  // false: nobody listens any more
  asio::steady_timer woken;
};

class FakeRecorder final : public Recorder {
 public:
  explicit FakeRecorder(std::shared_ptr<FakeRun> run) : run_(std::move(run)) {}
  ~FakeRecorder() override { run_->running = false; }
  awaitable<Result<std::string>> next() override {
    boost::system::error_code woken;
    while (run_->said.empty()) {
      run_->woken.expires_at(asio::steady_timer::time_point::max());
      auto token = asio::redirect_error(asio::use_awaitable, woken);
      co_await run_->woken.async_wait(token);
      const auto state = co_await asio::this_coro::cancellation_state;
      if (state.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error(asio::error::operation_aborted);
    }
    auto line = run_->said.front();
    run_->said.pop_front();
    co_return line;
  }
  void finish() override { run_->asked = true; }

 private:
  std::shared_ptr<FakeRun> run_;
};

inline RecordLine progress(std::int64_t bytes, bool signal = true) {
  RecordLine line;
  line.signal = signal;
  line.bytes = bytes;
  line.segments = 1;
  return line;
}

inline RecordLine gap(std::int64_t length_ms) {
  auto line = progress(1);
  line.kind = RecordLine::Kind::gap;
  line.gap = {1, length_ms};
  return line;
}

inline RecordLine ended(const char* why, std::int64_t bytes = 1) {
  auto line = progress(bytes);
  line.kind = RecordLine::Kind::ended;
  line.why = why;
  return line;
}

inline const Zone kShanghai("Asia/Shanghai");
inline LocalTime local(const char* text) { return parse_local_time(text).value(); }
inline WallTime shanghai(const char* text) { return kShanghai.to_utc(local(text)); }

class RecordingTest : public testing::Test {
 protected:
  ~RecordingTest() override { end(); }

  // The station starts, with what the last run left.
  void start(std::vector<std::string> channels = {"county", "province"}) {
    std::vector<config::Live> live;
    for (const auto& name : channels) {
      config::Live channel;
      channel.name = name;
      channel.url = "http://me:secret@tv.example/" + name;
      channel.service = 101;
      live.push_back(channel);
    }
    recordings_ = std::make_unique<Recordings>(loop_.get_executor(), parts(), live, settings_);
    recordings_->load(*reader_);
    auto over = [this](std::exception_ptr) { running_ = false; };
    running_ = true;
    asio::co_spawn(loop_, recordings_->run(), asio::bind_cancellation_slot(stop_.slot(), over));
    test::settle(loop_);
  }
  // The station ends, or is killed: what it remembers is gone.
  void end() {
    if (!recordings_) return;
    stop_.emit(asio::cancellation_type::terminal);
    until([this] { return !running_; });
    recordings_.reset();
    runs_.clear();
  }

  template <class Condition>
  void until(Condition holds) {
    test::run_until(loop_, holds);
  }
  void pass(milliseconds span) {
    clock_.advance(span);
    test::settle(loop_);
  }
  template <class T>
  T ask(awaitable<T> task) {
    return test::run(loop_, std::move(task));
  }

  // The nth run of a recorder, as soon as it is there.
  FakeRun& run(std::size_t n) {
    until([&] { return runs_.size() > n; });
    return *runs_.at(n);
  }
  // A segment, written until now.
  void segment(const FakeRun& run, const std::string& name, const std::string& bytes) {
    const auto path = run.recording().folder / name;
    std::ofstream(path, std::ios::binary) << bytes;
    const auto now = std::chrono::file_clock::from_sys(clock_.now());
    fs::last_write_time(path, std::chrono::time_point_cast<fs::file_time_type::duration>(now));
  }
  void hand_over_count(std::int64_t count) {
    until([&] { return receptions() == count && rows("live_recording") == 0; });
  }
  // It runs to its end, with one segment of these bytes.
  void finish(FakeRun& run, const std::string& bytes = "media") {
    segment(run, "000001.mkv", bytes);
    run.say(progress(5));
    until([&] { return run.said.empty(); });
  }

  std::int64_t rows(const std::string& table) {
    return sql::number(*reader_, ("SELECT count(*) FROM " + table).c_str(), 0);
  }
  std::int64_t receptions() { return rows("reception"); }
  std::string cell(const std::string& column, std::int64_t no = 1) {
    auto row = sql::prepare(*reader_, ("SELECT " + column + " FROM reception WHERE no=?").c_str(), no);
    return row.executeStep() ? row.getColumn(0).getString() : "none";
  }
  std::vector<std::string> left_on_disk() {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder_ / "live", none))
      names.push_back(entry.path().filename().string());
    return names;
  }

  PlanDraft plan(const char* at, std::int64_t minutes = 30, const char* channel = "county") {
    PlanDraft draft;
    draft.channel = channel;
    draft.title = "课";
    draft.local_start = local(at);
    draft.minutes = minutes;
    return draft;
  }
  Plan add(PlanDraft draft) { return ask(recordings_->add(std::move(draft), "operator")).value(); }
  std::string refused(PlanDraft draft) {
    const auto added = ask(recordings_->add(std::move(draft), "operator"));
    return added ? "" : added.error().code;
  }
  std::string start_refused(const char* channel, std::int64_t minutes = 0) {
    const auto started = ask(recordings_->start(channel, "", minutes, "operator"));
    return started ? "" : started.error().code;
  }

  static std::unique_ptr<Database> open(const fs::path& data) {
    auto database = open_database(data / "station.db");
    logs::prepare(*database, logs::all_projections());
    library::create_tables(*database);
    create_tables(*database);
    return database;
  }
  static awaitable<Result<receiver::MediaFacts>> examine(fs::path path) {
    const auto bytes = test::content_of(path);
    if (!bytes.starts_with("media")) co_return refuse("player.not_media");
    receiver::MediaFacts facts;
    facts.format = "matroska";
    facts.duration_ms = 60'000;
    facts.has_video = true;
    co_return facts;
  }
  std::unique_ptr<Recorder> launch(asio::any_io_executor executor, const std::string& order) {
    auto run = std::make_shared<FakeRun>(executor, order);
    if (const auto join = parse_join_order(order)) {
      if (joins_)
        put_together(*join, *run);
      else
        run->die();
    } else {
      runs_.push_back(run);
    }
    return std::make_unique<FakeRecorder>(run);
  }
  void put_together(const JoinOrder& order, FakeRun& run) {
    std::ofstream out(order.into, std::ios::binary);
    for (const auto& one : segments_in(order.folder)) out << std::ifstream(one, std::ios::binary).rdbuf();
    JoinLine line;
    line.last = true;
    line.bytes = 1;
    line.duration_ms = joined_ms_;
    run.say(to_line(line));
  }
  awaitable<Result<receiver::Reception>> take(receiver::Arrival arrival) {
    if (our_fault_) arrival.failed = Refusal{"receiver.storage_failed", {}, Refusal::Kind::unavailable};
    auto reception = co_await intake_.take(std::move(arrival));
    if (cut_after_take_) throw std::runtime_error("the power is cut");
    co_return reception;
  }
  Parts parts() {
    return {[this](receiver::Arrival arrival) {
              if (broken_takes_ > 0) --broken_takes_, throw std::runtime_error("the disk is broken");
              return take(std::move(arrival));
            },
            [this](receiver::Arrival arrival, Refusal why, std::uint64_t bytes) {
              return intake_.record_failure(std::move(arrival), std::move(why), bytes);
            },
            [this](asio::any_io_executor executor, const std::string& order) {
              return launch(std::move(executor), order);
            },
            ledger_,
            store_,
            files_,
            workers_,
            clock_,
            kShanghai,
            folder_ / "station.db",
            folder_ / "live",
            1 << 30};
  }

  test::TempFolder folder_;
  test::FaultyFiles files_;
  asio::io_context loop_;
  test::ManualClock clock_{shanghai("2026-11-23T19:00")};
  config::Recording settings_;
  std::vector<std::shared_ptr<FakeRun>> runs_;
  int broken_takes_ = 0;        // the intake fails so often
  std::int64_t joined_ms_ = 0;  // that a join says it made; 0: it does not say
  bool our_fault_ = false, cut_after_take_ = false;
  bool joins_ = true;  // false: joining breaks the process
  Writer writer_{open(folder_.path())};
  std::unique_ptr<Database> reader_ = open_database(folder_ / "station.db");
  logs::Ledger ledger_{writer_, clock_, "boot", logs::all_projections()};
  library::ObjectStore store_{files_, folder_.path(), library::Reserve{0, 1 << 20}};
  KeyedTurns locks_;
  Workers workers_{2};
  config::Receiver receiving_;
  receiver::Intake intake_{
      {ledger_, store_, files_, workers_, clock_, locks_, examine}, receiving_, 10, kShanghai};
  std::unique_ptr<Recordings> recordings_;
  asio::cancellation_signal stop_;
  bool running_ = false;
};

}  // namespace edu::live
