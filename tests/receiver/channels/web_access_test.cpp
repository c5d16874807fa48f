#include "receiver/channels/web_access.h"

#include "tests/receiver/receiving.h"

namespace edu::receiver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The web of a station whose channels know no manifest.
class WebAccessTest : public Receiving {
 protected:
  static awaitable<Result<std::vector<std::uint8_t>>> fetch(WebRange) {
    co_return std::vector<std::uint8_t>();
  }
  WebAccess access() {
    return {station_.workers,
            {},
            fetch,
            [](const std::string&) { return true; },
            [](const std::string& sha256) { return std::vector{"http://county/" + sha256.substr(0, 2)}; }};
  }
  std::vector<std::string> addresses(WebAccess access, const std::string& sha256) {
    const auto parts = web_fill_parts(source_, station_.clock, std::move(access));
    multicast::Gaps gaps;
    gaps.no = 1;
    gaps.sha256 = sha256;
    return test::run(station_.loop, parts.addresses(gaps, true));
  }
  MulticastSource source_{
      station_.loop.get_executor(),
      {.take = [this](Arrival arrival) { return station_.intake.take(std::move(arrival)); },
       .files = files_,
       .workers = station_.workers,
       .clock = station_.clock,
       .store = station_.store,
       .writer = station_.writer,
       .database = folder_ / "station.db"},
      {},
      folder_ / "multicast",
      station_.settings};
};

TEST_F(WebAccessTest, AsksTheStationsCataloguesWhereAFileIs) {
  EXPECT_THAT(addresses(access(), std::string(64, 'a')), ElementsAre("http://county/aa"));
  EXPECT_THAT(addresses(access(), ""), IsEmpty()) << "nothing says which file it is";
}

TEST_F(WebAccessTest, KnowsNoAddressWithoutAWeb) {
  EXPECT_THAT(addresses({station_.workers}, std::string(64, 'a')), IsEmpty());
}

TEST(WebFillRules, AreThoseOfTheChannels) {
  config::Channel channel;
  channel.name = "tv";
  channel.web_fill_after = std::chrono::minutes(7);
  channel.web_fill_percent = 3;
  const auto rules = web_fill_rules({channel});
  ASSERT_EQ(rules.size(), 1u);
  EXPECT_EQ(rules.at("tv").after, std::chrono::minutes(7));
  EXPECT_EQ(rules.at("tv").percent, 3u);
}

}  // namespace
}  // namespace edu::receiver
