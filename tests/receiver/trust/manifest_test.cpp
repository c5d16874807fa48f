#include "receiver/trust/manifest.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/messages.h"

namespace edu::receiver {
namespace {

Result<Manifest> parse(std::string_view text) { return parse_manifest(bytes_of(text)); }

// "manifest_digest sha256": what is wrong with which member.
std::string problem(std::string_view text) {
  const auto manifest = parse(text);
  if (manifest) return "none";
  EXPECT_TRUE(has_text(Language::zh, "refusal." + manifest.error().code)) << manifest.error().code;
  const auto& args = manifest.error().args;
  const auto member = args.contains("member") ? " " + args.at("member") : "";
  return manifest.error().code.substr(std::string("receiver.").size()) + member;
}

const std::string kDigest(64, 'a');

TEST(Manifest, ReadsEveryMember) {
  const auto m = parse(R"({"title": "苹果树修剪", "category": "种植", "lecturer": "李老师", "language": "zh",
                           "audience": "党员", "keep_until": "2036-12-31", "sha256": ")" +
                       std::string(64, 'A') + "\"}")
                     .value();
  EXPECT_EQ(m.title, "苹果树修剪");
  EXPECT_EQ(m.category, "种植");
  EXPECT_EQ(m.lecturer, "李老师");
  EXPECT_EQ(m.language, "zh");
  EXPECT_EQ(m.audience, "党员");
  EXPECT_EQ(m.keep_until, "2036-12-31");
  EXPECT_EQ(m.sha256, kDigest);
  EXPECT_TRUE(m.parts.empty());
}

TEST(Manifest, EveryMemberMayBeMissingAndUnknownOnesAreIgnored) {
  EXPECT_EQ(problem("{}"), "none");
  EXPECT_EQ(problem(R"({"rating": 5, "signature": {"key": [1, null]}})"), "none");
  EXPECT_EQ(parse(R"({"keep_until": "permanent"})")->keep_until, kPermanent);
}

TEST(Manifest, ReadsWhatChineseEditorsWrite) {
  EXPECT_EQ(parse("\xEF\xBB\xBF{\"title\": \"课\"}")->title, "课");
  EXPECT_EQ(parse("{\"title\": \"\xBF\xCE\"}")->title, "课");  // GB18030
  EXPECT_EQ(problem("{\"title\": \"\xFF\xFF\"}"), "manifest_encoding");
}

TEST(Manifest, PutsTextIntoOneForm) {
  EXPECT_EQ(parse("{\"title\": \"cafe\xCC\x81\"}")->title, "caf\xC3\xA9");
  EXPECT_EQ(parse("{\"title\": \"  a   b \"}")->title, "a b");
}

TEST(Manifest, NamesWhereItsFileIsOnTheWeb) {
  const auto one =
      parse(R"({"url": "https://a.example/1.mp4", "mirrors": ["http://b.example/1.mp4"]})").value();
  EXPECT_EQ(one.urls, (std::vector<std::string>{"https://a.example/1.mp4", "http://b.example/1.mp4"}));
  const auto two = parse(R"({"parts": [{"file": "1.mp4", "url": "http://a/1"}, {"file": "2.mp4"}]})").value();
  EXPECT_EQ(two.parts[0].urls, std::vector<std::string>{"http://a/1"});
  EXPECT_EQ(manifest_of_part(two, 0).urls, std::vector<std::string>{"http://a/1"});
  EXPECT_TRUE(manifest_of_part(two, 1).urls.empty());
}

TEST(Manifest, RefusesAddressesThatAreNone) {
  EXPECT_EQ(problem(R"({"url": "file:///etc/passwd"})"), "manifest_address url");
  EXPECT_EQ(problem(R"({"url": "http://a b"})"), "manifest_address url");
  EXPECT_EQ(problem(R"({"url": "http://a\nb"})"), "manifest_address url");
  EXPECT_EQ(problem(R"({"url": ["http://a"]})"), "manifest_not_text url");
  EXPECT_EQ(problem(R"({"url": "http://)" + std::string(2000, 'a') + "\"}"), "manifest_too_long url");
  EXPECT_EQ(problem(R"({"mirrors": "http://a"})"), "manifest_not_list mirrors");
  EXPECT_EQ(problem(R"({"mirrors": ["gopher://a"]})"), "manifest_address mirrors");
  EXPECT_EQ(
      problem(
          R"({"mirrors": ["http://1","http://2","http://3","http://4","http://5","http://6","http://7","http://8","http://9"]})"),
      "manifest_mirrors_count mirrors");
  EXPECT_EQ(problem(R"({"url": "http://a", "parts": [{"file": "1.mp4"}]})"), "manifest_digest_of_parts url");
}

TEST(Manifest, RefusesWhatIsNoObject) {
  EXPECT_EQ(problem(""), "manifest_json");
  EXPECT_EQ(problem("{"), "manifest_json");
  EXPECT_EQ(problem("{\"title\": \"a\"} x"), "manifest_json");
  EXPECT_EQ(problem("[]"), "manifest_no_object");
  EXPECT_EQ(problem("null"), "manifest_no_object");
  EXPECT_EQ(problem(std::string(100, '[')), "manifest_json");
  EXPECT_EQ(problem("#EXTM3U"), "manifest_json");
}

TEST(Manifest, RefusesWrongTypes) {
  EXPECT_EQ(problem(R"({"title": 5})"), "manifest_not_text title");
  EXPECT_EQ(problem(R"({"lecturer": null})"), "manifest_not_text lecturer");
  EXPECT_EQ(problem(R"({"sha256": ["a"]})"), "manifest_not_text sha256");
  EXPECT_EQ(problem(R"({"parts": {}})"), "manifest_not_list parts");
  EXPECT_EQ(problem(R"({"parts": ["a.mp4"]})"), "manifest_not_object parts[0]");
  EXPECT_EQ(problem(R"({"parts": [{"file": "a"}, {"file": 1}]})"), "manifest_not_text parts[1].file");
  EXPECT_EQ(problem(R"({"parts": [{"file": "a", "received": 1}]})"), "manifest_not_flag parts[0].received");
}

TEST(Manifest, RefusesPathSeparators) {
  for (const auto* name : {"../a.mp4", "a/b.mp4", "/etc/passwd", "a\\\\b.mp4", "..", ".", ""})
    EXPECT_EQ(problem(std::string(R"({"parts": [{"file": ")") + name + "\"}]}"),
              "manifest_file_name parts[0].file")
        << name;
  EXPECT_EQ(problem(R"({"parts": [{"title": "a"}]})"), "manifest_missing parts[0].file");
}

TEST(Manifest, RefusesControlCharacters) {
  EXPECT_EQ(problem(R"({"title": "a\nb"})"), "manifest_control_characters title");
  EXPECT_EQ(problem(R"({"title": "a\u0000b"})"), "manifest_control_characters title");
  EXPECT_EQ(problem(R"({"title": "a\u007fb"})"), "manifest_control_characters title");
  EXPECT_EQ(problem(R"({"parts": [{"file": "a\nb"}]})"), "manifest_file_name parts[0].file");
  EXPECT_EQ(problem(R"({"parts": [{"file": "a\u0000b"}]})"), "manifest_file_name parts[0].file");
}

TEST(Manifest, RefusesLengthsOverItsBounds) {
  const auto title = [](std::size_t size) { return R"({"title": ")" + std::string(size, 'x') + "\"}"; };
  EXPECT_EQ(problem(title(kLongestText)), "none");
  EXPECT_EQ(problem(title(kLongestText + 1)), "manifest_too_long title");
  const auto part = [](std::size_t size) {
    return R"({"parts": [{"file": ")" + std::string(size, 'x') + "\"}]}";
  };
  EXPECT_EQ(problem(part(kLongestName)), "none");
  EXPECT_EQ(problem(part(kLongestName + 1)), "manifest_too_long parts[0].file");
  EXPECT_EQ(problem("{}" + std::string(kManifestLimit - 2, ' ')), "none");
  EXPECT_EQ(problem("{}" + std::string(kManifestLimit - 1, ' ')), "manifest_too_large");
}

TEST(Manifest, RefusesTooManyPartsAndNone) {
  const auto parts = [](std::size_t count) {
    std::string list;
    for (std::size_t i = 0; i < count; ++i)
      list += (i ? "," : "") + ("{\"file\":\"" + std::to_string(i)) + "\"}";
    return "{\"parts\":[" + list + "]}";
  };
  EXPECT_EQ(problem(parts(kMostParts)), "none");
  EXPECT_EQ(problem(parts(kMostParts + 1)), "manifest_parts_count parts");
  EXPECT_EQ(problem(parts(0)), "manifest_parts_count parts");
  EXPECT_EQ(problem(R"({"parts": [{"file": "a"}, {"file": "a"}]})"), "manifest_twice parts[1].file");
}

TEST(Manifest, RefusesBadDigestsAndDates) {
  EXPECT_EQ(problem(R"({"sha256": "abc"})"), "manifest_digest sha256");
  EXPECT_EQ(problem("{\"sha256\": \"" + std::string(64, 'g') + "\"}"), "manifest_digest sha256");
  EXPECT_EQ(problem(R"({"keep_until": "2036-02-30"})"), "manifest_date keep_until");
  EXPECT_EQ(problem(R"({"keep_until": "next year"})"), "manifest_date keep_until");
  EXPECT_EQ(problem("{\"sha256\": \"" + kDigest + R"(", "parts": [{"file": "a"}]})"),
            "manifest_digest_of_parts sha256");
}

TEST(Manifest, GivesEachPartItsTitleAndDigest) {
  const auto m = parse(R"({"title": "养蜂", "lecturer": "王", "parts": [
      {"file": "1.mp4", "sha256": ")" +
                       kDigest + R"("}, {"file": "2.mp4", "title": "分蜂"}]})")
                     .value();
  const auto first = manifest_of_part(m, 0), second = manifest_of_part(m, 1);
  EXPECT_EQ(first.title, "养蜂 (1/2)");
  EXPECT_EQ(first.sha256, kDigest);
  EXPECT_EQ(first.lecturer, "王");
  EXPECT_EQ(second.title, "分蜂");
  EXPECT_EQ(second.sha256, "");
  EXPECT_TRUE(second.parts.empty());
}

TEST(Manifest, EveryByteMayBeDamagedWithoutHarm) {
  const std::string good = R"({"title": "养蜂", "keep_until": "2036-12-31", "parts": [{"file": "1.mp4"}]})";
  for (std::size_t at = 0; at < good.size(); ++at) {
    EXPECT_NE(problem(good.substr(0, at)), "none");
    for (const char byte : {'\0', '"', '\\', '{', '\xFF'}) {
      auto damaged = good;
      damaged[at] = byte;
      problem(damaged);  // whatever it says, it says something with a text
    }
  }
}

}  // namespace
}  // namespace edu::receiver
