#include <gmock/gmock.h>

#include "roster_fixture.h"

namespace edu::people::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ExpectedPeople : public RosterTest {
 protected:
  std::vector<std::string> expected(std::string_view on, const std::vector<std::string>& groups = {}) {
    return names(expected_on(database_, day(on), groups, counted_));
  }
  const std::vector<Category> counted_{Category::member, Category::cadre, Category::probationary};
};

TEST_F(ExpectedPeople, AreOfTheCountedCategories) {
  take({entry("1", "甲"), entry("2", "乙", Category::villager), entry("3", "丙", Category::applicant),
        entry("4", "丁", Category::cadre), entry("5", "戊", Category::probationary)});
  EXPECT_THAT(expected("2026-06-01"), ElementsAre("甲", "丁", "戊"));
  EXPECT_THAT(expected_on(database_, day("2026-06-01"), {}, {}), IsEmpty());
}

TEST_F(ExpectedPeople, AreOfTheInvitedGroups) {
  take(
      {in_group(entry("1", "甲"), "一"), in_group(entry("2", "乙"), "二"), in_group(entry("3", "丙"), "三")});
  EXPECT_THAT(expected("2026-06-01", {"一", "三"}), ElementsAre("甲", "丙"));
}

TEST_F(ExpectedPeople, LeaveWithTheDateOfTheirMobileStatusAndComeBackWithTheNext) {
  take({entry("1", "甲")}, "2026-01-01");
  take({with_status(entry("1", "甲"), Status::mobile, day("2026-03-01"))}, "2026-03-05");
  take({with_status(entry("1", "甲"), Status::on_roll, day("2026-05-01"))}, "2026-05-05");
  EXPECT_THAT(expected("2026-02-28"), ElementsAre("甲"));
  EXPECT_THAT(expected("2026-03-01"), IsEmpty());
  EXPECT_THAT(expected("2026-04-30"), IsEmpty());
  EXPECT_THAT(expected("2026-05-01"), ElementsAre("甲"));
}

TEST_F(ExpectedPeople, StayWhenIll) {
  take({with_status(entry("1", "甲"), Status::ill, day("2026-03-01"))});
  EXPECT_THAT(expected("2026-06-01"), ElementsAre("甲"));
}

TEST_F(ExpectedPeople, AreNotThoseWhoMovedOut) {
  take({with_status(entry("1", "甲"), Status::moved_out, day("2026-03-01"))});
  EXPECT_THAT(expected("2026-06-01"), IsEmpty());
}

TEST_F(ExpectedPeople, AreNotThoseWhoComeLater) {
  take({with_status(entry("1", "甲"), Status::on_roll, day("2026-07-01"))});
  EXPECT_THAT(expected("2026-06-30"), IsEmpty());
  EXPECT_EQ(groups(database_, day("2026-06-30")).at(0).on_roll, 0u);
  EXPECT_THAT(expected("2026-07-01"), ElementsAre("甲"));
}

}  // namespace
}  // namespace edu::people::test
