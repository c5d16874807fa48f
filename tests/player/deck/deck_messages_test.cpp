#include "player/deck/deck_messages.h"

#include <gtest/gtest.h>

#include "tests/support/fake_deck.h"

namespace edu::player {
namespace {

std::string_view bare(const std::string& line) {
  EXPECT_TRUE(line.ends_with('\n'));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  return std::string_view(line).substr(0, line.size() - 1);
}

TEST(DeckMessages, BringEveryOrderAcross) {
  const std::vector<DeckOrder> orders{
      ArmOrder{
          7, from_ms(1'795'000'000'123), {{"/var/lib/课件/a \"b\".mp4", milliseconds(2700)}, {"/b", {}}}},
      OrderTo{OrderTo::Verb::revoke, 1},
      OrderTo{OrderTo::Verb::stop, 2},
      OrderTo{OrderTo::Verb::pause, 3},
      OrderTo{OrderTo::Verb::resume, INT64_MAX},
      Ask{99},
      Quit{}};
  for (const auto& order : orders) {
    const auto line = to_line(order);
    const auto read = parse_order(bare(line));
    ASSERT_TRUE(read.has_value()) << line;
    EXPECT_EQ(*read, order) << line;
  }
}

TEST(DeckMessages, BringEveryMessageAcross) {
  const std::vector<PlaySpan> spans{{1'795'000'000'000, 0, 1000}, {1'795'000'009'000, 1000, 500}};
  const std::vector<DeckMessage> messages{
      Hello{"x11", "null", "mpv 0.35.1"},
      Alive{4, "null", "alsa"},
      Complaint{"no"},
      Ready{7},
      Started{7, 1, from_ms(1'795'000'000'000), from_ms(1'795'000'000'003)},
      Progress{7, 0, milliseconds(1500), spans},
      ItemEnded{7, 0, ItemEnd::error, milliseconds(1500), 12, spans, "loading failed"},
      Finished{7, OrderEnd::revoked, "why"}};
  for (const auto& message : messages) {
    const auto line = to_line(message);
    const auto read = parse_message(bare(line));
    ASSERT_TRUE(read.has_value()) << line;
    EXPECT_EQ(*read, message) << line;
  }
}

TEST(DeckMessages, RefuseOrdersOfAnotherForm) {
  for (const char* line :
       {"", "{}", "[]", "7", "{\"do\":\"dance\",\"id\":1}", "{\"do\":\"stop\"}",
        "{\"do\":\"stop\",\"id\":-1}", "{\"do\":\"stop\",\"id\":\"1\"}",
        "{\"do\":\"arm\",\"id\":1,\"at_ms\":5}", "{\"do\":\"arm\",\"id\":1,\"at_ms\":5,\"items\":[]}",
        "{\"do\":\"arm\",\"id\":1,\"at_ms\":5,\"items\":[{\"path\":\"http://x/\",\"declared_ms\":0}]}",
        "{\"do\":\"arm\",\"id\":1,\"at_ms\":5,\"items\":[{\"path\":\"relative\",\"declared_ms\":0}]}",
        "{\"do\":\"arm\",\"id\":1,\"at_ms\":5,\"items\":[7]}"})
    EXPECT_FALSE(parse_order(line).has_value()) << line;
}

TEST(DeckMessages, RefuseAnOrderWithTooManyItems) {
  ArmOrder order{1, from_ms(5), std::vector<DeckItem>(kMostItems + 1, DeckItem{"/a", {}})};
  EXPECT_FALSE(parse_order(bare(to_line(order))).has_value());
  order.items.pop_back();
  EXPECT_TRUE(parse_order(bare(to_line(order))).has_value());
}

TEST(DeckMessages, RefuseMessagesOfAnotherForm) {
  for (const char* line :
       {"", "{}", "{\"event\":\"party\"}", "{\"event\":\"ready\"}", "{\"event\":\"ready\",\"id\":1.5}",
        "{\"event\":\"started\",\"id\":1,\"item\":100000,\"at_ms\":1,\"first_frame_ms\":1}",
        "{\"event\":\"progress\",\"id\":1,\"item\":0,\"position_ms\":1}",
        "{\"event\":\"progress\",\"id\":1,\"item\":0,\"position_ms\":1,\"spans\":[{\"wall_ms\":1}]}",
        "{\"event\":\"finished\",\"id\":1,\"reason\":\"bored\",\"what\":\"\"}"})
    EXPECT_FALSE(parse_message(line).has_value()) << line;
}

TEST(DeckMessages, MakeOneCleanLineOfWhatMpvSays) {
  const auto line = to_line(Complaint{"bad\nname \xFF\x01 here" + std::string(5000, 'x')});
  const auto read = parse_message(bare(line));
  ASSERT_TRUE(read.has_value());
  EXPECT_LE(std::get<Complaint>(*read).what.size(), 500u);
}

TEST(FakeDeck, KeepsOrdersAndGoesDownWithAFailure) {
  edu::test::FakeDeck deck;
  std::vector<DeckEvent> heard;
  deck.on_event([&](const DeckEvent& event) { heard.push_back(event); });
  const ArmOrder order{3, from_ms(1000), {{"/a", milliseconds(5)}}};
  EXPECT_TRUE(deck.arm(order));
  deck.stop(3);
  deck.emit(Started{3, 0, {}, {}});
  EXPECT_EQ(deck.status().on_air, 3u);
  deck.emit(Failed{"signal 9"});
  EXPECT_FALSE(deck.arm(order));
  deck.emit(Restarted{1});
  EXPECT_TRUE(deck.arm(order));
  EXPECT_EQ(deck.armed().size(), 2u);
  EXPECT_EQ(deck.to(), (std::vector<edu::test::FakeDeck::To>{{"stop", 3}}));
  EXPECT_EQ(heard.size(), 3u);
}

}  // namespace
}  // namespace edu::player
