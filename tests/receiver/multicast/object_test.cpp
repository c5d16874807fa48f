#include "receiver/multicast/object.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace edu::multicast {
namespace {

using enum ObjectState;
using testing::ElementsAre;

constexpr std::array kAll{held, announced, receiving, finishing, done, failed, refused};

std::vector<std::int64_t> numbers(const std::list<Object>& objects) {
  std::vector<std::int64_t> out;
  for (const auto& one : objects) out.push_back(one.no);
  return out;
}

TEST(Objects, LieInTheListOfTheirStateAndInNoOther) {
  static_assert(kAll.size() == kObjectStates);
  Objects objects;
  auto& object = objects.add({0, 1}, 1);
  objects.add({0, 2}, 2);
  for (const auto state : kAll) {
    objects.turn(object, state);
    EXPECT_EQ(object.state, state);
    for (const auto other : kAll)
      EXPECT_EQ(numbers(objects.in(other)).size(), (other == state) + (other == held ? 1u : 0u));
    EXPECT_EQ(objects.find({0, 1}), &object) << "it stays where it is";
  }
  EXPECT_EQ(objects.size(), 2u);
}

TEST(Objects, StandInTheOrderInWhichTheyCameIntoTheirState) {
  Objects objects;
  for (const std::uint64_t toi : {3, 1, 2}) objects.add({0, toi}, static_cast<std::int64_t>(toi));
  EXPECT_THAT(numbers(objects.in(held)), ElementsAre(3, 1, 2));
  objects.turn(*objects.find({0, 2}), receiving);
  objects.turn(*objects.find({0, 3}), receiving);
  objects.turn(*objects.find({0, 2}), receiving);  // it is already
  EXPECT_THAT(numbers(objects.in(receiving)), ElementsAre(2, 3));
  EXPECT_EQ(objects.underway(), 3u);
  objects.turn(*objects.find({0, 3}), done);
  EXPECT_EQ(objects.underway(), 2u);
}

TEST(Objects, AreGoneOnceTheyAreRemoved) {
  Objects objects;
  objects.add({0, 1}, 1);
  objects.turn(objects.add({0, 2}, 2), failed);
  objects.remove(*objects.find({0, 2}));
  EXPECT_FALSE(objects.find({0, 2}));
  EXPECT_THAT(objects.in(failed), testing::IsEmpty());
  EXPECT_THAT(objects.all(), ElementsAre(objects.find({0, 1})));
}

TEST(Objects, TakeSymbolsWhileTheyAreUnderWayAndNotWhole) {
  Objects objects;
  auto& object = objects.add({0, 1}, 1);
  EXPECT_FALSE(object.takes_symbols()) << "nothing is begun of it";
  object.underway = std::make_unique<Object::Underway>();
  for (const auto state : {held, receiving}) {
    objects.turn(object, state);
    EXPECT_TRUE(object.takes_symbols());
    EXPECT_THAT(objects.receiving(), ElementsAre(&object));
  }
  objects.turn(object, finishing);
  EXPECT_FALSE(object.takes_symbols());
  EXPECT_THAT(objects.receiving(), testing::IsEmpty());
}

TEST(Object, IsDescribedByWhatContradictsNothing) {
  Object object;
  object.what.name = "a.mp4";
  Description same = object.what;
  EXPECT_TRUE(object.is_described_by(same));
  same.length = 1000;
  EXPECT_TRUE(object.is_described_by(same)) << "it was not known before";
  object.what.length = 999;
  EXPECT_FALSE(object.is_described_by(same));
  object.what.length = 1000;
  same.oti.emplace().length = 1000;
  EXPECT_TRUE(object.is_described_by(same));
  object.what.oti.emplace().length = 1000;
  object.what.oti->symbol = 100;
  EXPECT_FALSE(object.is_described_by(same)) << "in symbols of another size";
  for (const auto change : {0, 1, 2, 3}) {
    Description other = object.what;
    if (change == 0) other.name = "b.mp4";
    if (change == 1) other.folder = "another";
    if (change == 2) other.md5.emplace();
    if (change == 3) other.encoding = flute::ContentEncoding::gzip;
    EXPECT_FALSE(object.is_described_by(other)) << change;
  }
}

}  // namespace
}  // namespace edu::multicast
