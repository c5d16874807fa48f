#include "people/access/attempts.h"

#include <gtest/gtest.h>

namespace edu::access {
namespace {

constexpr milliseconds kStart{1'000'000};

TEST(Attempts, LocksAnAccountAfterTenWrongOnesInARow) {
  Attempts attempts;
  for (int i = 0; i < Attempts::kInARow; ++i) {
    EXPECT_FALSE(attempts.locked("li", kStart));
    attempts.failed("li", "10.0.0." + std::to_string(i), kStart);
  }
  EXPECT_TRUE(attempts.locked("li", kStart));
  EXPECT_EQ(attempts.wait("li", "10.0.0.99", kStart), Attempts::kLock);
  EXPECT_EQ(attempts.wait("wang", "10.0.0.99", kStart), milliseconds(0));
  EXPECT_EQ(attempts.wait("li", "10.0.0.99", kStart + Attempts::kLock), milliseconds(0));
}

TEST(Attempts, OfTheNetworkNeverLockOutWhoSitsBeforeTheMachine) {
  Attempts attempts;
  for (int i = 0; i < 1000; ++i) attempts.failed("li", "10.0.0." + std::to_string(i % 200), kStart);
  EXPECT_GT(attempts.wait("li", "10.0.0.1", kStart), milliseconds(0));
  EXPECT_EQ(attempts.wait("li", "127.0.0.1", kStart), milliseconds(0));
}

TEST(Attempts, BeginAgainWithARightOne) {
  Attempts attempts;
  for (int round = 0; round < 20; ++round) {
    for (int i = 1; i < Attempts::kInARow; ++i)
      attempts.failed("li", "10.0.0." + std::to_string(i), kStart + round * Attempts::kWindow);
    attempts.succeeded("li", "10.0.0.1");
  }
  EXPECT_FALSE(attempts.locked("li", kStart + 20 * Attempts::kWindow));
}

TEST(Attempts, AreCountedByAddressAndForAll) {
  Attempts attempts;
  for (int i = 0; i < Attempts::kOfAddress; ++i) attempts.failed("", "10.0.0.1", kStart);
  EXPECT_EQ(attempts.wait("", "10.0.0.1", kStart + milliseconds(1000)),
            Attempts::kWindow - milliseconds(1000));
  EXPECT_EQ(attempts.wait("", "10.0.0.2", kStart), milliseconds(0));
  for (int i = Attempts::kOfAddress; i < Attempts::kOfAll; ++i)
    attempts.failed("", "10.0.1." + std::to_string(i), kStart);
  EXPECT_GT(attempts.wait("", "10.0.0.2", kStart), milliseconds(0));
  EXPECT_EQ(attempts.wait("", "10.0.0.2", kStart + Attempts::kWindow), milliseconds(0));
}

TEST(Attempts, AreLiftedByAnOperator) {
  Attempts attempts;
  for (int i = 0; i < Attempts::kInARow; ++i) {
    attempts.failed("li", "10.0.0.1", kStart);
    attempts.failed("li", "127.0.0.1", kStart);
  }
  attempts.lift("li");
  EXPECT_FALSE(attempts.locked("li", kStart));
}

}  // namespace
}  // namespace edu::access
