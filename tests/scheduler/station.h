// A station without a screen: a database in a folder of its own with courseware and a roster, a clock that
// the test moves, a deck that does what the test says, a timetable and a playout that run on one loop.
#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/sql.h"
#include "calendar/zone.h"
#include "library/courses.h"
#include "logs/books/books.h"
#include "people/roster.h"
#include "people/roster_import.h"
#include "scheduler/airing/playout.h"
#include "tests/support/fake_deck.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run.h"
#include "tests/support/temp_folder.h"

namespace edu::scheduler {

using std::chrono::hours;
using std::chrono::minutes;

inline const Zone kZone("Asia/Shanghai");
inline LocalTime local(const char* text) { return parse_local_time(text).value(); }
inline WallTime at(const char* text) { return kZone.to_utc(local(text)); }

class Station : public testing::Test {
 protected:
  explicit Station(const char* now = "2026-11-22T12:00:00") : clock_(at(now)) {
    auto database = open_database(file_);
    database->exec("PRAGMA synchronous=OFF");  // no power fails in a test
    logs::prepare(*database, logs::all_projections());
    people::create_tables(*database);
    library::create_tables(*database);
    prepare(*database);
    Playout::prepare(*database);
    add_course(*database, 1, "水稻育秧", minutes(40));
    add_course(*database, 2, "果树修剪", minutes(20));
    add_course(*database, 3, "蔬菜大棚", minutes(10));
    import_roster(*database);
    writer_ = std::make_unique<Writer>(std::move(database));
    ledger_ = std::make_unique<logs::Ledger>(*writer_, clock_, "boot0", logs::all_projections());
    sessions_ =
        std::make_unique<logs::Sessions>(*ledger_, clock_, kZone, logs::CountingRule{{"member"}, 1, 0});
    timetable_ = std::make_unique<Timetable>(*ledger_, clock_, workers_, kZone);
  }
  ~Station() override { power_off(); }

  static void add_course(Database& database, std::int64_t no, const char* title, milliseconds duration) {
    library::Courseware course;
    course.no = no;
    course.title = title;
    course.duration_ms = duration.count();
    course.sha256 = std::string(63, 'a') + std::to_string(no);
    library::insert(database, course);
  }
  void import_roster(Database& database) {
    people::RosterFile roster;
    for (const auto* number : {"001", "002"}) {
      people::RosterEntry entry;
      entry.number = number;
      entry.name = std::string("学员") + number;
      entry.group = "一组";
      entry.category = people::Category::member;
      roster.entries.push_back(entry);
    }
    people::import(database, roster, kZone.date_of(clock_.now()));
  }

  // The daemon comes up: recovery, then run.
  void power_on() {
    playout_ = std::make_unique<Playout>(loop_.get_executor(), parts());
    timetable_->load(*open_read_only(file_));
    test::run(loop_, playout_->recover());
    ended_ = record_ended_ = false;
    auto done = [this](std::exception_ptr) { ended_ = true; };
    asio::co_spawn(loop_, playout_->run(), asio::bind_cancellation_slot(cancel_.slot(), done));
    auto record_done = [this](std::exception_ptr) { record_ended_ = true; };
    asio::co_spawn(loop_, playout_->run_record(),
                   asio::bind_cancellation_slot(cancel_record_.slot(), record_done));
    settle();
  }
  // kill -9: nothing is written any more.
  void power_off() {
    if (!playout_) return;
    cancel_.emit(asio::cancellation_type::terminal);
    cancel_record_.emit(asio::cancellation_type::terminal);
    for (int i = 0; i < 100 && !(ended_ && record_ended_); ++i) settle();
    EXPECT_TRUE(ended_ && record_ended_) << "cancellation does not end run()";
    playout_.reset();
  }
  Playout::Parts parts() {
    auto find = [this](std::int64_t no) { return find_file(no); };
    return {*timetable_, *sessions_, *ledger_,   decks_,  clock_,     kZone,      find,
            *files_,     workers_,   emergency_, player_, scheduler_, minutes(30)};
  }
  awaitable<MediaFile> find_file(std::int64_t no) {
    MediaFile file;
    file.path = "/objects/" + std::to_string(no);
    file.there = !gone_.contains(no);
    co_return file;
  }

  // Runs all that is ready, the writer's answers included: a step is a chain of fewer units than this.
  void settle() {
    for (int i = 0; i < 16; ++i) {
      test::settle(loop_);
      sync();
    }
    test::settle(loop_);
  }
  void sync() {
    auto nothing = [](logs::Transaction&) { return 0; };
    test::run(loop_, ledger_->write(nothing));
    auto rest = [] { return 0; };
    test::run(loop_, workers_.run(rest));
  }
  void advance(milliseconds span) {
    clock_.advance(span);
    settle();
  }
  void advance_to(const char* time) { advance(at(time) - clock_.now()); }
  void emit(const player::DeckEvent& event) {
    deck_.emit(event);
    settle();
  }

  ProgrammeDraft draft(const char* start, std::vector<std::int64_t> rundown = {2}, const char* rule = "") {
    ProgrammeDraft d;
    d.title = "晚间课堂";
    d.kind = Kind::group;
    d.local_start = local(start);
    d.rundown = std::move(rundown);
    d.rrule = rule;
    return d;
  }
  Programme add(ProgrammeDraft d) {
    auto added = test::run(loop_, timetable_->add(std::move(d), "operator"));
    EXPECT_TRUE(added) << added.error().code;
    settle();
    return added.value_or(Programme{});
  }

  // The payloads of the journal's records of one kind.
  std::vector<json::object> events(const std::string& kind) {
    std::vector<json::object> found;
    auto database = open_read_only(file_);
    logs::journal::each(*database, 1, [&](const logs::Record& record) {
      const auto fields = record.fields();
      if (get_string(fields, "kind") == kind) found.push_back(get_object(fields, "payload"));
      return true;
    });
    return found;
  }
  // "a b" of two members of each record of a kind; for reading in a comparison.
  std::vector<std::string> brief(const std::string& kind, std::vector<std::string> members) {
    std::vector<std::string> out;
    for (const auto& event : events(kind)) {
      std::string line;
      for (const auto& member : members) {
        const auto& value = event.at(member);
        line += (line.empty() ? "" : " ") +
                (value.is_string() ? std::string(value.get_string()) : std::to_string(value.get_int64()));
      }
      out.push_back(line);
    }
    return out;
  }
  std::int64_t rows(const char* table) {
    auto database = open_read_only(file_);
    return sql::number(*database, (std::string("SELECT count(*) FROM ") + table).c_str(), 0);
  }

  // What the deck says of item `item` of the newest order.
  std::uint64_t order() const { return deck_.armed().empty() ? 0 : deck_.armed().back().id; }
  void starts(std::size_t item = 0) {
    emit(player::Started{order(), item, clock_.now(), clock_.now() + milliseconds(5)});
  }
  std::vector<PlaySpan> span(milliseconds length) const {
    return {{to_ms(clock_.now() - length), 0, length.count()}};
  }
  void plays(milliseconds length, std::size_t item = 0) {
    emit(player::Progress{order(), item, length, span(length)});
  }
  void item_ends(milliseconds played, std::size_t item = 0, player::ItemEnd why = player::ItemEnd::eof) {
    emit(player::ItemEnded{order(), item, why, played, 0, span(played), ""});
  }
  void finishes(player::OrderEnd why = player::OrderEnd::played) { emit(player::Finished{order(), why, ""}); }

  test::TempFolder folder_;
  fs::path file_ = folder_ / "station.db";
  asio::io_context loop_;
  test::ManualClock clock_;
  test::FakeDeck deck_;
  std::vector<Playout::NamedDeck> decks_{{"A", deck_}};
  config::Player player_;
  config::Scheduler scheduler_;
  std::set<std::int64_t> gone_;  // courseware without its object
  Workers workers_{1};
  fs::path emergency_ = folder_ / "emergency.log";
  std::unique_ptr<Files> files_ = std::make_unique<Files>();
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<logs::Ledger> ledger_;
  std::unique_ptr<logs::Sessions> sessions_;
  std::unique_ptr<Timetable> timetable_;
  std::unique_ptr<Playout> playout_;
  asio::cancellation_signal cancel_, cancel_record_;
  bool ended_ = true, record_ended_ = true;
};

}  // namespace edu::scheduler
