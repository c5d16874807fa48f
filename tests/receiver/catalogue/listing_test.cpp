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

TEST(Feed, AnItemThatWasPublishedAnewIsAnotherVersion) {
  std::string later = kRss;
  for (std::size_t at = 0; (at = later.find("16 Nov", at)) != later.npos;) later.replace(at, 6, "17 Nov");
  EXPECT_EQ(parse(kRss)->entries[0].id, parse(later)->entries[0].id);
  EXPECT_NE(parse(kRss)->entries[0].version, parse(later)->entries[0].version);
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

std::string rss(const std::string& item, const std::string& more = "") {
  return "<rss version='2.0'" + more + "><channel><title>t</title><item><title>果树</title>" + item +
         "</item></channel></rss>";
}
std::vector<std::string> urls_of(const std::string& text) {
  const auto listing = parse(text);
  if (!listing) return {listing.error().code};
  return listing->entries.empty() ? std::vector<std::string>{} : listing->entries[0].urls;
}
const std::string kFile = "https://edu.example/lists/a.mp4";

TEST(Feed, InJsonIsReadAsWell) {
  constexpr std::string_view text = R"({
    "version": "https://jsonfeed.org/version/1.1", "title": "农技课堂",
    "items": [
      {"id": 1, "title": "果树修剪", "url": "https://edu.example/1.html", "date_published": "2026-11-20T08:00:00Z",
       "authors": [{"name": "李老师"}], "tags": ["农技"],
       "attachments": [{"url": "/films/果树.mp4", "mime_type": "video/mp4", "size_in_bytes": 1200}]},
      {"id": "b", "title": "广播", "external_url": "https://edu.example/b.mp3"},
      {"id": "c", "title": "通知", "url": "https://edu.example/c.html", "content_text": "..."}]})";
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  const auto listing = parse_listing(bytes, "https://edu.example/feed.json").value();
  EXPECT_TRUE(listing.feed);
  EXPECT_EQ(listing.title, "农技课堂");
  ASSERT_EQ(listing.entries.size(), 2u);
  EXPECT_EQ(listing.passed_over, 1u);
  const auto& first = listing.entries[0];
  EXPECT_EQ(first.urls.front(), "https://edu.example/films/%e6%9e%9c%e6%a0%91.mp4");
  EXPECT_EQ(first.manifest.title, "果树修剪");
  EXPECT_EQ(first.manifest.lecturer, "李老师");
  EXPECT_EQ(first.manifest.category, "农技");
  EXPECT_EQ(listing.entries[1].urls.front(), "https://edu.example/b.mp3");
}

TEST(Feed, TakesWhatItsNameOrItsTypeSaysIsMedia) {
  for (const auto* item :
       {"<enclosure url='a.mp4'/>", "<enclosure url='a.mp4' type='text/plain' length='x'/>",
        "<enclosure url='a.mp4' type='application/x-shockwave-flash'/>", "<link>a.mp4</link>",
        "<enclosure url='cover.jpg' type='image/jpeg'/><enclosure url='a.mp4' "
        "type='application/octet-stream'/>",
        "<m:content xmlns:m='http://search.yahoo.com/mrss/' url='a.mp4' medium='video'/>",
        "<media:content url='a.mp4'/>",
        "<media:group><media:content url='p.png' medium='image'/><media:content url='a.mp4'/></media:group>",
        "<atom:link rel='enclosure' href='a.mp4'/>", "<enclosure url='\n  a.mp4 '/>"})
    EXPECT_THAT(urls_of(rss(item)), ElementsAre(kFile)) << item;
  for (const auto* item :
       {"<enclosure url='a.pdf' type='application/pdf'/>", "<link>https://a.example/page</link>",
        "<media:thumbnail url='a.mp4'/>", "<content type='html'>x</content>"})
    EXPECT_THAT(urls_of(rss(item)), SizeIs(0)) << item;
}

TEST(Feed, WhereNothingSaysWhatItIsTheFirstBytesHaveTo) {
  const auto doubtful = [](const std::string& item) { return parse(rss(item))->entries.at(0).doubtful; };
  EXPECT_TRUE(doubtful("<enclosure url='get.php?id=3' type='text/html'/>"));
  EXPECT_FALSE(doubtful("<enclosure url='get.php?id=3' type='video/mp4'/>"));
  EXPECT_FALSE(doubtful("<enclosure url='a.mp4?id=3' type='text/html'/>"));
}

TEST(Feed, OfRss1AndWithXmlBaseIsRead) {
  EXPECT_THAT(urls_of(R"(<?xml version="1.0"?><rdf:RDF xmlns="http://purl.org/rss/1.0/"
      xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:enc="http://purl.oclc.org/net/rss_2.0/enc#">
      <channel rdf:about="x"><title>t</title></channel>
      <item rdf:about="y"><title>果树</title><enc:enclosure rdf:resource="a.mp4" enc:type="video/mp4"/></item></rdf:RDF>)"),
              ElementsAre(kFile));
  EXPECT_THAT(urls_of(R"(<a:feed xmlns:a="http://www.w3.org/2005/Atom" xml:base="/x/"><a:title>t</a:title>
      <a:entry xml:base="y/"><a:id>1</a:id><a:link rel="enclosure" href="z.mp4"/></a:entry></a:feed>)"),
              ElementsAre("https://edu.example/x/y/z.mp4"));
  EXPECT_THAT(urls_of(R"(<feed><entry><content src="a.mp4" type="video/mp4"/></entry></feed>)"),
              ElementsAre(kFile));
}

TEST(Feed, InAnyEncodingAndBehindWhateverStandsBeforeItIsRead) {
  const auto feed = rss("<enclosure url='果.mp4'/>");
  const auto with = [&](const std::string& encoding) {
    return "<?xml version='1.0' encoding='" + encoding + "'?>" + feed;
  };
  const auto gb = [](std::string text) {
    for (const auto& [utf8, gbk] : {std::pair("果", "\xB9\xFB"), std::pair("树", "\xCA\xF7")})
      for (std::size_t at = 0; (at = text.find(utf8, at)) != text.npos;) text.replace(at, 3, gbk);
    return text;
  };
  std::string wide = "\xFE\xFF";
  for (std::size_t i = 0; i < feed.size();) {
    const bool ascii = static_cast<unsigned char>(feed[i]) < 0x80;
    if (ascii) wide += {'\0', feed[i]};
    if (!ascii) wide += feed.substr(i, 3) == "果" ? "\x67\x9C" : "\x68\x11";
    i += ascii ? 1 : 3;
  }
  for (const auto& text :
       {feed, "\xEF\xBB\xBF" + feed, " \r\n" + with("UTF-8"), with("gb2312"), gb(with("gb2312")),
        gb(with("GBK")), gb(with("utf-8")), gb(with("iso-8859-1")), wide, wide.substr(2),
        "<br />\n<b>Warning</b>: x in /y\n" + with("utf-8"), "<!-- made by x -->" + feed}) {
    const auto listing = parse(text);
    ASSERT_TRUE(listing) << listing.error().code << text;
    ASSERT_THAT(listing->entries, SizeIs(1)) << text;
    EXPECT_EQ(listing->entries[0].manifest.title, "果树") << text;
    EXPECT_EQ(listing->entries[0].urls[0], "https://edu.example/lists/%e6%9e%9c.mp4");
  }
  EXPECT_EQ(parse(gb(with("gb2312")))->entries[0].urls.at(1), "https://edu.example/lists/%b9%fb.mp4")
      << "as its server may name the file";
}

TEST(Feed, TitlesAreReadAsPeopleSeeThem) {
  const auto title = [](const std::string& text) {
    return parse("<rss><channel><item><title>" + text + "</title><link>a.mp4</link></item></channel></rss>")
        ->entries.at(0)
        .manifest.title;
  };
  EXPECT_EQ(title("&ldquo;果树&rdquo;&nbsp;修剪"), "“果树” 修剪");
  EXPECT_EQ(title("<![CDATA[<b>果</b>树&#8212;修剪<br/>二]]>"), "果树—修剪 二");
  EXPECT_EQ(title("第一课 &amp;amp; 第二课 &amp;#x2014; 三"), "第一课 & 第二课 — 三");
  EXPECT_EQ(title("温度 &lt;5℃ 与 a &lt; b，&unknown; 100%"), "温度 <5℃ 与 a < b，&unknown; 100%");
  EXPECT_EQ(title("一<![CDATA[二]]>三"), "一二三");
}

TEST(Feed, AnItemIsToldByItsGuidWhateverTokenItsAddressHas) {
  const auto entry = [](const std::string& item) { return parse(rss(item))->entries.at(0); };
  const auto one = entry("<guid>g</guid><enclosure url='a.mp4?token=1' type='video/mp4' length='5'/>");
  const auto two = entry("<guid> g </guid><enclosure url='a.mp4?token=2' type='video/mp4' length='5'/>");
  EXPECT_EQ(one.id, two.id);
  EXPECT_NE(one.version, two.version);
  EXPECT_EQ(one.published, two.published);
  EXPECT_NE(one.published, entry("<guid>g</guid><enclosure url='a.mp4?token=2' length='6'/>").published);
  const auto both =
      parse(rss("<guid>g</guid><enclosure url='a.mp4'/></item><item><guid>g</guid><enclosure url='b.mp4'/>"));
  EXPECT_THAT(both->entries, SizeIs(2)) << "a site's address as the guid of all its items";
}

TEST(Listing, APageForPeopleIsCalledThat) {
  EXPECT_EQ(code_of("<!DOCTYPE html><html><body>Welcome</body></html>"), "catalogue.web_page");
  EXPECT_EQ(code_of("\xEF\xBB\xBF\n<!-- x --><HTML><form><input type=\"password\">"), "catalogue.login_page");
  EXPECT_EQ(code_of("<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html><title>上网认证</title></html>"),
            "catalogue.login_page");
  EXPECT_EQ(code_of("<script>location.href='http://10.0.0.1/portal'</script>"), "catalogue.login_page");
  EXPECT_EQ(parse("<html>").error().kind, Refusal::Kind::unavailable) << "it is asked for again";
}

TEST(Feed, ThatIsNoneIsRefused) {
  for (const auto* text : {"<", "<rss></rss>", "<svg></svg>", "<rss><channel>", "<!-- -->"})
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
  for (const auto* bad : {"", "ftp://a/b", "file:///x", "javascript:x", "http://user:word@a.example/", "   "})
    EXPECT_FALSE(absolute_url("https://a.example/", bad)) << bad;
  const auto page = [](std::string_view reference) {
    return absolute_url("https://a.example/b/", reference).value_or("none");
  };
  EXPECT_EQ(page(" a b.mp4\n"), "https://a.example/b/a%20b.mp4");
  EXPECT_EQ(page("a\r\n  b"), "https://a.example/b/a%20%20b");
  EXPECT_EQ(page("第 1 课.mp4?名=果"),
            "https://a.example/b/%e7%ac%ac%201%20%e8%af%be.mp4?%e5%90%8d=%e6%9e%9c");
  EXPECT_EQ(page("/100%.mp4"), "https://a.example/100%25.mp4");
  EXPECT_EQ(page("/a%20b.mp4"), "https://a.example/a%20b.mp4");
  EXPECT_EQ(page("a\"<b>^`{|}.mp4"), "https://a.example/b/a%22%3cb%3e%5e%60%7b%7c%7d.mp4");
  EXPECT_EQ(page("\\\\c.example\\d\\e.mp4"), "https://c.example/d/e.mp4");
  EXPECT_EQ(page("http:\\\\c.example\\d?x=\\"), "http://c.example/d?x=\\");
  EXPECT_EQ(page("//c.example:81/果.mp4"), "https://c.example:81/%e6%9e%9c.mp4");
  EXPECT_EQ(page("/\xB9\xFB\xCA\xF7.mp4"), "https://a.example/%b9%fb%ca%f7.mp4") << "bytes in GB 2312";
  EXPECT_EQ(page("/\xD5\x5C.mp4"), "https://a.example/%d5%5c.mp4") << "誠 in GBK ends like a backslash";
  EXPECT_EQ(page("http://中文.example/a"), "http://xn--fiq228c.example/a");
  EXPECT_EQ(page("http://ｗｗｗ．ｅｘａｍｐｌｅ/"), "http://www.example/");
  EXPECT_EQ(page("a//b c"), "https://a.example/b/a//b%20c");
  EXPECT_FALSE(absolute_url("https://a.example/", std::string_view("a\0b", 3)));
  EXPECT_FALSE(absolute_url("", "relative"));
  EXPECT_FALSE(absolute_url("https://a.example/", std::string(kLongestUrl + 1, 'a')));
}

}  // namespace
}  // namespace edu::catalogue
