#include <gtest/gtest.h>

#include "sending.h"

namespace edu::send {
namespace {

using test::Bytes;
using test::noise;
using test::Sending;
using test::SmallReceiver;

constexpr std::size_t kIpAndUdp = 28;

TEST(Carousel, DeliversEveryFileWithEveryScheme) {
  for (const auto scheme : test::schemes())
    for (const std::uint8_t version : {std::uint8_t{1}, std::uint8_t{2}}) {
      Sending sending;
      sending.settings.scheme = scheme;
      sending.settings.flute_version = version;
      sending.settings.window_mib = 1;
      sending.settings.fti = version == 1 ? Fti::all : Fti::some;
      sending.file("a/lesson one.mp4", noise(1'500'000));
      sending.file("tiny", {7});
      sending.file("empty", {});
      SmallReceiver receiver;
      ASSERT_TRUE(sending.run([&](auto datagram) { receiver.hear(datagram); }));
      EXPECT_TRUE(receiver.complete() && receiver.closed);
      EXPECT_EQ(receiver.files().at("a/lesson%20one.mp4"), noise(1'500'000));
      EXPECT_EQ(receiver.files().at("tiny"), Bytes{7});
      EXPECT_EQ(receiver.fdt.files.size(), 3U);
      for (const auto& file : receiver.fdt.files) EXPECT_TRUE(file.md5);
      EXPECT_EQ(sending.counts.passes, 1U);
    }
}

TEST(Carousel, SaysWhenRaptorQWasLeftOut) {
  if (fec::has_code(fec::Encoding::raptorq)) GTEST_SKIP() << "it is in this build";
  Sending sending;
  sending.settings.scheme = Scheme::raptorq;
  std::vector<Object> objects(1);
  objects[0].file.content_length = 1000;
  EXPECT_EQ(add_oti(objects, sending.settings).error().code, "send.no_raptorq");
}

TEST(Carousel, BearsAFadeInOnePass) {
  for (const auto scheme : test::schemes()) {
    if (scheme == Scheme::none) continue;
    Sending sending;
    sending.settings.scheme = scheme;
    sending.settings.overhead = 10;
    sending.file("lesson", noise(6'000'000));
    SmallReceiver receiver;
    std::size_t number = 0;
    const std::size_t fade = 300;  // of some 4,600 packets
    ASSERT_TRUE(sending.run([&](auto datagram) {
      if (++number < 1000 || number > 1000 + fade) receiver.hear(datagram);
    }));
    EXPECT_EQ(receiver.files().at("lesson"), noise(6'000'000)) << static_cast<int>(scheme);
  }
}

TEST(Carousel, MakesUpInTheNextPassForWhatWasLost) {
  for (const auto scheme : test::schemes()) {
    Sending sending;
    sending.settings.scheme = scheme;
    sending.settings.passes = 0;
    sending.file("lesson", noise(600'000));
    SmallReceiver receiver;
    std::mt19937 random(5);
    ASSERT_TRUE(sending.run(
        [&](auto datagram) {
          if (random() % 100 >= 30) receiver.hear(datagram);
        },
        [&] { return receiver.complete() || sending.pace.now() > std::chrono::minutes(2); }));
    EXPECT_EQ(receiver.files().at("lesson"), noise(600'000));
  }
}

// Datagrams until the object is complete, in percent of the object: the FEC's price and the headers'.
double wire_percent(unsigned loss_percent, double overhead) {
  constexpr std::size_t kObject = 20'000'000;
  Sending sending;
  sending.settings.scheme = Scheme::raptorq;
  sending.settings.overhead = overhead;
  sending.settings.passes = 0;
  sending.file("lesson", noise(kObject));
  SmallReceiver receiver;
  std::mt19937 random(loss_percent);
  std::uint64_t wire = 0;
  EXPECT_TRUE(sending.run(
      [&](auto datagram) {
        if (receiver.complete()) return;
        wire += datagram.size();
        if (random() % 100 >= loss_percent) receiver.hear(datagram);
      },
      [&] { return receiver.complete() || wire > 2 * kObject; }));
  EXPECT_TRUE(receiver.complete());
  return 100.0 * static_cast<double>(wire) / kObject;
}

TEST(Carousel, NeedsLittleMoreThanTheObjectWithRaptorQ) {
  if (!fec::has_code(fec::Encoding::raptorq)) GTEST_SKIP();
  EXPECT_LE(wire_percent(1, 1.5), 103);
  EXPECT_LE(wire_percent(5, 6.5), 108);
  EXPECT_LE(wire_percent(20, 28.5), 130);
}

// Of the data packets of one pass: how many have EXT_FTI, and how many follow one another without it.
struct WithFti {
  std::size_t with = 0, all = 0, longest_without = 0;
};
WithFti with_fti(Fti which, std::size_t file) {
  Sending sending;
  sending.settings.fti = which;
  sending.settings.rate = 10'000'000;
  sending.file("lesson", noise(file));
  WithFti found;
  std::size_t without = 0;
  EXPECT_TRUE(sending.run([&](auto datagram) {
    const auto packet = flute::read_packet(datagram).value();
    if (packet.toi.is_fdt()) return;
    ++found.all;
    if (!packet.fti.empty()) ++found.with, without = 0;
    if (packet.fti.empty()) found.longest_without = std::max(found.longest_without, ++without);
  }));
  return found;
}

TEST(Carousel, SaysInSomePacketsHowAnObjectIsCut) {
  const auto some = with_fti(Fti::some, 20'000'000);
  EXPECT_LT(some.with, some.all / 10) << "it costs hardly anything";
  EXPECT_LE(some.longest_without, 100U) << "who comes late need not wait";
  const auto small = with_fti(Fti::some, 2000);
  EXPECT_EQ(small.with, small.all);
  const auto all = with_fti(Fti::all, 2'000'000), none = with_fti(Fti::none, 2'000'000);
  EXPECT_EQ(all.with, all.all);
  EXPECT_EQ(none.with, 0U);
}

TEST(Carousel, SendsTheFdtFirstInEveryPassAndInBetween) {
  Sending sending;
  sending.settings.passes = 3;
  sending.settings.scheme = Scheme::none;
  sending.settings.rate = 1'000'000;
  sending.settings.fdt_interval_s = 1;
  sending.file("lesson", noise(500'000));  // 4 s a pass
  std::vector<std::size_t> fdts;
  std::size_t number = 0;
  ASSERT_TRUE(sending.run([&](auto datagram) {
    if (flute::read_packet(datagram).value().toi.is_fdt()) fdts.push_back(number);
    ++number;
  }));
  EXPECT_EQ(fdts.front(), 0U);
  EXPECT_GE(fdts.size(), 12U);
  EXPECT_LE(fdts.size(), 18U);
  EXPECT_EQ(fdts.size(), sending.counts.fdt_packets);
}

TEST(Carousel, ClosesTheObjectInItsLastPassAndTheSessionAtTheEnd) {
  Sending sending;
  sending.settings.passes = 2;
  sending.file("a", noise(5000));
  sending.file("b", noise(5000));
  std::vector<flute::Toi> closed;
  std::size_t after_a = 0, number = 0, session = 0;
  ASSERT_TRUE(sending.run([&](auto datagram) {
    const auto packet = flute::read_packet(datagram).value();
    ++number;
    if (packet.close_object) closed.push_back(packet.toi);
    if (packet.close_session) ++session;
    after_a += !closed.empty() && packet.toi.low == 1;
  }));
  EXPECT_EQ(closed, (std::vector<flute::Toi>{{0, 1}, {0, 2}}));
  EXPECT_EQ(after_a, 1U);  // the packet that says so is its last
  EXPECT_EQ(session, 3U);
}

TEST(Carousel, GoesAsFastAsItMayAndNotFaster) {
  Sending sending;
  sending.settings.rate = 2'000'000;
  sending.file("lesson", noise(1'000'000));
  std::uint64_t bits = 0, worst = 0;
  ASSERT_TRUE(sending.run([&](auto datagram) {
    bits += (datagram.size() + kIpAndUdp) * 8;
    const auto allowed = static_cast<std::uint64_t>(sending.pace.now().count()) * 2 / 1000;  // 2 bits a µs
    if (bits > allowed) worst = std::max(worst, bits - allowed);
  }));
  EXPECT_LT(worst, 5 * 1500 * 8U);  // never more than a batch ahead
  const auto seconds = std::chrono::duration<double>(sending.pace.now()).count();
  EXPECT_NEAR(static_cast<double>(bits) / seconds, 2e6, 2e4);
  EXPECT_EQ(sending.counts.wire_bytes, bits / 8);
}

TEST(Carousel, EndsAfterItsBytes) {
  Sending sending;
  sending.settings.passes = 0;
  sending.settings.scheme = test::schemes().back();
  sending.settings.until_bytes = 3'000'000;
  sending.file("lesson", noise(1'000'000));
  ASSERT_TRUE(sending.run([](auto) {}));
  EXPECT_GE(sending.counts.wire_bytes, 3'000'000U);
  EXPECT_LT(sending.counts.wire_bytes, 3'200'000U);
  EXPECT_GE(sending.counts.passes, 2U);
}

TEST(Carousel, EndsWhenItIsTold) {
  Sending sending;
  sending.settings.passes = 0;
  sending.file("lesson", noise(1'000'000));
  std::size_t number = 0;
  bool closed = false;
  ASSERT_TRUE(sending.run(
      [&](auto datagram) {
        ++number;
        closed = flute::read_packet(datagram).value().close_session;
      },
      [&] { return number >= 100; }));
  EXPECT_LT(number, 200U);
  EXPECT_TRUE(closed);
}

TEST(Carousel, RefusesAFileThatIsChangedMeanwhile) {
  Sending sending;
  sending.settings.passes = 0;
  sending.file("lesson", noise(100'000));
  std::size_t number = 0;
  bool closed = false;
  const auto outcome = sending.run([&](auto datagram) {
    if (++number == 10) sending.file("lesson", noise(100'001));
    closed = flute::read_packet(datagram).value().close_session;
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, "send.changed");
  EXPECT_TRUE(closed);
}

TEST(Carousel, RenewsItsFdtBeforeItExpires) {
  Sending sending;
  sending.settings.passes = 20;
  sending.settings.rate = 1'000'000;
  sending.settings.expires_s = 20;
  sending.file("lesson", noise(500'000));
  std::map<std::uint32_t, std::int64_t> expires;
  SmallReceiver receiver;
  ASSERT_TRUE(sending.run([&](auto datagram) {
    receiver.hear(datagram);
    if (!receiver.instance) return;
    expires[*receiver.instance] = receiver.fdt.expires.value();
    EXPECT_GT(receiver.fdt.expires.value(), sending.pace.unix_seconds());
  }));
  EXPECT_GE(expires.size(), 5U);
}

TEST(Carousel, SendsAListOfThousandsOfFiles) {
  Sending sending;
  for (int i = 0; i < 3000; ++i) sending.file("lesson-" + std::to_string(i), {static_cast<std::uint8_t>(i)});
  SmallReceiver receiver;
  ASSERT_TRUE(sending.run([&](auto datagram) { receiver.hear(datagram); }));
  EXPECT_EQ(receiver.files().size(), 3000U);
}

TEST(Carousel, SendsManifestsAheadOfTheirMedia) {
  Sending sending;
  sending.file("a.mp4", noise(3000));
  sending.file("b.manifest.json", noise(300));
  sending.file("b.manifest.json.minisig", noise(30));
  SmallReceiver receiver;
  std::vector<std::string> order;
  ASSERT_TRUE(sending.run([&](auto datagram) {
    receiver.hear(datagram);
    for (const auto& [name, bytes] : receiver.files())
      if (std::find(order.begin(), order.end(), name) == order.end()) order.push_back(name);
  }));
  EXPECT_EQ(order, (std::vector<std::string>{"b.manifest.json", "b.manifest.json.minisig", "a.mp4"}));
}

TEST(Carousel, RefusesDatagramsThatAreTooSmall) {
  Sending sending;
  sending.settings.payload = 20;
  sending.file("a", {1});
  const auto outcome = sending.run([](auto) {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, "send.no_room");
}

}  // namespace
}  // namespace edu::send
