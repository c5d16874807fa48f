// Catalogues as they are received, kept, refused, added and removed.
#include "catalogue_fixture.h"

namespace edu::catalogue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(CataloguesTest, ReceivesWhatASignedCatalogueListsOnceAndNothingTwice) {
  publish({"media a", "media b"});
  start();
  run_to_rest();
  EXPECT_THAT(outcomes(), ElementsAre("stored ", "stored "));
  EXPECT_EQ(station_.count("SELECT count(*) FROM reception WHERE signed_by='县远程办' AND means='web'"), 2);
  EXPECT_EQ(state().state, "waiting");
  EXPECT_FALSE(state().problem);
  next_look();
  start();  // and after a restart
  run_to_rest();
  EXPECT_THAT(outcomes(), SizeIs(2));
  EXPECT_THAT(receiver::names_in(folder_ / "fetching"), IsEmpty());
}

TEST_F(CataloguesTest, WhatWasRemovedFromTheLibraryIsNotFetchedAgain) {
  publish({"media a"});
  start();
  run_to_rest();
  auto removing = station_.custody.remove(1, "outdated", "李", "operator");
  ASSERT_TRUE(test::run(station_.loop, std::move(removing)));
  publish({"media a", "media b"}, 2);
  next_look();
  EXPECT_THAT(station_.courseware(), SizeIs(1));
  EXPECT_THAT(outcomes(), ElementsAre("stored ", "stored "));
}

TEST_F(CataloguesTest, AnUnsignedOrAChangedCatalogueIsRefusedAndNothingOfItFetched) {
  publish({"media a"});
  web_.files[kUrl] += " ";
  start();
  run_to_rest();
  EXPECT_EQ(state().problem->code, "receiver.trust_signature_wrong");
  web_.files.erase(kUrl + ".minisig");
  next_look();
  EXPECT_EQ(state().problem->code, "receiver.trust_unsigned");
  EXPECT_EQ(state().state, "failing");
  EXPECT_THAT(outcomes(), IsEmpty());
}

TEST_F(CataloguesTest, AnOlderCatalogueIsRefusedAlsoAfterARestart) {
  publish({"media b"}, 2);
  start();
  run_to_rest();
  publish({"media a"}, 1);
  start();
  run_to_rest();
  EXPECT_EQ(state().problem->code, "catalogue.replayed");
  EXPECT_THAT(outcomes(), ElementsAre("stored "));
}

TEST_F(CataloguesTest, AServerThatIsAwayMakesNoRecords) {
  publish({"media a"});
  web_.offline = true;
  start();
  run_to_rest();
  EXPECT_EQ(state().problem->code, "catalogue.dns");
  EXPECT_THAT(outcomes(), IsEmpty());
  web_.offline = false;
  next_look();
  EXPECT_FALSE(state().problem);
  EXPECT_THAT(outcomes(), ElementsAre("stored "));
}

TEST_F(CataloguesTest, AFileThatIsNotThereIsOneRecordAndTriedAgainMuchLater) {
  publish({"media a"});
  const auto file = "https://edu.example/" + hex_of("media a").substr(0, 8) + ".mp4";
  web_.files.erase(file);
  start();
  run_to_rest();
  EXPECT_THAT(outcomes(), ElementsAre("refused catalogue.not_found"));
  web_.files[file] = "media a";
  next_look();  // an hour later; the entry's own pause of a quarter of an hour is over
  EXPECT_THAT(outcomes(), ElementsAre("refused catalogue.not_found", "stored "));
}

TEST_F(CataloguesTest, ARefusedFileIsNotFetchedAgain) {
  publish({"no film"});
  start();
  run_to_rest();
  EXPECT_THAT(outcomes(), ElementsAre("refused player.not_media"));
  const auto asked = web_.asked.size();
  next_look();
  EXPECT_EQ(web_.asked.size(), asked + 1);  // the catalogue alone, and that was a 304
  EXPECT_THAT(outcomes(), SizeIs(1));
}

TEST_F(CataloguesTest, OutsideItsHoursNothingIsAskedFor) {
  publish({"media a"});
  auto nightly = county();
  nightly.window = "22:00-06:00";
  const auto local = Zone().to_local(station_.clock.now());
  const bool night = DayWindow::parse(nightly.window)->contains(local);
  if (night) nightly.window = "09:00-17:00";
  start({nightly});
  run_to_rest();
  EXPECT_EQ(state().state, "closed");
  EXPECT_THAT(web_.asked, IsEmpty());
  next_look();
  EXPECT_THAT(outcomes(), ElementsAre("stored "));
}

TEST_F(CataloguesTest, AManifestOfItsOwnNeedsASignatureOfItsOwn) {
  const std::string manifest = R"({"title": "果树", "sha256": ")" + hex_of("media a") + "\"}";
  web_.files["https://edu.example/a.mp4"] = "media a";
  web_.files["https://edu.example/a.json"] = manifest;
  web_.files[kUrl] = R"({"catalogue": 1, "entries": [{"url": "a.mp4", "manifest_url": "a.json"}]})";
  web_.files[kUrl + ".minisig"] = key_.sign(web_.files[kUrl]);
  start();
  run_to_rest();
  EXPECT_THAT(outcomes(), ElementsAre("refused receiver.trust_unsigned"));
  EXPECT_EQ(web_.times("https://edu.example/a.mp4"), 0);
  web_.files["https://edu.example/a.json.minisig"] = key_.sign(manifest);
  next_look();
  EXPECT_THAT(outcomes(), ElementsAre("refused receiver.trust_unsigned", "stored "));
  EXPECT_EQ(station_.courseware().at(0).title, "果树");
}

TEST_F(CataloguesTest, AManifestCannotSpeakOfAnotherFileThanItsCatalogue) {
  const std::string swapped = "media that somebody else wants to be shown";
  web_.files["https://edu.example/a.mp4"] = swapped;
  web_.files["https://edu.example/a.json"] = R"({"title": "x", "sha256": ")" + hex_of(swapped) + "\"}";
  web_.files[kUrl] =
      R"({"catalogue": 1, "entries": [{"url": "a.mp4", "manifest_url": "a.json", "sha256": ")" +
      hex_of("media as the county has it") + "\"}]}";
  auto lenient = county();
  lenient.trust = "preferred";
  start({lenient});
  run_to_rest();
  EXPECT_THAT(outcomes(), ElementsAre("refused catalogue.manifest_digest"));
  EXPECT_EQ(web_.times("https://edu.example/a.mp4"), 0);
}

TEST_F(CataloguesTest, AnEntryThatAlwaysFailsHoldsUpNoOther) {
  publish({"media one", "media two", "media three"});
  const auto first = "https://edu.example/" + hex_of("media one").substr(0, 8) + ".mp4";
  web_.down = {first};
  start();
  run_through();
  EXPECT_THAT(station_.courseware(), IsEmpty()) << "its server seems to be down";
  look_through();
  EXPECT_EQ(station_.courseware().size(), 2u);
  web_.down.clear();
  for (int i = 0; i < 10 && station_.courseware().size() < 3; ++i) look_through();
  EXPECT_EQ(station_.courseware().size(), 3u);
}

TEST_F(CataloguesTest, WhatFailedIsTriedAgainBeforeTheNextLookIsDue) {
  publish({"media one"});
  web_.down = {"https://edu.example/" + hex_of("media one").substr(0, 8) + ".mp4"};
  auto weekly = county();
  weekly.interval = std::chrono::hours(24 * 7);
  start({weekly});
  run_through();
  web_.down.clear();
  EXPECT_LT(*state().next - station_.clock.now(), std::chrono::hours(1));
  look_through();
  EXPECT_EQ(station_.courseware().size(), 1u);
  EXPECT_GT(*state().next - station_.clock.now(), std::chrono::hours(24));
}

TEST_F(CataloguesTest, AFileThatIsListedTwiceIsFetchedOnce) {
  publish({"media one", "media one"});
  web_.files["https://edu.example/copy.mp4"] = "media one";
  const auto digest = hex_of("media one");
  const auto entry = [&](const std::string& url) {
    return R"({"url": ")" + url + R"(", "sha256": ")" + digest + "\"}";
  };
  web_.files[kUrl] = R"({"catalogue": 1, "entries": [)" + entry("copy.mp4") + "," + entry("copy.mp4") + "," +
                     entry(digest.substr(0, 8) + ".mp4") + "]}";
  web_.files[kUrl + ".minisig"] = key_.sign(web_.files[kUrl]);
  start();
  run_to_rest();
  EXPECT_THAT(outcomes(), ElementsAre("stored "));
  EXPECT_EQ(web_.times("https://edu.example/copy.mp4"), 1);
}

TEST_F(CataloguesTest, AddedOnesAreKeptAndRecordedAndCanBeRemoved) {
  publish({});
  start();
  config::Catalogue added = county();
  added.name = "省";
  auto adding = catalogues_->add(added, "operator");
  ASSERT_TRUE(test::run(station_.loop, std::move(adding)));
  auto twice = catalogues_->add(added, "operator");
  EXPECT_EQ(test::run(station_.loop, std::move(twice)).error().code, "catalogue.exists");
  EXPECT_EQ(config::load_sources(folder_ / "sources.toml").at(0).name, "省");
  start();
  EXPECT_TRUE(catalogues_->find("省"));
  auto fixed = catalogues_->remove("县", "operator");
  EXPECT_EQ(test::run(station_.loop, std::move(fixed)).error().args.at("origin"), "station.toml:9");
  auto removing = catalogues_->remove("省", "operator");
  ASSERT_TRUE(test::run(station_.loop, std::move(removing)));
  EXPECT_FALSE(catalogues_->find("省"));
  EXPECT_THAT(config::load_sources(folder_ / "sources.toml"), IsEmpty());
  EXPECT_EQ(
      station_.count(
          "SELECT count(*) FROM journal WHERE body LIKE '%source.added%' OR body LIKE '%source.removed%'"),
      2);
  auto unknown = catalogues_->remove("省", "operator");
  EXPECT_EQ(test::run(station_.loop, std::move(unknown)).error().code, "catalogue.unknown");
}

TEST_F(CataloguesTest, AFileOfAddedOnesThatCannotBeReadIsLeftAsItIsUntilItIsMended) {
  const auto file = folder_ / "sources.toml";
  const std::string damaged = "[[catalogue]]\nname = \"省";
  test::write_file(file, damaged);
  Catalogues catalogues(station_.loop.get_executor(), parts(), sources_, {county()}, "required");
  EXPECT_THROW(catalogues.load(), config::SettingsError);
  EXPECT_TRUE(catalogues.find("县"));
  auto added = county();
  added.name = "市";
  auto adding = catalogues.add(added, "operator");
  EXPECT_EQ(test::run(station_.loop, std::move(adding)).error().code, "catalogue.sources_unread");
  auto removing = catalogues.remove("省", "operator");
  EXPECT_EQ(test::run(station_.loop, std::move(removing)).error().code, "catalogue.sources_unread");
  EXPECT_EQ(test::content_of(file), damaged);
  test::write_file(file, "");
  catalogues.load();
  auto again = catalogues.add(added, "operator");
  EXPECT_TRUE(test::run(station_.loop, std::move(again)));
}

TEST_F(CataloguesTest, ATestSaysWhatIsThereAndFetchesNothing) {
  publish({"media a", "media b"});
  start({});
  auto testing = catalogues_->test(county());
  const auto found = test::run(station_.loop, std::move(testing));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->entries, 2u);
  EXPECT_EQ(found->signed_by, "县远程办");
  EXPECT_THAT(outcomes(), IsEmpty());
  auto bad = county();
  bad.window = "never";
  auto refused = catalogues_->test(bad);
  EXPECT_EQ(test::run(station_.loop, std::move(refused)).error().code, "catalogue.setting");
}

}  // namespace
}  // namespace edu::catalogue
