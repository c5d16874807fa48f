// The demo's roster is what the demo's figures rest on: 20 people are expected of the first branch.
#include <algorithm>
#include <set>

#include <gmock/gmock.h>

#include "base/files.h"
#include "roster_fixture.h"

namespace edu::people::test {
namespace {

class DemoRoster : public RosterTest {
 protected:
  DemoRoster() { take(parsed(read_file(EDU_DEMO_ROSTER, kLargestRosterFile)).entries); }
  std::size_t with_role(Role role) {
    const auto people = list(database_, day("2026-06-01"));
    return static_cast<std::size_t>(std::count_if(people.begin(), people.end(), [&](const Person& p) {
      return std::count(p.roles.begin(), p.roles.end(), role) > 0;
    }));
  }
};

TEST_F(DemoRoster, HasThirtyFourPeopleInThreeGroups) {
  EXPECT_EQ(list(database_, day("2026-06-01")).size(), 34u);
  EXPECT_THAT(groups(database_, day("2026-06-01")),
              testing::UnorderedElementsAre(Group{"第一党支部", 22, 21}, Group{"第二党支部", 8, 8},
                                            Group{"青年学习小组", 4, 4}));
}

TEST_F(DemoRoster, ExpectsTwentyOfTheFirstBranch) {
  const std::vector<Category> counted{Category::member, Category::cadre, Category::probationary};
  const auto expected = expected_on(database_, day("2026-06-01"), {"第一党支部"}, counted);
  EXPECT_EQ(expected.size(), 20u);
  for (const auto& person : expected) EXPECT_EQ(person.status, Status::on_roll) << person.name;
}

TEST_F(DemoRoster, HasItsStaff) {
  EXPECT_EQ(with_role(Role::station_operator), 1u);
  EXPECT_EQ(with_role(Role::tutor), 2u);
}

TEST_F(DemoRoster, HasNamesThatAreUnique) {
  std::set<std::string> seen;
  for (const auto& person : list(database_, day("2026-06-01"))) EXPECT_TRUE(seen.insert(person.name).second);
}

}  // namespace
}  // namespace edu::people::test
