#include "people/access/accounts.h"

#include <gmock/gmock.h>

namespace edu::access {
namespace {

Account account(std::string id, std::string name, Roles roles = {Role::station_operator}) {
  return {.id = std::move(id),
          .name = std::move(name),
          .roles = std::move(roles),
          .enabled = true,
          .kept = "hash"};
}

class AccountsTest : public testing::Test {
 protected:
  AccountsTest() : database_(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
    create_tables(database_);
    create_tables(database_);
  }
  Database database_;
};

TEST_F(AccountsTest, KeepsWhatItIsGiven) {
  const auto li = account("a1", "李敏", {Role::tutor, Role::auditor});
  ASSERT_TRUE(insert(database_, li));
  EXPECT_THAT(accounts(database_), testing::ElementsAre(li));
  set_roles(database_, "a1", {Role::station_operator});
  set_password(database_, "a1", "other");
  set_enabled(database_, "a1", false);
  const auto now = accounts(database_).at(0);
  EXPECT_EQ(now.roles, Roles{Role::station_operator});
  EXPECT_EQ(now.kept, "other");
  EXPECT_FALSE(now.enabled);
}

TEST_F(AccountsTest, HasEachNameOnceHoweverItIsTyped) {
  ASSERT_TRUE(insert(database_, account("a1", "Wang Wei")));
  const auto again = insert(database_, account("a2", "ＷＡＮＧ　wei"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "access.name_taken");
  EXPECT_EQ(insert(database_, account("a3", " ")).error().code, "access.name_missing");
  EXPECT_EQ(insert(database_, account("a3", "a/b")).error().code, "access.name_text");
  EXPECT_EQ(insert(database_, account("a3", std::string(kLongestName + 1, 'x'))).error().code,
            "access.name_long");
  EXPECT_EQ(named(accounts(database_), "wang  WEI")->id, "a1");
}

TEST_F(AccountsTest, OffersTheNearestName) {
  ASSERT_TRUE(insert(database_, account("a1", "wangwei")));
  const auto wrong = named(accounts(database_), "wangwey");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, "access.account_unknown_near");
  EXPECT_EQ(wrong.error().args.at("nearest"), "wangwei");
  EXPECT_EQ(named(accounts(database_), "somebody else").error().code, "access.account_unknown");
}

TEST_F(AccountsTest, GoWithTheirPerson) {
  ASSERT_TRUE(insert(database_, account("a1", "one")));
  ASSERT_TRUE(insert(database_, account("a2", "two")));
  EXPECT_EQ(insert(database_, account("a1", "three")).error().code, "access.person_has");
  EXPECT_TRUE(move(database_, "a1", "a9"));
  EXPECT_EQ(named(accounts(database_), "one")->id, "a9");
  EXPECT_TRUE(move(database_, "a2", "a9")) << "who has one already keeps theirs";
  EXPECT_EQ(accounts(database_).size(), 1u);
  EXPECT_FALSE(move(database_, "a2", "a9"));
  EXPECT_TRUE(erase(database_, "a9"));
  EXPECT_FALSE(erase(database_, "a9"));
}

TEST_F(AccountsTest, AreBounded) {
  for (std::size_t i = 0; i < kMostAccounts; ++i)
    ASSERT_TRUE(insert(database_, account("a" + std::to_string(i), "name " + std::to_string(i))));
  EXPECT_EQ(insert(database_, account("more", "more")).error().code, "access.too_many");
}

}  // namespace
}  // namespace edu::access
