// What the manifests of one multicast session say of its files, and which of their addresses are believed.
#include "receiving.h"
#include "signing.h"

#include <receiver/companions.h>

namespace edu::receiver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class CompanionsTest : public testing::Test {
 protected:
  // The companion has come, as the channel delivers it: in a folder of its own.
  fs::path come(const std::string& name, const std::string& bytes) {
    const auto place = folder_ / hex_of(bytes);
    fs::create_directories(place);
    write_file(place / name, bytes);
    EXPECT_TRUE(companions_.add(name, place / name));
    if (!is_manifest_name(name)) return place / name;
    auto read = read_manifest(place / name);
    if (read.content) companions_.read(name, *std::move(read.content));
    return place / name;
  }
  std::vector<std::string> addresses(bool believed, const std::string& file = "a.mp4") const {
    return companions_.addresses(file, hex_of("media"), trust_, believed);
  }
  static std::string manifest(const std::string& content = "media") {
    return R"({"sha256": ")" + hex_of(content) + R"(", "url": "https://county.example/a.mp4"})";
  }

  test::SigningKey county_, stranger_;
  Trust trust_{{{"县远程办", county_.public_key()}}};
  test::TempFolder folder_;
  test::FaultyFiles files_;
  Companions companions_;
};

TEST_F(CompanionsTest, AFileWaitsForWhatCouldDescribeIt) {
  EXPECT_TRUE(companions_.complete_for("a.mp4"));
  companions_.expect(2);
  EXPECT_FALSE(companions_.complete_for("a.mp4"));
  come("a.mp4.manifest.json", manifest());
  EXPECT_TRUE(companions_.complete_for("a.mp4"));
  EXPECT_FALSE(companions_.complete_for("b.mp4"));
  come("series.manifest.json", R"({"parts": [{"file": "b.mp4"}, {"file": "c.mp4"}]})");
  EXPECT_TRUE(companions_.complete_for("b.mp4"));
}

TEST_F(CompanionsTest, TellTheDigestThatAManifestStates) {
  EXPECT_EQ(companions_.digest_of("a.mp4"), "");
  come("a.mp4.manifest.json", manifest());
  come("series.manifest.json",
       R"({"parts": [{"file": "b.mp4"}, {"file": "c.mp4", "sha256": ")" + hex_of("c") + "\"}]}");
  EXPECT_EQ(companions_.digest_of("a.mp4"), hex_of("media"));
  EXPECT_EQ(companions_.digest_of("b.mp4"), "");
  EXPECT_EQ(companions_.digest_of("c.mp4"), hex_of("c"));
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
  const auto found = companions_.describe(files_, folder_ / "media/a.mp4");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->content->title, "剪枝");
  EXPECT_THAT(names_in(folder_ / "media"),
              ElementsAre("a.mp4", "a.mp4.manifest.json", "a.mp4.manifest.json.minisig", "b.mp4"));
  EXPECT_TRUE(companions_.describe(files_, folder_ / "media/a.mp4")) << "a second time too";
  EXPECT_FALSE(companions_.describe(files_, folder_ / "media/b.mp4"));
}

TEST_F(CompanionsTest, AreNotKeptWithoutBound) {
  bool taken = true;
  int count = 0;
  for (; taken && count < 100'000; ++count) taken = companions_.add(std::to_string(count), "x");
  EXPECT_FALSE(taken);
  EXPECT_LT(count, 10'000);
}

}  // namespace
}  // namespace edu::receiver
