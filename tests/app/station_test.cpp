// The order in which a station opens and closes its rooms, and what a room that cannot open does to the
// others. No part is opened for real: that is for the tests of the whole (tests/e2e).
#include "app/station.h"

#include <fstream>

#include <gmock/gmock.h>

#include "tests/support/run.h"
#include "tests/support/temp_folder.h"

namespace edu::app {
namespace {

using testing::ElementsAre;

class StationTest : public testing::Test {
 protected:
  StationTest() {
    settings_.data.folder = folder_ / "data";
    settings_.web.port = 8750;
    settings_.volumes.watch = true;
  }
  test::TempFolder folder_;
  asio::io_context loop_;
  config::Settings settings_;
};

TEST_F(StationTest, OpensItsPartsInTheOrderOfTheDatasWayAndTheDoorsLast) {
  const Station station(loop_.get_executor(), settings_, [] {});
  EXPECT_THAT(
      station.parts().names(),
      ElementsAre("journal", "library", "last_programme", "deck", "tasks", "inbox", "volumes", "catalogues",
                  "added_catalogues", "channels", "recordings", "playout", "watchdog", "web", "page"));
}

TEST_F(StationTest, CanDoWithoutWhatReceivesAndWhatShows) {
  const Station station(loop_.get_executor(), settings_, [] {});
  EXPECT_THAT(station.parts().names(Parts::Need::optional),
              ElementsAre("library", "inbox", "volumes", "catalogues", "added_catalogues", "channels",
                          "recordings", "web", "page"));
  for (const auto& name : station.parts().names(Parts::Need::optional))
    for (const auto language : {Language::zh, Language::en})
      EXPECT_TRUE(has_text(language, "web.part." + name));
}

TEST_F(StationTest, IsMadeThoughWhatItCanDoWithoutCannotBeRead) {
  std::filesystem::create_directories(settings_.data.folder);
  std::ofstream(settings_.data.folder / "sources.toml") << "cut off [";
  EXPECT_NO_THROW(Station(loop_.get_executor(), settings_, [] {}));
}

TEST_F(StationTest, HasNoPartForWhatTheSettingsTurnOff) {
  settings_.web.port = 0;
  settings_.volumes.watch = false;
  const Station station(loop_.get_executor(), settings_, [] {});
  EXPECT_THAT(
      station.parts().names(Parts::Need::optional),
      ElementsAre("library", "inbox", "catalogues", "added_catalogues", "channels", "recordings", "web"));
}

}  // namespace
}  // namespace edu::app
