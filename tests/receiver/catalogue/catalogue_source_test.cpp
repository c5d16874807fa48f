// Whole catalogues through a web that the test makes up, a real intake and a real database.
#include <boost/asio/bind_cancellation_slot.hpp>

#include "config/loader.h"
#include "receiver/catalogue/catalogues.h"
#include "tests/receiver/receiving.h"
#include "tests/receiver/signing.h"

namespace edu::catalogue {
namespace {

using receiver::hex_of;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

const std::string kUrl = "https://edu.example/c.json";

// Files by address, with their digest as ETag; or nobody answers.
class FakeWeb {
 public:
  awaitable<Result<Response>> fetch(Request request, Access, Sink& sink) {
    asked.push_back(request.url);
    if (offline || down.contains(request.url))
      co_return refuse("catalogue.dns", {{"host", "edu.example"}}, Refusal::Kind::unavailable);
    const auto file = files.find(request.url);
    if (file == files.end())
      co_return refuse("catalogue.not_found", {{"host", "edu.example"}}, Refusal::Kind::not_found);
    Response response;
    response.url = request.url;
    response.etag = "\"" + hex_of(file->second) + "\"";
    response.status = 304;
    if (request.etag == response.etag) co_return response;
    response.status = request.from == 0 ? 200 : 206;
    response.from = request.from;
    response.length = file->second.size();
    if (file->second.size() > request.largest) co_return refuse("catalogue.too_large", {});
    if (auto begun = sink.begin(response); !begun) co_return Unexpected(begun.error());
    const auto rest = file->second.substr(request.from);
    auto taken = sink.take({reinterpret_cast<const std::uint8_t*>(rest.data()), rest.size()});
    if (!taken) co_return Unexpected(taken.error());
    co_return response;
  }
  long times(const std::string& url) const { return std::ranges::count(asked, url); }

  std::map<std::string, std::string> files;
  std::vector<std::string> asked;
  bool offline = false;
  std::set<std::string> down;
};

class CataloguesTest : public testing::Test {
 protected:
  CataloguesTest() { create_tables(*station_.reader); }
  ~CataloguesTest() override { end(); }

  Parts parts() {
    return {[this](Request request, Access access, Sink& sink) {
              return web_.fetch(std::move(request), std::move(access), sink);
            },
            [this](receiver::Arrival arrival) { return station_.intake.take(std::move(arrival)); },
            [this](receiver::Arrival arrival, Refusal why, std::uint64_t bytes) {
              return station_.intake.record_failure(std::move(arrival), std::move(why), bytes);
            },
            station_.ledger,
            station_.store,
            files_,
            station_.workers,
            station_.clock,
            station_.trust,
            Zone(),
            folder_ / "station.db",
            folder_.path(),
            1 << 20,
            [] { return 0.5; }};
  }
  static config::Catalogue county() {
    config::Catalogue catalogue;
    catalogue.name = "县";
    catalogue.url = kUrl;
    catalogue.origin = "station.toml:9";
    return catalogue;
  }
  void start(std::vector<config::Catalogue> configured = {county()}) {
    end();
    catalogues_ =
        std::make_unique<Catalogues>(station_.loop.get_executor(), parts(), sources_, configured, "required");
    running_ = true;
    auto done = [this](std::exception_ptr) { running_ = false; };
    asio::co_spawn(station_.loop, catalogues_->run(), asio::bind_cancellation_slot(stop_.slot(), done));
  }
  void end() {
    if (!catalogues_) return;
    stop_.emit(asio::cancellation_type::terminal);
    receiver::run_until(station_.loop, [this] { return !running_; });
    catalogues_.reset();
  }
  receiver::SourceState state() { return sources_.states().at(0); }
  bool resting() {
    const auto now = state();
    return now.next.has_value();
  }
  // Until it has done what there is to do and waits for its next look.
  void run_to_rest() {
    receiver::run_until(station_.loop, [this] { return resting(); });
  }
  void next_look() {
    const auto before = *state().next;
    station_.clock.advance(before - station_.clock.now() + milliseconds(1));
    receiver::run_until(station_.loop, [&] { return resting() && *state().next != before; });
  }

  // The same, with the pauses between the tries of one entry.
  void run_through() {
    receiver::run_until(station_.loop, [this] {
      if (!resting()) station_.clock.advance(milliseconds(30'000));
      return resting();
    });
  }
  void look_through() {
    station_.clock.advance(*state().next - station_.clock.now() + milliseconds(1));
    receiver::run_until(station_.loop, [this] { return !resting(); });
    run_through();
  }

  void publish(const std::vector<std::string>& contents, std::int64_t serial = 1) {
    json::array entries;
    for (const auto& content : contents) {
      const auto name = hex_of(content).substr(0, 8) + ".mp4";
      web_.files["https://edu.example/" + name] = content;
      entries.push_back({{"url", name}, {"size", content.size()}, {"sha256", hex_of(content)}});
    }
    const json::object whole{{"catalogue", 1}, {"series", "c"}, {"serial", serial}, {"entries", entries}};
    web_.files[kUrl] = json::serialize(whole);
    web_.files[kUrl + ".minisig"] = key_.sign(web_.files[kUrl]);
  }
  std::vector<std::string> outcomes() {
    std::vector<std::string> all;
    Statement row(*station_.reader, "SELECT outcome || ' ' || reason_code FROM reception ORDER BY no");
    while (row.executeStep()) all.push_back(row.getColumn(0).getString());
    return all;
  }

  test::SigningKey key_;
  test::TempFolder folder_;
  test::FaultyFiles files_;
  receiver::Station station_{folder_.path(), files_, {}, {{"县远程办", key_.public_key()}}};
  FakeWeb web_;
  receiver::Sources sources_;
  asio::cancellation_signal stop_;
  bool running_ = false;
  std::unique_ptr<Catalogues> catalogues_;
};

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
