#include "people/access/logins.h"

#include <gmock/gmock.h>

#include "people/access/accounts.h"

namespace edu::access {
namespace {

const WallTime kNow{std::chrono::hours(500'000)};

TEST(Logins, AreFoundByATokenThatIsNotKept) {
  Logins logins;
  const auto opened = logins.open("li", "10.0.0.1", "Firefox\n of somebody", kNow);
  EXPECT_EQ(opened.token.size(), 64u);
  EXPECT_EQ(opened.login.digest, digest_of_token(opened.token));
  EXPECT_NE(opened.login.digest, opened.token);
  EXPECT_EQ(opened.login.agent, "Firefox of somebody");
  ASSERT_NE(logins.find(opened.token, kNow), nullptr);
  EXPECT_EQ(logins.find(opened.token, kNow)->account, "li");
  EXPECT_EQ(logins.find(opened.login.digest, kNow), nullptr) << "what the table holds lets nobody in";
  EXPECT_EQ(logins.find("", kNow), nullptr);
}

TEST(Logins, EndTwelveHoursAfterTheyWereLastSeen) {
  Logins logins;
  const auto token = logins.open("li", "", "", kNow).token;
  EXPECT_NE(logins.find(token, kNow + Logins::kIdle), nullptr);
  EXPECT_NE(logins.find(token, kNow + 2 * Logins::kIdle), nullptr) << "it was seen in between";
  EXPECT_EQ(logins.find(token, kNow + 3 * Logins::kIdle + milliseconds(1)), nullptr);
  EXPECT_THAT(logins.all(kNow + 3 * Logins::kIdle + milliseconds(1)), testing::IsEmpty());
}

TEST(Logins, TellTheTableNowAndThen) {
  Logins logins;
  const auto opened = logins.open("li", "", "", kNow);
  const auto& digest = opened.login.digest;
  EXPECT_FALSE(logins.due(digest));
  logins.find(opened.token, kNow + Logins::kSeen);
  ASSERT_TRUE(logins.due(digest));
  EXPECT_FALSE(logins.due(digest)) << "it was told";
}

TEST(Logins, OfOneAccountAreBoundedTheOldestGivesWay) {
  Logins logins;
  const auto first = logins.open("li", "", "", kNow).login;
  const auto others = logins.open("wang", "", "", kNow);
  for (std::size_t i = 1; i < Logins::kOfOne; ++i)
    EXPECT_THAT(logins.open("li", "", "", kNow + milliseconds(i)).ended, testing::IsEmpty());
  EXPECT_THAT(logins.open("li", "", "", kNow + milliseconds(99)).ended, testing::ElementsAre(first));
  EXPECT_EQ(logins.of("li").size(), Logins::kOfOne);
  EXPECT_NE(logins.find(others.token, kNow), nullptr);
}

TEST(Logins, SurviveARestart) {
  Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  create_tables(database);
  Logins before;
  const auto opened = before.open("li", "10.0.0.1", "Firefox", kNow);
  keep(database, opened.login);
  auto seen = opened.login;
  seen.used += milliseconds(5);
  keep(database, seen);
  EXPECT_THAT(stored_logins(database), testing::ElementsAre(seen));
  Logins after;
  after.load(stored_logins(database));
  EXPECT_NE(after.find(opened.token, kNow), nullptr);
  drop(database, opened.login.digest);
  EXPECT_THAT(stored_logins(database), testing::IsEmpty());
}

}  // namespace
}  // namespace edu::access
