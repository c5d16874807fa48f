#include "receiver/multicast/assembly.h"

#include "bench.h"

namespace edu::multicast {
namespace {

class AssemblyTest : public Receiving {
 protected:
  std::shared_ptr<Assembly> assembly(const fec::Oti& oti, std::size_t memory = 1 << 20) {
    memory_ = std::make_unique<BlockMemory>(memory);
    Assembly::Parts parts{files_, *memory_, jobs_, [this](std::uint64_t) { return room_; }, {}};
    auto made = std::make_shared<Assembly>(std::move(parts), oti, folder_ / "object", ObjectKey{1});
    made->resume();
    return made;
  }
  // The symbol with this number, cut out of the content.
  static Bytes symbol(const Bytes& content, const fec::Oti& oti, std::uint64_t number) {
    const auto from = number * oti.symbol;
    const auto size = std::min<std::uint64_t>(oti.symbol, content.size() - from);
    return {content.begin() + static_cast<std::ptrdiff_t>(from),
            content.begin() + static_cast<std::ptrdiff_t>(from + size)};
  }
  static void feed(Assembly& to, const Bytes& content, std::uint64_t number) {
    to.take(to.id_of(number), symbol(content, to.oti(), number));
  }
  Result<Assembly::Delivered> finish(const std::shared_ptr<Assembly>& whole, Assembly::Finish what = {}) {
    what.ready = folder_ / "ready";
    what.file = {"192.0.2.1 TSI 7", "lessons", {}, {}, "course.mp4"};
    if (what.most == 0) what.most = 1 << 20;
    std::optional<Result<Assembly::Delivered>> result;
    whole->finish(what, [&](Result<Assembly::Delivered> r) { result = std::move(r); });
    jobs_.run_all();
    return std::move(*result);
  }

  // Repair symbol `esi` of a block of 800 bytes.
  static void feed_repair(Assembly& to, const Bytes& content, std::uint32_t block, std::uint32_t esi) {
    const std::span source(content.data() + block * 800, 800);
    Bytes repair(to.oti().symbol);
    fec::make_encoder(to.oti(), fec::Partition(to.oti()).block(block), source)->symbol(esi, repair);
    to.take({block, esi, 0}, repair);
  }

  test::LaterJobs jobs_;
  std::unique_ptr<BlockMemory> memory_;
  Result<void> room_;
};

TEST_F(AssemblyTest, PutsSymbolsOfAnyOrderToTheirPlaces) {
  const auto content = noise(12'345);
  auto one = assembly(no_code(content.size()));
  std::vector<std::uint64_t> order(one->symbols());
  std::iota(order.begin(), order.end(), 0u);
  std::shuffle(order.begin(), order.end(), std::minstd_rand(3));
  for (const auto number : order) {
    EXPECT_FALSE(one->whole());
    feed(*one, content, number);
  }
  ASSERT_TRUE(one->whole());
  const auto done = finish(one);
  ASSERT_TRUE(done);
  EXPECT_EQ(content_of(done->path), content);
  EXPECT_EQ(done->digest, Sha256().update(content).finish());
  EXPECT_EQ(done->path,
            path_of(folder_ / "ready", {"192.0.2.1 TSI 7", "lessons", {}, done->digest, "course.mp4"}));
  EXPECT_FALSE(fs::exists(folder_ / "object.map"));
}

TEST_F(AssemblyTest, CountsDuplicatesAndWhatIsOutOfRange) {
  const auto content = noise(1000);
  auto one = assembly(no_code(content.size()));
  feed(*one, content, 0);
  feed(*one, content, 0);
  EXPECT_EQ(one->counts().duplicate, 1u);
  one->take({99, 0, 0}, symbol(content, one->oti(), 0));  // no such block
  one->take({0, 77, 0}, symbol(content, one->oti(), 0));  // no such symbol
  one->take({0, 1, 0}, Bytes(99));                        // too short for one in the middle
  EXPECT_EQ(one->counts().out_of_range, 3u);
  EXPECT_EQ(one->symbols_have(), 1u);
}

TEST_F(AssemblyTest, TakesSeveralSymbolsOfOnePacket) {
  const auto content = noise(800);
  auto one = assembly(no_code(content.size()));
  one->take({0, 0, 0}, std::span(content).first(500));
  one->take({0, 5, 0}, std::span(content).subspan(500));
  EXPECT_TRUE(one->whole());
  EXPECT_EQ(content_of(finish(one)->path), content);
}

TEST_F(AssemblyTest, WritesEachCompleteBlockOnce) {
  const auto content = noise(8 * 100 * 4);
  auto one = assembly(no_code(content.size()));
  for (std::uint64_t i = 0; i < 8; ++i) feed(*one, content, i);
  const auto after_first = files_.operations();
  for (std::uint64_t i = 8; i < 24; ++i) feed(*one, content, i);
  EXPECT_EQ(files_.operations() - after_first, 2u);
}

TEST_F(AssemblyTest, SpillsToTheFileWhenTheMemoryIsUsedUp) {
  const auto content = noise(8 * 100 * 20);
  auto one = assembly(no_code(content.size()), 4 * 800);  // four of twenty blocks
  for (std::uint64_t i = 0; i < 8; ++i)
    for (std::uint64_t block = 0; block < 20; ++block) feed(*one, content, block * 8 + i);
  EXPECT_LE(memory_->used(), memory_->most());
  ASSERT_TRUE(one->whole());
  EXPECT_EQ(content_of(finish(one)->path), content);
}

TEST_F(AssemblyTest, DecodesABlockWhoseLastSymbolCameWhileOthersHeldTheMemory) {
  constexpr std::uint32_t kBlocks = 4;
  const auto content = noise(8 * 100 * kBlocks);
  auto oti = reed_solomon(content.size());
  auto one = assembly(oti, 1000);  // one of four blocks
  for (std::uint64_t i = 1; i < 8; ++i)
    for (std::uint64_t b = 0; b < kBlocks; ++b) feed(*one, content, b * 8 + i);
  for (std::uint32_t b = 0; b < kBlocks; ++b) feed_repair(*one, content, b, 8);
  jobs_.run_all();
  ASSERT_TRUE(one->whole());
  EXPECT_EQ(one->counts().repaired, kBlocks);
  EXPECT_EQ(content_of(finish(one)->path), content);
}

TEST_F(AssemblyTest, GoesOnAfterAPowerCutWithWhatACheckpointMadeDurable) {
  const auto content = noise(8 * 100 * 10);
  {
    auto one = assembly(no_code(content.size()));
    for (std::uint64_t i = 0; i < 45; ++i) feed(*one, content, i);
    one->checkpoint();
    jobs_.run_all();
    for (std::uint64_t i = 45; i < 50; ++i) feed(*one, content, i);  // lost with the memory
  }
  auto one = assembly(no_code(content.size()));
  EXPECT_EQ(one->symbols_have(), 45u);
  for (std::uint64_t i = 45; i < 80; ++i) feed(*one, content, i);
  ASSERT_TRUE(one->whole());
  EXPECT_EQ(content_of(finish(one)->path), content);
}

TEST_F(AssemblyTest, WhatAWorkerDecodesIsNotForgottenByAPowerCut) {
  const auto content = noise(800);
  for (const std::size_t memory : {4000, 100}) {  // a block in memory; one that is in the file and the spool
    {
      auto one = assembly(reed_solomon(content.size()), memory);
      for (std::uint64_t i = 1; i < 8; ++i) feed(*one, content, i);
      feed_repair(*one, content, 0, 8);  // a worker has it
      one->checkpoint();
      auto decoding = jobs_.take();
      jobs_.run_all();
      jobs_.lose();
    }
    const auto one = assembly(reed_solomon(content.size()));
    EXPECT_EQ(one->symbols_have(), 7u) << memory;
    one->abandon();
  }
}

TEST_F(AssemblyTest, DecodesAfterAPowerCutWhatWasThereInTime) {
  const auto content = noise(800);
  {
    auto one = assembly(reed_solomon(content.size()), 100);
    for (std::uint64_t i = 1; i < 8; ++i) feed(*one, content, i);
    feed_repair(*one, content, 0, 8);
    one->checkpoint();
    auto decoding = jobs_.take();
    jobs_.run_all();
    jobs_.lose();
  }
  auto one = assembly(reed_solomon(content.size()));
  EXPECT_FALSE(one->whole());
  one->checkpoint();  // not a packet of it comes any more
  jobs_.run_all();
  ASSERT_TRUE(one->whole());
  EXPECT_EQ(content_of(finish(one)->path), content);
}

TEST_F(AssemblyTest, ACheckpointWritesWhatCameSinceTheLast) {
  const auto content = noise(800);
  auto one = assembly(no_code(content.size()));
  for (const std::uint64_t i : {0, 1, 4}) feed(*one, content, i);
  one->checkpoint();
  jobs_.run_all();
  const auto before = files_.operations();
  one->checkpoint();
  jobs_.run_all();
  EXPECT_EQ(files_.operations(), before) << "nothing new";
  feed(*one, content, 2);
  one->checkpoint();
  EXPECT_EQ(files_.operations() - before, 1u) << "one symbol";
  jobs_.run_all();
}

TEST_F(AssemblyTest, KnowsARepairSymbolAgainInWhateverOrderTheyCome) {
  const auto content = noise(800);
  auto one = assembly(reed_solomon(content.size()));
  feed(*one, content, 0);
  for (const std::uint32_t esi : {9u, 11u, 10u, 11u, 9u}) feed_repair(*one, content, 0, esi);
  EXPECT_EQ(one->counts().taken, 4u);
  EXPECT_EQ(one->counts().duplicate, 2u);
}

TEST_F(AssemblyTest, AsksForRoomBeforeItWritesWhatIsDecoded) {
  const auto content = noise(800);
  auto one = assembly(reed_solomon(content.size()));
  room_ = refuse("library.no_space", {}, Refusal::Kind::no_space);
  for (std::uint64_t i = 1; i < 8; ++i) feed(*one, content, i);
  EXPECT_FALSE(one->failure()) << "in memory it takes no room";
  feed_repair(*one, content, 0, 8);
  ASSERT_TRUE(one->failure());
  EXPECT_EQ(one->failure()->code, "library.no_space");
  EXPECT_EQ(jobs_.waiting(), 0u);
}

TEST_F(AssemblyTest, OfTwentyGibibytesKeepsItsMemoryBound) {
  const auto oti = no_code(20ull << 30, 1428, 64);
  auto one = assembly(oti, 4 << 20);
  EXPECT_LT(Assembly::bookkeeping(oti), 6u << 20);
  const Bytes payload(1428, 0x5a);
  const auto step = one->symbols() / 5000;
  for (std::uint64_t i = 0; i < one->symbols(); i += step) one->take(one->id_of(i), payload);
  EXPECT_LE(memory_->used(), memory_->most());
  one->checkpoint();
  jobs_.run_all();
  EXPECT_FALSE(one->failure());
  const auto had = one->symbols_have();
  one.reset();
  EXPECT_EQ(assembly(oti, 4 << 20)->symbols_have(), had);
}

TEST_F(AssemblyTest, FailsWhenTheReserveWouldBeBreached) {
  room_ = refuse("library.no_space", {}, Refusal::Kind::no_space);
  auto one = assembly(no_code(1000));
  ASSERT_TRUE(one->failure());
  EXPECT_EQ(one->failure()->kind, Refusal::Kind::no_space);
}

TEST_F(AssemblyTest, ChecksTheMd5AndTheLengthThatWereDeclared) {
  const auto content = noise(900);
  for (const bool right : {true, false}) {
    auto one = assembly(no_code(content.size()));
    Assembly::Finish what;
    what.md5 = flute::Md5().update(content).finish();
    if (!right) (*what.md5)[3] ^= 1;
    for (std::uint64_t i = 0; i < 9; ++i) feed(*one, content, i);
    const auto done = finish(one, what);
    EXPECT_EQ(done.has_value(), right);
    EXPECT_EQ(done ? "" : done.error().code, right ? "" : "multicast.md5_mismatch");
    one->abandon();
  }
}

TEST_F(AssemblyTest, InflatesWithinTheDeclaredLengthOnly) {
  const Bytes content(100'000, 'x');
  const auto packed = flute::deflate(flute::ContentEncoding::gzip, content);
  for (const std::uint64_t declared : {content.size(), content.size() - 1, content.size() + 1}) {
    auto one = assembly(no_code(packed.size(), 50));
    for (std::uint64_t i = 0; i < one->symbols(); ++i) feed(*one, packed, i);
    ASSERT_TRUE(one->whole());
    Assembly::Finish what;
    what.content_encoding = flute::ContentEncoding::gzip;
    what.content_length = declared;
    const auto done = finish(one, what);
    EXPECT_EQ(done.has_value(), declared == content.size()) << declared;
    EXPECT_FALSE(fs::exists(folder_ / "object.part.out")) << "what is refused takes no room";
    EXPECT_EQ(done ? content_of(done->path) : content, content);
    one->abandon();
  }
}

TEST_F(AssemblyTest, ListsWhatIsMissing) {
  const auto content = noise(2000);
  auto one = assembly(no_code(content.size()));
  for (std::uint64_t i = 0; i < 20; ++i)
    if (i != 3 && i != 4 && i != 19) feed(*one, content, i);
  const auto gaps = one->gaps(10);
  ASSERT_EQ(gaps.size(), 2u);
  EXPECT_EQ(gaps[0].first, 3u);
  EXPECT_EQ(gaps[0].last, 4u);
  EXPECT_EQ(gaps[1].first, 19u);
  EXPECT_EQ(one->gaps(1).size(), 1u);
}

}  // namespace
}  // namespace edu::multicast
