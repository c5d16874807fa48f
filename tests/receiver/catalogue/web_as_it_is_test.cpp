// Feeds and servers as the web has them.
#include "catalogue_fixture.h"

namespace edu::catalogue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(CataloguesTest, AnItemWithAnotherTokenIsTheSameFileUntilItIsReplaced) {
  auto open = county();
  open.trust = "off";
  const auto list = [this](const std::string& token, const std::string& content) {
    web_.files[kUrl] =
        "<rss><channel><item><title>养蜂</title><guid>g</guid><enclosure url='bees.mp3?t=" + token +
        "' type='audio/mpeg'/></item></channel></rss>";
    web_.files["https://edu.example/bees.mp3?t=" + token] = content;
  };
  list("1", "media of bees");
  start({open});
  run_to_rest();
  const auto first = web_.bytes;
  list("2", "media of bees");
  next_look();
  EXPECT_EQ(web_.times("https://edu.example/bees.mp3?t=2"), 1) << "it is asked";
  web_.names_versions = false;
  list("3", "media of bees");
  next_look();
  EXPECT_THAT(outcomes(), ElementsAre("stored "));
  EXPECT_LT(web_.bytes, first + 600) << "and only its list was read again";
  next_look();
  EXPECT_EQ(web_.times("https://edu.example/bees.mp3?t=3"), 1) << "once";
  web_.names_versions = true;
  list("4", "media of bees, second edition");
  next_look();
  EXPECT_THAT(outcomes(), ElementsAre("stored ", "stored "));
  start({open});
  list("5", "media of bees, second edition");
  run_to_rest();
  EXPECT_THAT(outcomes(), SizeIs(2)) << "also after a restart";
}

TEST_F(CataloguesTest, APageInThePlaceOfAFileIsNotTakenForTheFile) {
  publish({"media a"});
  const auto file = "https://edu.example/" + hex_of("media a").substr(0, 8) + ".mp4";
  const auto page = std::string("<html>log in");
  web_.files[file] = page.substr(0, 7);  // no longer than the file is said to be
  start();
  run_through();
  EXPECT_THAT(outcomes(), ElementsAre("refused catalogue.web_page"));
  web_.files[file] = "media a";
  for (int i = 0; i < 5 && outcomes().size() < 2; ++i) look_through();
  EXPECT_THAT(outcomes(), ElementsAre("refused catalogue.web_page", "stored "));
}

TEST_F(CataloguesTest, ALoginPageInThePlaceOfTheListIsCalledThat) {
  web_.files[kUrl] = "<html><form action='/login'><input type=password></form></html>";
  start();
  run_to_rest();
  EXPECT_EQ(state().problem->code, "catalogue.login_page");
  publish({"media a"});
  next_look();
  EXPECT_THAT(outcomes(), ElementsAre("stored "));
}

TEST_F(CataloguesTest, WhatFailedBeforeAPowerCutIsTriedAtOnceAfterIt) {
  publish({"media a"});
  const auto file = "https://edu.example/" + hex_of("media a").substr(0, 8) + ".mp4";
  web_.down = {file};
  start();
  run_through();
  EXPECT_THAT(outcomes(), ElementsAre("refused catalogue.dns"));
  web_.down.clear();
  start();
  run_to_rest();
  EXPECT_THAT(outcomes(), ElementsAre("refused catalogue.dns", "stored "));
}

TEST_F(CataloguesTest, WhatHadNoRoomIsFetchedAsSoonAsThereIsSome) {
  publish({"media a"});
  files_.pretend({1'000'000, 0});
  start();
  run_through();
  EXPECT_THAT(outcomes(), ElementsAre("refused library.no_space"));
  EXPECT_EQ(state().problem->code, "library.no_space");
  station_.clock.advance(milliseconds(60'000));
  test::settle(station_.loop);
  EXPECT_EQ(station_.receptions(), 1);
  files_.pretend({1ull << 40, 1ull << 40});
  receiver::run_until(station_.loop, [this] {
    station_.clock.advance(milliseconds(1'000));
    return station_.receptions() == 2;
  });
  EXPECT_THAT(outcomes(), ElementsAre("refused library.no_space", "stored "));
  run_through();
  EXPECT_FALSE(state().problem);
}

TEST_F(CataloguesTest, APowerCutJustAfterTheRecordMakesNoSecondOne) {
  auto open = county();
  open.trust = "off";
  web_.files[kUrl] =
      "<rss><channel><item><title>x</title><enclosure url='a.mp3' type='audio/mpeg'/></item><item>"
      "<title>y</title><enclosure url='b.mp3' type='audio/mpeg'/></item></channel></rss>";
  web_.files["https://edu.example/a.mp3"] = "media of bees";
  web_.files["https://edu.example/b.mp3"] = "no media";
  for (std::int64_t records = 1; records <= 2; ++records) {
    cut_after_record_ = true;
    start({open});
    receiver::run_until(station_.loop, [&] { return state().state == "failing"; });
    EXPECT_EQ(station_.receptions(), records);
    end();
  }
  cut_after_record_ = false;
  start({open});
  run_to_rest();
  EXPECT_THAT(outcomes(), ElementsAre("stored ", "refused player.not_media"));
}

TEST_F(CataloguesTest, WhatNobodyCallsMediaAndIsNoneIsLookedAtOnce) {
  auto open = county();
  open.trust = "off";
  web_.files[kUrl] =
      "<rss><channel><item><title>x</title><enclosure url='get?id=1' "
      "type='text/plain'/></item></channel></rss>";
  web_.files["https://edu.example/get?id=1"] = std::string(5000, 'x');
  start({open});
  run_to_rest();
  EXPECT_THAT(outcomes(), ElementsAre("refused catalogue.no_media"));
  next_look();
  EXPECT_EQ(web_.times("https://edu.example/get?id=1"), 1);
}

TEST_F(CataloguesTest, AFeedIsRefusedWhereASignatureIsDemandedAndReceivedWhereNot) {
  const std::string rss =
      "<rss><channel><title>t</title><item><title>养蜂</title><enclosure url='bees.mp3' type='audio/mpeg'/>"
      "</item></channel></rss>";
  web_.files[kUrl] = rss;
  web_.files["https://edu.example/bees.mp3"] = "media of bees";
  start();
  run_to_rest();
  EXPECT_EQ(state().problem->code, "catalogue.feed_unsigned");
  auto open = county();
  open.trust = "off";
  start({open});
  run_to_rest();
  EXPECT_THAT(outcomes(), ElementsAre("stored "));
  EXPECT_EQ(station_.courseware().at(0).title, "养蜂");
  web_.files[kUrl] = rss + " ";
  next_look();
  EXPECT_EQ(web_.times("https://edu.example/bees.mp3"), 1);
}

}  // namespace
}  // namespace edu::catalogue
