#include "receiver/catalogue/listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/messages.h"
#include "base/text.h"
#include "receiver/catalogue/http.h"

namespace edu::catalogue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

const std::string kUrl = "https://edu.example/lists/catalogue.json";
const std::string kDigest(64, 'a');

Result<Listing> parse(const std::string& text) {
  return parse_listing({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, kUrl);
}
std::string code_of(const std::string& text) {
  const auto listing = parse(text);
  return listing ? "" : listing.error().code;
}
std::string with_entry(const std::string& members) {
  return R"({"catalogue": 1, "entries": [{)" + members + "}]}";
}
std::string member_of(const std::string& text) {
  const auto listing = parse(text);
  return listing || !listing.error().args.contains("member") ? "" : listing.error().args.at("member");
}

TEST(Catalogue, IsReadMemberByMember) {
  const auto listing =
      parse(R"({"catalogue": 1, "title": "县课件", "series": "c", "serial": 3, "expires": "2027-01-31",
    "later": true, "entries": [
      {"url": "果树.mp4", "mirrors": ["//mirror.example/a.mp4", "http://b.example/x.mp4"], "size": 123,
       "sha256": ")" +
            kDigest + R"(", "manifest": {"title": "果树修剪", "category": "种植"}},
      {"url": "/b.mp4", "manifest_url": "b.json"}]})");
  ASSERT_TRUE(listing);
  EXPECT_EQ(listing->title, "县课件");
  EXPECT_EQ(listing->serial, 3);
  EXPECT_EQ(listing->expires, "2027-01-31");
  ASSERT_THAT(listing->entries, SizeIs(2));
  const auto& first = listing->entries[0];
  EXPECT_THAT(first.urls, ElementsAre("https://edu.example/lists/%e6%9e%9c%e6%a0%91.mp4",
                                      "https://mirror.example/a.mp4", "http://b.example/x.mp4"));
  EXPECT_EQ(first.name, "果树.mp4");
  EXPECT_EQ(first.size, 123u);
  EXPECT_EQ(first.manifest.title, "果树修剪");
  EXPECT_EQ(first.manifest.sha256, kDigest);
  EXPECT_EQ(listing->entries[1].manifest_url, "https://edu.example/lists/b.json");
  EXPECT_EQ(listing->entries[1].urls[0], "https://edu.example/b.mp4");
  EXPECT_NE(first.id, listing->entries[1].id);
}

TEST(Catalogue, AnEntryIsTheSameAsLongAsItsAddressAndDigestAre) {
  const auto id = [](const std::string& members) { return parse(with_entry(members))->entries.at(0).id; };
  const auto digest = R"("sha256": ")" + kDigest + "\"";
  EXPECT_EQ(id(R"("url": "a.mp4", )" + digest), id(R"("size": 5, "url": "a.mp4", )" + digest));
  EXPECT_NE(id(R"("url": "a.mp4", )" + digest), id(R"("url": "b.mp4", )" + digest));
  EXPECT_NE(id(R"("url": "a.mp4", )" + digest), id(R"("url": "a.mp4")"));
}

TEST(Catalogue, NamesWhatIsWrong) {
  EXPECT_EQ(code_of(""), "catalogue.format");
  EXPECT_EQ(code_of("hello"), "catalogue.format");
  EXPECT_EQ(code_of("{"), "catalogue.json");
  EXPECT_EQ(code_of(R"({"catalogue": 2, "entries": []})"), "catalogue.version");
  EXPECT_EQ(code_of(R"({"entries": []})"), "catalogue.version");
  EXPECT_EQ(member_of(R"({"catalogue": 1})"), "entries");
  EXPECT_EQ(member_of(R"({"catalogue": 1, "entries": [1]})"), "entries[0]");
  EXPECT_EQ(member_of(R"({"catalogue": 1, "serial": 1, "entries": []})"), "serial");
  EXPECT_EQ(member_of(R"({"catalogue": 1, "expires": "soon", "entries": []})"), "expires");
  EXPECT_EQ(member_of(with_entry("")), "entries[0].url");
  EXPECT_EQ(member_of(with_entry(R"("url": "ftp://a/b")")), "entries[0].url");
  EXPECT_EQ(member_of(with_entry(R"("url": "file:///etc/passwd")")), "entries[0].url");
  EXPECT_EQ(member_of(with_entry(R"("url": "a", "size": -1)")), "entries[0].size");
  EXPECT_EQ(member_of(with_entry(R"("url": "a", "sha256": "12")")), "entries[0].sha256");
  EXPECT_EQ(member_of(with_entry(R"("url": "a", "mirrors": "b")")), "entries[0].mirrors");
  EXPECT_EQ(code_of(with_entry(R"("url": "a", "manifest": {"title": 1})")), "receiver.manifest_not_text");
  EXPECT_EQ(member_of(with_entry(R"("url": "a", "manifest": {"parts": [{"file": "x"}]})")),
            "entries[0].manifest.parts");
  EXPECT_EQ(member_of(with_entry(R"("url": "a", "sha256": ")" + kDigest + R"(", "manifest": {"sha256": ")" +
                                 std::string(64, 'b') + "\"}")),
            "entries[0].sha256");
  EXPECT_EQ(code_of(std::string(kCatalogueLimit + 1, ' ')), "catalogue.too_large");
}

TEST(Catalogue, ANameFromOutsideIsAFilesNameAndNothingElse) {
  const auto name = [](const std::string& url) {
    return parse(with_entry("\"url\": \"" + url + "\""))->entries.at(0).name;
  };
  EXPECT_EQ(name("https://a.example/x/%2e%2e%2f%2e%2e%2fetc%2fpasswd"), "_.._etc_passwd");
  EXPECT_EQ(name("https://a.example/"), "file");
  EXPECT_EQ(name("https://a.example/a%0Ab.mp4"), "a b.mp4");
}

constexpr const char* kRss = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE rss [<!ENTITY bomb "boom">]>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>农技广播</title>
<item><title>养蜂 &amp; 采蜜</title><guid>g1</guid><pubDate>Mon, 16 Nov 2026 08:00:00 +0800</pubDate>
  <itunes:author>王老师</itunes:author><category>养殖</category>
  <enclosure url="https://media.example/bees.mp3" length="1000" type="audio/mpeg"/></item>
<item><title>只有文字</title></item>
<item><title>封面</title><enclosure url="a.jpg" type="image/jpeg"/></item>
<item><title>养蜂</title><guid>g1</guid><pubDate>Mon, 16 Nov 2026 08:00:00 +0800</pubDate>
  <enclosure url="https://media.example/bees.mp3" length="1000" type="audio/mpeg"/></item>
</channel></rss>)";

TEST(Feed, OfRssGivesItsEnclosuresOfMedia) {
  const auto listing = parse(kRss);
  ASSERT_TRUE(listing) << listing.error().code;
  EXPECT_TRUE(listing->feed);
  EXPECT_EQ(listing->title, "农技广播");
  ASSERT_THAT(listing->entries, SizeIs(1));
  EXPECT_EQ(listing->passed_over, 3u);  // text, a picture, the same again
  const auto& entry = listing->entries[0];
  EXPECT_EQ(entry.manifest.title, "养蜂 & 采蜜");
  EXPECT_EQ(entry.manifest.lecturer, "王老师");
  EXPECT_EQ(entry.manifest.category, "养殖");
  EXPECT_THAT(entry.urls, ElementsAre("https://media.example/bees.mp3"));
  EXPECT_EQ(entry.name, "bees.mp3");
}

TEST(Feed, AnItemThatWasPublishedAnewIsAnotherEntry) {
  std::string later = kRss;
  for (std::size_t at = 0; (at = later.find("16 Nov", at)) != later.npos;) later.replace(at, 6, "17 Nov");
  EXPECT_NE(parse(kRss)->entries[0].id, parse(later)->entries[0].id);
}

TEST(Feed, OfAtomGivesItsEnclosuresToo) {
  const auto listing = parse(R"(<feed xmlns="http://www.w3.org/2005/Atom"><title>省台</title>
    <entry><id>x</id><updated>2026-11-16T00:00:00Z</updated><title>果树</title><author><name>李</name></author>
      <link rel="alternate" href="a.html"/><link rel="enclosure" href="a.mp4" type="video/mp4"/></entry></feed>)");
  ASSERT_TRUE(listing);
  ASSERT_THAT(listing->entries, SizeIs(1));
  EXPECT_EQ(listing->entries[0].urls[0], "https://edu.example/lists/a.mp4");
  EXPECT_EQ(listing->entries[0].manifest.lecturer, "李");
}

TEST(Feed, ThatIsNoneIsRefused) {
  for (const auto* text : {"<", "<html></html>", "<rss></rss>", "<rss><channel>", "<!-- -->"})
    EXPECT_EQ(code_of(text), "catalogue.feed") << text;
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  EXPECT_EQ(code_of(deep), "catalogue.feed");
}

TEST(Feed, AnEntityBombStaysSmall) {
  const auto listing = parse(R"(<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
    <rss><channel><title>&b;&b;</title></channel></rss>)");
  ASSERT_TRUE(listing);
  EXPECT_LT(listing->title.size(), 20u);
}

TEST(Urls, AreResolvedAsPagesDo) {
  EXPECT_EQ(absolute_url("http://a.example/b/c?x=1", "d.mp4"), "http://a.example/b/d.mp4");
  EXPECT_EQ(absolute_url("http://a.example/b/c", "../../../d"), "http://a.example/d");
  EXPECT_EQ(absolute_url("https://a.example/b", "http://c.example"), "http://c.example/");
  for (const auto* bad :
       {"", "ftp://a/b", "file:///x", "javascript:x", "http://user:word@a.example/", "a b", "a\nb"})
    EXPECT_FALSE(absolute_url("https://a.example/", bad)) << bad;
  EXPECT_FALSE(absolute_url("", "relative"));
  EXPECT_FALSE(absolute_url("https://a.example/", std::string(kLongestUrl + 1, 'a')));
}

}  // namespace
}  // namespace edu::catalogue
