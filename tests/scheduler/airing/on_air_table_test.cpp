#include "scheduler/airing/on_air_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sql.h"

namespace edu::scheduler {
namespace {

Database in_memory() { return Database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE); }

on_air::Row row(const char* deck, std::int64_t play) {
  return {deck, "P1@2026-11-22T19:30:00", 4, play, {{1000, 0, 500}}, "x11/pulse", 1500, 1, 70, 0};
}

TEST(OnAirTable, HasOneRowForEachDeck) {
  auto database = in_memory();
  on_air::create(database);
  on_air::create(database);
  on_air::put(database, row("B", 7));
  on_air::put(database, row("A", 8));
  on_air::put(database, row("A", 9));
  auto rows = on_air::rows(database);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].deck, "A");
  EXPECT_EQ(rows[0].play, 9);
  EXPECT_EQ(rows[1].deck, "B");
  EXPECT_EQ(rows[1].spans, (std::vector<PlaySpan>{{1000, 0, 500}}));
  on_air::clear(database, "A");
  rows = on_air::rows(database);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].deck, "B");
}

TEST(OnAirTable, TakesOverTheRowOfTheTableForOneDeck) {
  auto database = in_memory();
  database.exec(
      "CREATE TABLE on_air(one INTEGER PRIMARY KEY CHECK(one = 1), occurrence TEXT NOT NULL, "
      "session INTEGER NOT NULL, play INTEGER NOT NULL, spans TEXT NOT NULL, equipment TEXT NOT NULL, "
      "at_ms INTEGER NOT NULL) STRICT");
  database.exec(
      "INSERT INTO on_air VALUES(1, 'P1@2026-11-22T19:30:00', 4, 9, "
      "'[{\"wall_ms\":1000,\"media_ms\":0,\"length_ms\":500}]', 'x11/pulse', 1500)");
  on_air::create(database);
  const auto rows = on_air::rows(database);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].deck, "A");
  EXPECT_EQ(rows[0].key, "P1@2026-11-22T19:30:00");
  EXPECT_EQ(rows[0].session, 4);
  EXPECT_EQ(rows[0].play, 9);
  EXPECT_EQ(rows[0].spans, (std::vector<PlaySpan>{{1000, 0, 500}}));
  EXPECT_EQ(rows[0].equipment, "x11/pulse");
  EXPECT_EQ(rows[0].at_ms, 1500);
  on_air::put(database, row("A", 10));
  EXPECT_EQ(on_air::rows(database).size(), 1u);
}

}  // namespace
}  // namespace edu::scheduler
