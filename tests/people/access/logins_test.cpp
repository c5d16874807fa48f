#include "people/access/logins.h"

#include <gmock/gmock.h>

#include "people/access/accounts.h"

namespace edu::access {
namespace {

const WallTime kNow{std::chrono::hours(500'000)};

// As the gate does it: the table first, then the memory.
Logins::Opening opened(Logins& logins, const std::string& account, WallTime now,
                       const std::string& agent = {}) {
  auto opening = logins.opening(account, "10.0.0.1", agent, now);
  for (const auto& one : opening.ended) logins.end(one.digest);
  logins.add(opening.login);
  return opening;
}

TEST(Logins, AreFoundByATokenThatIsNotKept) {
  Logins logins;
  const auto opening = logins.opening("li", "10.0.0.1", "Firefox\n of somebody", kNow);
  EXPECT_EQ(opening.token.size(), 64u);
  EXPECT_EQ(opening.login.digest, digest_of_token(opening.token));
  EXPECT_NE(opening.login.digest, opening.token);
  EXPECT_EQ(opening.login.agent, "Firefox of somebody");
  EXPECT_EQ(logins.find(opening.token, kNow), nullptr) << "it is not in the table yet";
  logins.add(opening.login);
  ASSERT_NE(logins.find(opening.token, kNow), nullptr);
  EXPECT_EQ(logins.find(opening.token, kNow)->account, "li");
  EXPECT_EQ(logins.find(opening.login.digest, kNow), nullptr) << "what the table holds lets nobody in";
  EXPECT_EQ(logins.find("", kNow), nullptr);
}

TEST(Logins, EndTwelveHoursAfterTheyWereLastUsed) {
  Logins logins;
  const auto token = opened(logins, "li", kNow).token;
  EXPECT_NE(logins.find(token, kNow + Logins::kIdle), nullptr);
  EXPECT_NE(logins.find(token, kNow + 2 * Logins::kIdle), nullptr) << "it was used in between";
  EXPECT_NE(logins.find(token, kNow + 3 * Logins::kIdle, false), nullptr);
  EXPECT_EQ(logins.find(token, kNow + 3 * Logins::kIdle + milliseconds(1)), nullptr) << "a look is no use";
  EXPECT_THAT(logins.all(kNow + 3 * Logins::kIdle + milliseconds(1)), testing::IsEmpty());
}

TEST(Logins, AreNotLongerForAClockThatWasAhead) {
  Logins logins;
  const auto token = opened(logins, "li", kNow + std::chrono::hours(100'000)).token;
  EXPECT_NE(logins.find(token, kNow, false), nullptr);
  EXPECT_EQ(logins.find(token, kNow + Logins::kIdle + milliseconds(1)), nullptr);
}

TEST(Logins, TellTheTableNowAndThen) {
  Logins logins;
  const auto opening = opened(logins, "li", kNow);
  const auto& digest = opening.login.digest;
  EXPECT_FALSE(logins.due(digest));
  logins.find(opening.token, kNow + Logins::kSeen);
  ASSERT_TRUE(logins.due(digest));
  ASSERT_TRUE(logins.due(digest)) << "it could not be told";
  logins.told(digest, kNow + Logins::kSeen);
  EXPECT_FALSE(logins.due(digest));
  EXPECT_FALSE(logins.due("nobody's"));
}

TEST(Logins, OfOneAccountAreBoundedTheOldestGivesWay) {
  Logins logins;
  const auto first = opened(logins, "li", kNow).login;
  const auto others = opened(logins, "wang", kNow);
  for (std::size_t i = 1; i < Logins::kOfOne; ++i)
    EXPECT_THAT(opened(logins, "li", kNow + milliseconds(i)).ended, testing::IsEmpty());
  EXPECT_THAT(opened(logins, "li", kNow + milliseconds(99)).ended, testing::ElementsAre(first));
  EXPECT_EQ(logins.of("li").size(), Logins::kOfOne);
  EXPECT_NE(logins.find(others.token, kNow), nullptr);
}

TEST(Logins, OfAllAreBoundedToo) {
  Logins logins;
  for (std::size_t i = 0; i < Logins::kOfAll; ++i)
    EXPECT_THAT(opened(logins, "a" + std::to_string(i), kNow + milliseconds(i)).ended, testing::IsEmpty());
  EXPECT_EQ(opened(logins, "one more", kNow + milliseconds(9999)).ended.size(), 1u);
  EXPECT_THAT(logins.of("a0"), testing::IsEmpty());
  EXPECT_EQ(logins.all(kNow + milliseconds(9999)).size(), Logins::kOfAll);
}

TEST(Logins, SurviveARestart) {
  Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  create_tables(database);
  Logins before;
  const auto opening = opened(before, "li", kNow, "Firefox");
  keep(database, opening.login);
  auto used = opening.login;
  used.used += milliseconds(5);
  see(database, used);
  EXPECT_THAT(stored_logins(database), testing::ElementsAre(used));
  Logins after;
  after.load(stored_logins(database));
  EXPECT_NE(after.find(opening.token, kNow), nullptr);
  drop(database, opening.login.digest);
  see(database, used);
  EXPECT_THAT(stored_logins(database), testing::IsEmpty()) << "one that has ended does not come back";
}

}  // namespace
}  // namespace edu::access
