#include "config/loader.h"

#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include <gtest/gtest.h>

#include "config/lists.h"
#include "tests/support/temp_folder.h"

namespace edu::config {
namespace {

std::string error_of(const std::string& toml, const std::vector<std::string>& overrides = {}) {
  try {
    parse(toml, "station.toml", overrides);
  } catch (const SettingsError& error) {
    return error.what();
  }
  return "";
}

TEST(Settings, AnEmptyFileGivesTheDefaults) {
  const auto settings = parse("", "station.toml");
  EXPECT_EQ(settings.station.time_zone, "Asia/Shanghai");
  EXPECT_EQ(settings.library.reserve_percent, 5u);
  EXPECT_EQ(settings.people.open_before, std::chrono::minutes(30));
}

TEST(Settings, TakesEveryKind) {
  const auto settings = parse(R"(
    [station]
    name = "张家村站"
    [receiver]
    settle_s = 0
    [player]
    fullscreen = false
    [people]
    counted = ["villager", "reserve"]
    [data]
    folder = "/srv/edu")",
                              "station.toml");
  EXPECT_EQ(settings.station.name, "张家村站");
  EXPECT_EQ(settings.receiver.settle, seconds(0));
  EXPECT_FALSE(settings.player.fullscreen);
  EXPECT_EQ(settings.people.counted, (std::vector<std::string>{"villager", "reserve"}));
  EXPECT_EQ(settings.data.folder, "/srv/edu");
}

TEST(Settings, AnUnknownKeyIsAnErrorWithFileAndLineAndTheRightNames) {
  EXPECT_EQ(
      error_of("[library]\nreserve_percent = 5\nreserve = 7\n"),
      "station.toml:3: library.reserve: no such setting; those of this section: reserve_percent, reserve_mb, "
      "keep_years");
  EXPECT_NE(error_of("[liberry]\na = 1").find("there is no such section"), std::string::npos);
  EXPECT_NE(error_of("name = \"x\"").find("station.toml:1"), std::string::npos);
}

TEST(Settings, AValueOutOfRangeSaysWhatWouldBeRight) {
  EXPECT_EQ(error_of("\n[library]\nreserve_percent = 120"),
            "station.toml:3: library.reserve_percent: 120 is not a whole number 0..90, percent");
  EXPECT_NE(error_of("[web]\nport = \"80\"").find("is not a whole number 0..65535"), std::string::npos);
  EXPECT_NE(error_of("[player]\nvideo_output = \"hdmi\"").find("\"wayland\""), std::string::npos);
  EXPECT_NE(error_of("[people]\ncounted = [\"dog\"]").find("probationary"), std::string::npos);
  EXPECT_NE(error_of("[station]\ntime_zone = \"Mars/Base\"").find("IANA"), std::string::npos);
  EXPECT_NE(error_of("[player]\nfullscreen = 1").find("true or false"), std::string::npos);
}

TEST(Settings, AllErrorsAreToldAtOnce) {
  const auto error = error_of("[library]\nreserve_percent = 120\n[web]\nport = -1\n");
  EXPECT_NE(error.find("station.toml:2:"), std::string::npos);
  EXPECT_NE(error.find("station.toml:4:"), std::string::npos);
}

TEST(Settings, ASyntaxErrorNamesItsLine) {
  EXPECT_EQ(error_of("[station]\nname = \n").substr(0, 15), "station.toml:2:");
}

TEST(Settings, TheCommandLineWins) {
  const auto settings =
      parse("[web]\nport = 1", "station.toml",
            {"web.port=2", "station.name=李家村", "people.counted=[\"cadre\"]", "player.fullscreen=false"});
  EXPECT_EQ(settings.web.port, 2);
  EXPECT_EQ(settings.station.name, "李家村");
  EXPECT_EQ(settings.people.counted, std::vector<std::string>{"cadre"});
  EXPECT_FALSE(settings.player.fullscreen);
  EXPECT_NE(error_of("", {"web.port=many"}).find("whole number"), std::string::npos);
  EXPECT_NE(error_of("", {"web.prt=1"}).find("web.prt"), std::string::npos);
  EXPECT_NE(error_of("", {"web.port"}).find("section.key=value"), std::string::npos);
}

TEST(Channels, AreAnyNumberOfTables) {
  const auto settings = parse(R"(
    [[channel]]
    name = "县台"
    group = "239.1.2.3"
    port = 4001
    source = "192.0.2.1"
    tsi = [7, 8]
    [[channel]]
    name = "省台"
    group = "ff3e::1"
    port = 4002
    rs_points = "integers")",
                              "station.toml");
  ASSERT_EQ(settings.channels.size(), 2u);
  EXPECT_EQ(settings.channels[0].name, "县台");
  EXPECT_EQ(settings.channels[0].tsi, (std::vector<std::uint64_t>{7, 8}));
  EXPECT_EQ(settings.channels[1].group, "ff3e::1");
  EXPECT_EQ(settings.channels[1].port, 4002);
  EXPECT_EQ(settings.channels[1].rs_points, "integers");
}

TEST(Channels, AnErrorNamesItsLine) {
  const std::string good = "[[channel]]\nname = \"a\"\ngroup = \"239.1.2.3\"\nport = 4001\n";
  EXPECT_EQ(error_of(good), "");
  EXPECT_EQ(error_of(good + "sauce = \"\"").substr(0, 33), "station.toml:5: channel.sauce: no");
  EXPECT_NE(error_of(good + "source = \"here\"").find("station.toml:5: channel.source: "), std::string::npos);
  EXPECT_NE(error_of(good + "rs_points = \"odd\"").find("\"zero_powers\""), std::string::npos);
  EXPECT_NE(error_of(good + good).find("another channel's name"), std::string::npos);
  EXPECT_NE(error_of("[[channel]]\nname = \"a\"").find("channel.group: is missing"), std::string::npos);
  EXPECT_NE(error_of("[channel]\nname = \"a\"").find("[[channel]]"), std::string::npos);
  EXPECT_NE(error_of("[[channel]]\nname = \"a\"\ntransport_stream = \"x.ts\"").find("channel.mpe_pid"),
            std::string::npos);
}

TEST(LiveChannels, AreAnyNumberOfTables) {
  const auto settings = parse(R"(
    [recording]
    pre_roll_s = 0
    at_once = 4
    [[live]]
    name = "县台"
    url = "udp://239.1.2.3:5000"
    service = 101
    [[live]]
    name = "省台"
    url = "https://tv.example/list.m3u8")",
                              "station.toml");
  ASSERT_EQ(settings.live.size(), 2u);
  EXPECT_EQ(settings.live[0].service, 101u);
  EXPECT_EQ(settings.live[0].origin, "station.toml:5");
  EXPECT_EQ(settings.live[1].url, "https://tv.example/list.m3u8");
  EXPECT_EQ(settings.recording.pre_roll, seconds(0));
  EXPECT_EQ(settings.recording.post_roll, seconds(60));
  EXPECT_EQ(settings.recording.at_once, 4u);
}

TEST(LiveChannels, AnErrorNamesItsLineAndNeverAPassword) {
  const std::string name = "[[live]]\nname = \"a\"\n";
  EXPECT_EQ(error_of(name + "url = \"rtp://239.1.2.3:5000\""), "");
  EXPECT_EQ(error_of(name + "url = \"rtsp://me:se%2Fcret@[2001:db8::1]:554/@1\""), "");
  EXPECT_NE(error_of(name).find("station.toml:1: live: lacks url"), std::string::npos);
  EXPECT_NE(error_of(name + "url = \"udp://x\"\nservice = 65536").find("station.toml:4: live.service"),
            std::string::npos);
  for (const char* url : {"file:///etc/me:secret", "rtsps://me:secret@x", "udp://me:secret @x",
                          "rtsp://me:se/secret@x/1", "rtsp://me:se?secret@x"}) {
    const auto error = error_of(name + "url = \"" + url + "\"");
    EXPECT_EQ(error.substr(0, 24), "station.toml:3: live.url") << url;
    EXPECT_EQ(error.find("secret"), std::string::npos) << error;
  }
  const auto good = name + "url = \"rtp://239.1.2.3:5000\"\n";
  EXPECT_NE(error_of(good + good).find("is there already"), std::string::npos);
  EXPECT_NE(error_of("[recording]\nlongest_min = 0").find("1..1440"), std::string::npos);
}

TEST(Settings, AFileThatIsNotThereIsNamed) {
  test::TempFolder folder;
  EXPECT_THROW(load(folder / "none.toml"), SettingsError);
  EXPECT_EQ(load("").web.port, 8750);
}

std::string shipped() {
  std::ifstream file(std::string(EDU_SOURCE_FOLDER) + "/config/station.toml");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(ShippedSettings, ShowEverySettingWithItsDefault) {
  const auto text = shipped();
  for (const auto& setting : all_settings()) {
    const auto name =
        setting.key.substr(setting.list.empty() ? setting.key.find('.') + 1 : setting.key.rfind('.') + 1);
    EXPECT_NE(text.find("# " + name + " = " + setting.standard), std::string::npos)
        << setting.key << " = " << setting.standard;
  }
}

TEST(ShippedSettings, ListTheMembersOfTablesThatMayStandSeveralTimes) {
  std::map<std::string, std::size_t> members;
  for (const auto& setting : all_settings()) {
    EXPECT_FALSE(setting.what.empty() || setting.standard.empty()) << setting.key;
    if (!setting.list.empty()) {
      EXPECT_FALSE(setting.meaning.empty()) << setting.key;
      ++members[setting.list];
    }
  }
  EXPECT_EQ(members, (std::map<std::string, std::size_t>{
                         {"[[catalogue]]", 9}, {"[[channel]]", 14}, {"[[live]]", 3}, {"[[trust.key]]", 2}}));
}

TEST(Channels, SayWhenTheWebFillsWhatIsMissing) {
  const std::string head = "[[channel]]\nname = \"a\"\ngroup = \"239.1.2.3\"\nport = 1\n";
  EXPECT_EQ(parse(head, "x").channels.at(0).web_fill_after, minutes(30));
  const auto set = parse(head + "web_fill_after_min = 0\nweb_fill_percent = 100\n", "x").channels.at(0);
  EXPECT_EQ(set.web_fill_after, minutes(0));
  EXPECT_EQ(set.web_fill_percent, 100u);
  EXPECT_THROW(parse(head + "web_fill_percent = 0\n", "x"), SettingsError);
  EXPECT_THROW(parse(head + "web_fill_after_min = 10081\n", "x"), SettingsError);
}

TEST(ShippedSettings, AreValidAsTheyAreAndUncommented) {
  EXPECT_EQ(error_of(shipped()), "");
  const std::regex commented("(^|\n)# ([a-z_]+ = |\\[\\[)");
  EXPECT_EQ(error_of(std::regex_replace(shipped(), commented, "$1$2")), "");
}

TEST(ShippedSettings, ItsExamplesOfListsAreValid) {
  const auto text = std::regex_replace(shipped(), std::regex("(^|\n)# ([a-z_]+ = |\\[\\[)"), "$1$2");
  const auto settings = parse(text, "station.toml");
  ASSERT_EQ(settings.trust.keys.size(), 1u);
  ASSERT_EQ(settings.catalogues.size(), 1u);
  EXPECT_EQ(settings.catalogues[0].window, "22:00-06:00");
  ASSERT_EQ(settings.live.size(), 1u);
}

constexpr const char* kTwoCatalogues = R"(
[trust]
web = "preferred"
[[trust.key]]
name = "县远程办"
key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
[[catalogue]]
name = "县"
url = "https://a.example/c.json"
mirrors = ["http://b.example/c.json"]
trust = "off"
interval_min = 5
window = "22:00-06:00"
rate_kbit = 512
proxy = "http://10.0.0.1:8080"
ca_file = "/etc/ca.pem"
[[catalogue]]
name = "省"
url = "http://c.example/feed"
)";

TEST(ListsOfSettings, AreReadInOrderWithWhereTheyStand) {
  const auto settings = parse(kTwoCatalogues, "station.toml");
  EXPECT_EQ(settings.trust.web, "preferred");
  ASSERT_EQ(settings.trust.keys.size(), 1u);
  EXPECT_EQ(settings.trust.keys[0].name, "县远程办");
  ASSERT_EQ(settings.catalogues.size(), 2u);
  const auto& first = settings.catalogues[0];
  EXPECT_EQ(first.mirrors, std::vector<std::string>{"http://b.example/c.json"});
  EXPECT_EQ(first.interval, minutes(5));
  EXPECT_EQ(first.rate_kbit, 512u);
  EXPECT_EQ(first.ca_file, "/etc/ca.pem");
  EXPECT_EQ(first.origin, "station.toml:7");
  EXPECT_EQ(settings.catalogues[1].trust, "");
  EXPECT_EQ(settings.catalogues[1].origin, "station.toml:17");
}

TEST(ListsOfSettings, AreWrittenAsTheyAreRead) {
  const auto catalogues = parse(kTwoCatalogues, "station.toml").catalogues;
  const auto again = parse(to_toml(catalogues), "sources.toml").catalogues;
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(to_toml(again), to_toml(catalogues));
  EXPECT_EQ(again[0].name, "县");
  EXPECT_EQ(again[0].window, "22:00-06:00");
  EXPECT_EQ(again[1].url, "http://c.example/feed");
  EXPECT_TRUE(parse(to_toml({}), "sources.toml").catalogues.empty());
}

TEST(ListsOfSettings, SayWhatIsWrongAndWhere) {
  const std::string good = "[[catalogue]]\nname = \"a\"\nurl = \"https://a/\"\n";
  EXPECT_EQ(error_of(good), "");
  EXPECT_EQ(error_of(good + "window = \"22-6\"").substr(0, 40), "station.toml:4: catalogue.window: '22-6'");
  EXPECT_NE(error_of(good + "colour = 1").find("station.toml:4: catalogue.colour: no such setting"),
            std::string::npos);
  EXPECT_NE(error_of(good + good).find("is there already"), std::string::npos);
  EXPECT_NE(error_of("[[catalogue]]\nname = \"a\"").find("station.toml:1: catalogue: lacks url"),
            std::string::npos);
  EXPECT_NE(error_of("[[catalogue]]\nname = \"a\"\nurl = \"ftp://a/\"").find("https://"), std::string::npos);
  EXPECT_NE(error_of("[catalogue]\nname = \"a\"").find("write [[catalogue]]"), std::string::npos);
  EXPECT_NE(error_of("[trust]\nkey = \"RW\"").find("write [[trust.key]]"), std::string::npos);
  EXPECT_NE(error_of("[[trust.key]]\nname = \"a\"\nkey = \"RW\"").find("station.toml:3: trust.key.key"),
            std::string::npos);
  EXPECT_NE(error_of("[trust]\nweb = \"maybe\"").find("station.toml:2: trust.web"), std::string::npos);
  EXPECT_NE(error_of(good + "mirrors = [1]").find("station.toml:4: catalogue.mirrors"), std::string::npos);
}

}  // namespace
}  // namespace edu::config
