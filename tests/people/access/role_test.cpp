#include "people/access/role.h"

#include <gmock/gmock.h>

namespace edu::access {
namespace {

using testing::ElementsAre;

TEST(AccountRoles, AreTypedInEitherLanguage) {
  EXPECT_THAT(*typed_roles({"辅导员", "Operator"}), ElementsAre(Role::station_operator, Role::tutor));
  EXPECT_THAT(*typed_roles({"tutor，auditor", "tutor"}), ElementsAre(Role::tutor, Role::auditor));
}

TEST(AccountRoles, AreRefusedByName) {
  EXPECT_EQ(typed_roles({}).error().code, "access.role_missing");
  EXPECT_EQ(typed_roles({" , "}).error().code, "access.role_missing");
  const auto refused = typed_roles({"boss"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "access.role_unknown");
  EXPECT_EQ(refused.error().args.at("role"), "boss");
}

TEST(AccountRoles, AreStoredAsKeys) {
  const Roles roles{Role::tutor, Role::supervisor};
  EXPECT_EQ(stored(roles), "tutor supervisor");
  EXPECT_EQ(stored_roles(stored(roles)), roles);
  EXPECT_EQ(stored_roles("tutor of_a_later_version"), Roles{Role::tutor});
  EXPECT_EQ(labels(Language::zh, roles), "辅导员、主管");
}

}  // namespace
}  // namespace edu::access
