#include <set>

#include <gtest/gtest.h>

#include "sending.h"

namespace edu::send {
namespace {

using test::noise;
using test::Sending;

class SpoolTest : public ::testing::Test {
 protected:
  void prepare(Scheme scheme, std::size_t size) {
    sending_.settings.scheme = scheme;
    sending_.file("lesson", noise(size));
    objects_ = find_objects(sending_.settings).value();
    ASSERT_TRUE(add_oti(objects_, sending_.settings));
  }

  // More than stays in memory.
  Stretch large() {
    prepare(Scheme::rs, 15'000'000);
    return {true, 0, fec::Partition(*objects_[0].file.oti).blocks(), 0, 20};
  }

  Sending sending_;
  std::vector<Object> objects_;
  const std::atomic<bool> going_ = false;  // nobody stops it
};

TEST_F(SpoolTest, HoldsTheSymbolsThatTheEncoderMakes) {
  for (const auto scheme : test::schemes()) {
    if (scheme == Scheme::none) continue;
    prepare(scheme, 1'000'000);
    const auto& oti = *objects_[0].file.oti;
    const fec::Partition partition(oti);
    const Stretch stretch{true, 0, partition.blocks(), 1, 3};
    const Spool spool(objects_[0], stretch, sending_.settings.spool, going_);
    const auto whole = noise(1'000'000);
    for (std::uint32_t sbn = 0; sbn < partition.blocks(); ++sbn) {
      const auto block = partition.block(sbn);
      test::Bytes source(std::size_t{block.symbols} * oti.symbol);
      std::copy_n(whole.begin() + static_cast<std::ptrdiff_t>(block.offset), block.bytes, source.begin());
      const auto encoder = fec::make_encoder(oti, block, source);
      for (std::uint32_t i = 1; i < 4; ++i) {
        test::Bytes expected(oti.symbol), kept(oti.symbol);
        encoder->symbol(block.symbols + i, expected);
        spool.read(sbn, block.symbols + i, kept);
        EXPECT_EQ(kept, expected);
      }
    }
  }
}

TEST_F(SpoolTest, LeavesNothingBehind) {
  const auto stretch = large();
  const std::filesystem::path folder = sending_.folder / "spool";
  std::filesystem::create_directory(folder);
  const Spool spool(objects_[0], stretch, folder, going_);
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST_F(SpoolTest, NamesTheFolderThatItCannotWriteTo) {
  const auto stretch = large();
  EXPECT_THROW(Spool(objects_[0], stretch, "/no/such/folder", going_), std::system_error);
}

TEST_F(SpoolTest, StaysInMemoryWhereItIsSmall) {
  prepare(Scheme::rs, 1000);
  EXPECT_NO_THROW(Spool(objects_[0], {true, 0, 1, 0, 1}, "/no/such/folder", going_));
}

TEST_F(SpoolTest, IsFedInTheOrderOfThePlan) {
  prepare(Scheme::rs, 2'000'000);
  sending_.settings.passes = 2;
  sending_.settings.window_mib = 1;
  Feed feed(objects_, sending_.settings);
  std::uint32_t next_repair = 0;
  for (unsigned pass = 0; pass < 2; ++pass) {
    const auto plan =
        plan_pass(*objects_[0].file.oti, interleaving_of(sending_.settings, objects_[0]), pass, next_repair);
    for (std::size_t i = 0; i < plan.size(); ++i) {
      auto job = feed.next();
      ASSERT_TRUE(job);
      EXPECT_EQ(job->stretch, plan[i]);
      EXPECT_EQ(job->pass, pass);
      EXPECT_EQ(job->last_of_object, i + 1 == plan.size());
      EXPECT_EQ(job->spool.valid(), plan[i].repair);
    }
  }
  EXPECT_FALSE(feed.next());
}

TEST_F(SpoolTest, HasNothingToFeedOfEmptyFiles) {
  prepare(test::schemes().back(), 0);
  sending_.settings.passes = 0;  // for ever
  EXPECT_FALSE(Feed(objects_, sending_.settings).next());
}

TEST_F(SpoolTest, EndsWhileItEncodes) {
  prepare(test::schemes().back(), 20'000'000);
  Feed feed(objects_, sending_.settings);
  EXPECT_TRUE(feed.next());  // encoding has begun; that this test ends is what it tests
}

}  // namespace
}  // namespace edu::send
