// What the manifests of one multicast session say of its files, and which of their addresses are believed.
#include "receiver/trust/companions.h"

#include "tests/receiver/receiving.h"
#include "tests/receiver/signing.h"

namespace edu::receiver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Companions::Place kPlace{"192.0.2.1 TSI 7", "lessons"};

class CompanionsTest : public testing::Test {
 protected:
  // The companion has come, as the channel delivers it: in a folder of its own.
  fs::path come(const std::string& name, const std::string& bytes) {
    const auto place = folder_ / hex_of(bytes);
    fs::create_directories(place);
    write_file(place / name, bytes);
    gone_ = companions_.add(kPlace, name, place / name, bytes.size());
    if (!is_manifest_name(name)) return place / name;
    const auto read = read_manifest(place / name);
    if (read.content) companions_.read(kPlace, name, *read.content);
    return place / name;
  }
  std::vector<std::string> addresses(bool believed, const std::string& file = "a.mp4") const {
    return receiver::addresses(companions_.about(kPlace, file), hex_of("media"), trust_, believed);
  }
  static std::string manifest(const std::string& content = "media") {
    return R"({"sha256": ")" + hex_of(content) + R"(", "url": "https://county.example/a.mp4"})";
  }

  test::SigningKey county_, stranger_;
  Trust trust_{{{"县远程办", county_.public_key()}}};
  test::TempFolder folder_;
  test::FaultyFiles files_;
  Companions companions_;
  std::vector<fs::path> gone_;
};

TEST_F(CompanionsTest, AFileWaitsForItsManifestAndTheSignatureOfThat) {
  EXPECT_TRUE(companions_.complete_for(kPlace, "a.mp4"));
  companions_.expect(kPlace, 4);
  EXPECT_FALSE(companions_.complete_for(kPlace, "a.mp4"));
  come("a.mp4.manifest.json", manifest());
  EXPECT_FALSE(companions_.complete_for(kPlace, "a.mp4")) << "the signature is still to come";
  come("a.mp4.manifest.json.minisig", "signature");
  EXPECT_TRUE(companions_.complete_for(kPlace, "a.mp4"));
  EXPECT_FALSE(companions_.complete_for(kPlace, "b.mp4"));
  come("series.manifest.json", R"({"parts": [{"file": "b.mp4"}, {"file": "c.mp4"}]})");
  come("series.manifest.json.minisig", "signature");
  EXPECT_TRUE(companions_.complete_for(kPlace, "b.mp4"));
  EXPECT_FALSE(companions_.complete_for(kPlace, "d.mp4"));
  companions_.expect(kPlace, 0);
  EXPECT_TRUE(companions_.complete_for(kPlace, "d.mp4")) << "nothing more is announced";
}

TEST_F(CompanionsTest, ANameMeansAFileOfOneFolder) {
  come("1.mp4.manifest.json", manifest());
  const Companions::Place other{kPlace.session, "other lessons"};
  EXPECT_EQ(companions_.digest_of(kPlace, "1.mp4"), hex_of("media"));
  EXPECT_EQ(companions_.digest_of(other, "1.mp4"), "");
  companions_.expect(other, 1);
  EXPECT_FALSE(companions_.complete_for(other, "1.mp4"));
  EXPECT_TRUE(companions_.complete_for(kPlace, "1.mp4"));
}

TEST_F(CompanionsTest, TellTheDigestThatAManifestStates) {
  EXPECT_EQ(companions_.digest_of(kPlace, "a.mp4"), "");
  come("a.mp4.manifest.json", manifest());
  come("series.manifest.json",
       R"({"parts": [{"file": "b.mp4"}, {"file": "c.mp4", "sha256": ")" + hex_of("c") + "\"}]}");
  EXPECT_EQ(companions_.digest_of(kPlace, "a.mp4"), hex_of("media"));
  EXPECT_EQ(companions_.digest_of(kPlace, "b.mp4"), "");
  EXPECT_EQ(companions_.digest_of(kPlace, "c.mp4"), hex_of("c"));
}

TEST_F(CompanionsTest, AnAddressIsBelievedWhenATrustedKeySignedIt) {
  come("a.mp4.manifest.json", manifest());
  EXPECT_THAT(addresses(false), IsEmpty()) << "nobody signed it";
  EXPECT_THAT(addresses(true), ElementsAre("https://county.example/a.mp4")) << "a person vouches for it";
  come("a.mp4.manifest.json.minisig", stranger_.sign(manifest()));
  EXPECT_THAT(addresses(false), IsEmpty()) << "a stranger signed it";
  come("a.mp4.manifest.json.minisig", county_.sign(manifest("other")));
  EXPECT_THAT(addresses(false), IsEmpty()) << "it is the signature of something else";
  const auto signature = come("a.mp4.manifest.json.minisig", county_.sign(manifest()));
  EXPECT_THAT(addresses(false), ElementsAre("https://county.example/a.mp4"));
  EXPECT_THAT(addresses(false, "b.mp4"), IsEmpty());
  fs::remove(signature);
  EXPECT_THAT(addresses(false), IsEmpty()) << "it cannot be read any more";
}

TEST_F(CompanionsTest, AnAddressOfAnotherVersionOfTheFileIsNone) {
  come("a.mp4.manifest.json", manifest("an older cut"));
  EXPECT_THAT(addresses(true), IsEmpty());
}

TEST_F(CompanionsTest, AddressesOfAPartAreItsOwn) {
  come("series.manifest.json",
       R"({"parts": [{"file": "a.mp4", "url": "https://county.example/1", "mirrors": ["https://m.example/1"]},
                     {"file": "b.mp4", "url": "https://county.example/2"}]})");
  EXPECT_THAT(addresses(true), ElementsAre("https://county.example/1", "https://m.example/1"));
  EXPECT_THAT(addresses(true, "b.mp4"), ElementsAre("https://county.example/2"));
}

TEST_F(CompanionsTest, DescribeTheMediaByNamesBesideIt) {
  come("a.mp4.manifest.json", R"({"title": "剪枝"})");
  come("a.mp4.manifest.json.minisig", county_.sign(R"({"title": "剪枝"})"));
  fs::create_directories(folder_ / "media");
  write_file(folder_ / "media/a.mp4", "media");
  write_file(folder_ / "media/b.mp4", "media");
  const auto found = describe(files_, companions_.about(kPlace, "a.mp4"), folder_ / "media/a.mp4");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->content->title, "剪枝");
  EXPECT_THAT(names_in(folder_ / "media"),
              ElementsAre("a.mp4", "a.mp4.manifest.json", "a.mp4.manifest.json.minisig", "b.mp4"));
  EXPECT_TRUE(describe(files_, {}, folder_ / "media/a.mp4")) << "they lie beside it now";
  EXPECT_FALSE(describe(files_, companions_.about(kPlace, "b.mp4"), folder_ / "media/b.mp4"));
}

TEST_F(CompanionsTest, AManifestThatCannotBeReadStillRefusesItsFile) {
  come("a.mp4.manifest.json", "no JSON");
  fs::create_directories(folder_ / "media");
  write_file(folder_ / "media/a.mp4", "media");
  const auto found = describe(files_, companions_.about(kPlace, "a.mp4"), folder_ / "media/a.mp4");
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->content);
}

TEST_F(CompanionsTest, AreForgottenWithTheFilesThatTheyWereAbout) {
  const auto own = come("a.mp4.manifest.json", manifest());
  const auto signature = come("a.mp4.manifest.json.minisig", "signature");
  const auto of_two = come("series.manifest.json", R"({"parts": [{"file": "a.mp4"}, {"file": "b.mp4"}]})");
  EXPECT_THAT(companions_.forget_about(kPlace, "a.mp4"), ElementsAre(own, signature));
  EXPECT_THAT(companions_.about(kPlace, "a.mp4"), IsEmpty());
  EXPECT_THAT(companions_.forget_about(kPlace, "a.mp4"), IsEmpty());
  EXPECT_THAT(companions_.forget_about(kPlace, "b.mp4"), ElementsAre(of_two));
  EXPECT_THAT(companions_.forget_about({"another session", ""}, "b.mp4"), IsEmpty());
}

TEST_F(CompanionsTest, ANewerOneOfTheNameTakesThePlaceOfTheOlder) {
  const auto older = come("a.mp4.manifest.json", manifest());
  come("a.mp4.manifest.json", manifest("a newer cut"));
  EXPECT_THAT(gone_, ElementsAre(older));
  EXPECT_EQ(companions_.digest_of(kPlace, "a.mp4"), hex_of("a newer cut"));
}

TEST_F(CompanionsTest, TheOldestMakeRoom) {
  companions_ = Companions({3, 100});
  const auto add = [&](const std::string& name, std::uint64_t bytes) {
    std::vector<std::string> gone;
    for (const auto& path : companions_.add(kPlace, name, "/ready/" + name, bytes))
      gone.push_back(path.filename());
    return gone;
  };
  for (const auto* name : {"a", "b", "c"}) EXPECT_THAT(add(name, 10), IsEmpty());
  EXPECT_THAT(add("d", 10), ElementsAre("a"));
  EXPECT_THAT(add("e", 85), ElementsAre("b", "c")) << "85 and 10 bytes are all that fit";
  for (int i = 0; i < 1000; ++i) add("f", 10);  // what is replaced leaves nothing behind
  EXPECT_THAT(add("g", 100), ElementsAre("e", "f"));
}

}  // namespace
}  // namespace edu::receiver
