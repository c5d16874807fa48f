#include "sender/options.h"

#include <sstream>

#include <gtest/gtest.h>

namespace edu::send {
namespace {

struct Asked {
  std::optional<Options> options;
  std::string out, err;
  int exit = -1;
};
Asked ask(std::vector<std::string> arguments, Language preferred = Language::en) {
  std::ostringstream out, err;
  Asked asked;
  asked.options = read_options(std::move(arguments), preferred, out, err, asked.exit);
  asked.out = out.str();
  asked.err = err.str();
  return asked;
}
Asked ask_more(std::vector<std::string> more) {
  more.insert(more.end(), {"--group", "239.1.2.3", "--port", "5000", "/srv/courseware"});
  return ask(more);
}

TEST(Options, HaveDefaults) {
  const auto settings = ask_more({}).options.value().settings;
  EXPECT_EQ(settings.inputs, (std::vector<std::filesystem::path>{"/srv/courseware"}));
  EXPECT_EQ(settings.scheme, Scheme::rs);
  EXPECT_EQ(settings.flute_version, 2);
  EXPECT_EQ(settings.passes, 0U);
  EXPECT_EQ(overhead_of(settings, 1 << 30), 100U);
  EXPECT_EQ(payload_of(settings), 1472);
  EXPECT_TRUE(settings.loopback && settings.md5);
  EXPECT_EQ(settings.fti, Fti::some);
  EXPECT_EQ(ask_more({"--fti"}).options.value().settings.fti, Fti::all);
}

TEST(Options, GiveShortFilesAsMuchRepairAsABreakTakes) {
  Settings settings;
  settings.rate = 8'000'000;
  EXPECT_EQ(overhead_of(settings, 3'000'000), 200U);
  EXPECT_EQ(overhead_of(settings, 12'000'000), 125U);
  EXPECT_EQ(overhead_of(settings, 200'000), 100U) << "a break swallows it whole";
  EXPECT_EQ(overhead_of(settings, 100 << 20), 100U) << "its window bears a longer break";
  settings.rate = 40'000'000;
  EXPECT_EQ(overhead_of(settings, 100 << 20), 120U);
  settings.scheme = Scheme::none;
  EXPECT_EQ(overhead_of(settings, 3'000'000), 0U);
}

TEST(Options, AreRead) {
  const auto options = ask_more({"--rate",
                                 "2.5M",
                                 "--fec",
                                 "RaptorQ",
                                 "--overhead",
                                 "6.5",
                                 "--flute",
                                 "1",
                                 "--tsi",
                                 "9",
                                 "--payload",
                                 "1000",
                                 "--no-fti",
                                 "--no-md5",
                                 "--no-loopback",
                                 "--ttl",
                                 "32",
                                 "--interface",
                                 "lo",
                                 "--passes",
                                 "3",
                                 "--until-bytes",
                                 "1000",
                                 "--window",
                                 "64",
                                 "--expires",
                                 "60",
                                 "--fdt-interval",
                                 "2",
                                 "--spool",
                                 "/tmp",
                                 "--spool-size",
                                 "10",
                                 "--json",
                                 "--quiet"})
                           .options.value();
  const auto& s = options.settings;
  EXPECT_EQ(s.rate, 2'500'000U);
  EXPECT_EQ(s.scheme, Scheme::raptorq);
  EXPECT_EQ(overhead_of(s, 1), 65U);
  EXPECT_EQ(s.flute_version, 1);
  EXPECT_EQ(s.tsi, 9U);
  EXPECT_EQ(s.payload, 1000);
  EXPECT_TRUE(s.fti == Fti::none && !s.md5 && !s.loopback && options.json && options.quiet);
  EXPECT_EQ(s.ttl, 32);
  EXPECT_EQ(s.interface, "lo");
  EXPECT_EQ(s.passes, 3U);
  EXPECT_EQ(s.until_bytes, 1000U);
  EXPECT_EQ(s.window_mib, 64U);
  EXPECT_EQ(s.expires_s, 60U);
  EXPECT_EQ(s.fdt_interval_s, 2U);
  EXPECT_EQ(s.spool, "/tmp");
  EXPECT_EQ(s.spool_mib, 10U);
  EXPECT_EQ(ask_more({"--once"}).options.value().settings.passes, 1U);
}

TEST(Options, ReadRates) {
  EXPECT_EQ(rate_of("9600"), 9600U);
  EXPECT_EQ(rate_of("800k"), 800'000U);
  EXPECT_EQ(rate_of("1G"), 1'000'000'000U);
  for (const auto* wrong : {"", "M", "0", "-1M", "10X", "10MM", "10 M", "1e30", "nan", "inf", "999"})
    EXPECT_FALSE(rate_of(wrong)) << wrong;
}

TEST(Options, RefuseWhatIsWrong) {
  for (const auto& wrong : std::vector<std::vector<std::string>>{{"--rate", "fast"},
                                                                 {"--fec", "hamming"},
                                                                 {"--flute", "3"},
                                                                 {"--once", "--passes", "2"},
                                                                 {"--once", "--forever"},
                                                                 {"--payload", "10"},
                                                                 {"--ttl", "256"},
                                                                 {"--tsi", "281474976710656"},
                                                                 {"--lang", "fr"},
                                                                 {"--no-such-option"}}) {
    const auto asked = ask_more(wrong);
    EXPECT_FALSE(asked.options) << wrong[0];
    EXPECT_EQ(asked.exit, 2) << wrong[0];
    EXPECT_FALSE(asked.err.empty());
  }
  EXPECT_EQ(ask({}).exit, 2);
  EXPECT_EQ(ask({"--group", "239.1.2.3", "--port", "99999", "x"}).exit, 2);
}

TEST(Options, ShowHelpInBothLanguages) {
  const auto english = ask({"--help"}), chinese = ask({"--help", "--lang", "zh"});
  EXPECT_EQ(english.exit, 0);
  EXPECT_NE(english.out.find("Example: edustation-send"), std::string::npos);
  EXPECT_NE(chinese.out.find("示例：edustation-send"), std::string::npos);
  for (const auto& asked : {english, chinese})
    EXPECT_EQ(asked.out.find("send.help"), std::string::npos) << asked.out;
  EXPECT_EQ(chinese.out.find("Options"), std::string::npos);
  EXPECT_EQ(english.out.find("UINT"), std::string::npos);
  EXPECT_EQ(english.out.find('{'), std::string::npos);
  EXPECT_EQ(ask({"--version"}).exit, 0);
}

}  // namespace
}  // namespace edu::send
