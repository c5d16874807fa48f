#include "web/api/page.h"

#include <gmock/gmock.h>

#include "tests/web/station_bench.h"
#include "web/http/html.h"

namespace edu::web {
namespace {

awaitable<std::vector<scheduler::Occurrence>> given(std::vector<scheduler::Occurrence> timeline) {
  co_return timeline;
}

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

TEST(Html, EscapesWhatCouldBeMarkup) {
  EXPECT_EQ(escape("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  EXPECT_EQ(escape("果树"), "果树");
  EXPECT_EQ(escape("a\xFF"), "a\xEF\xBF\xBD");
}

TEST(Html, ShowsTheColumnsAndRowsThatAreWanted) {
  Table table;
  table.columns = {{"a", "A"}, {"b", "<B>"}, {"c", "C"}};
  table.rows = {{"1", "<x>", "p"}, {"2", "y", "q"}, {"3", "z", "r"}};
  const auto first = html_table(table, {"b", "none"}, 2, Pick::first);
  EXPECT_THAT(first, HasSubstr("<th scope=\"col\">&lt;B&gt;</th>"));
  EXPECT_THAT(first, HasSubstr("<td>&lt;x&gt;</td>"));
  EXPECT_THAT(first, HasSubstr("<td>y</td>"));
  EXPECT_THAT(first, Not(HasSubstr("<td>z</td>")));
  EXPECT_THAT(html_table(table, {"b"}, 1, Pick::last), HasSubstr("<td>z</td>"));
  EXPECT_THAT(html_table({}, {"b"}, 1, Pick::last), Not(HasSubstr("<td>")));
}

TEST(Html, KeepsAFigureOnOneLine) {
  Table table;
  table.columns = {{"size", "Size"}};
  table.rows = {{Bytes{413'500}}};
  EXPECT_THAT(html_table(table, {"size"}, 1, Pick::first), HasSubstr("<td class=\"figure\">413.5 kB</td>"));
}

// Where a column may be as narrow as a letter, short words of a title would be broken.
TEST(Html, GivesATitleItsRoom) {
  Table table;
  table.columns = {{"title", "Title"}};
  table.rows = {{"chained course"}};
  EXPECT_THAT(html_table(table, {"title"}, 1, Pick::first),
              HasSubstr("<td class=\"title\">chained course</td>"));
}

class Page : public testing::Test {
 protected:
  Response page(Language language = Language::zh) {
    Request request;
    request.method = "GET";
    request.path = "/";
    request.language = language;
    return station_.ask(std::move(request));
  }
  test::StationBench station_;
};

TEST_F(Page, IsChineseOrEnglish) {
  EXPECT_THAT(page().body, HasSubstr("<html lang=\"zh-CN\">"));
  EXPECT_THAT(page().body, HasSubstr("节目预告"));
  EXPECT_THAT(page(Language::en).body, HasSubstr("Next programmes"));
}

TEST_F(Page, AllowsNothingButItsOwnStyleAndScript) {
  const auto response = page();
  std::string policy;
  for (const auto& [name, value] : response.headers)
    if (name == "Content-Security-Policy") policy = value;
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_THAT(response.body, Not(HasSubstr("<style")));
  EXPECT_THAT(response.body, Not(HasSubstr("onclick")));
  for (const auto* path : {"/style.css", "/live.js"}) {
    EXPECT_THAT(response.body, HasSubstr(std::string("\"") + path + "\""));
    EXPECT_EQ(station_.get(path).status, 200);
  }
}

TEST_F(Page, ShowsWhatComesByMulticastAndWhatStandsInTheWay) {
  Snapshot snapshot;
  snapshot.sources.resize(1);
  snapshot.sources[0].name = "县课件目录";
  snapshot.sources[0].problem = Refusal{"receiver.channel_trouble", {{"what", "<unreachable>"}}};
  snapshot.channels.resize(1);
  auto& channel = snapshot.channels[0];
  channel.name = "<县>";
  channel.listening = true;
  multicast::ObjectStatus object;
  object.no = 1;
  object.name = "<果树>.mp4";
  object.bytes = 2000;
  object.received = 500;
  channel.objects.assign(100, object);
  const auto html = first_page(snapshot, station_.context().rooms, Language::en);
  EXPECT_THAT(html, HasSubstr("<p class=\"warn\">县课件目录: "));
  EXPECT_THAT(html, HasSubstr("&lt;县&gt;"));
  EXPECT_THAT(html, HasSubstr("&lt;果树&gt;.mp4"));
  EXPECT_THAT(html, HasSubstr("<progress max=\"2000\" value=\"500\">"));
  EXPECT_THAT(html, HasSubstr("96 more"));
  EXPECT_THAT(html, Not(AnyOf(HasSubstr("<县>"), HasSubstr("<果树>"), HasSubstr("<unreachable>"))));
}

TEST_F(Page, EscapesHostileTitles) {
  const std::string hostile = "</td><script>alert(1)</script>\"'&";
  scheduler::OnAir::Now now;
  now.occurrence.title = hostile;
  now.occurrence.rundown = {{1, hostile, milliseconds(1000)}};
  station_.playing.now = now;
  station_.playing.why = "scheduler.why.on_air";
  station_.playing.why_args = {
      {"programme", "1"}, {"title", hostile}, {"start", "x"}, {"item", "1"}, {"items", "1"}};
  station_.context().rooms.station.name = hostile;
  scheduler::Occurrence coming;
  coming.title = coming.place = coming.lecturer = hostile;
  coming.start = station_.clock().now();
  station_.context().rooms.timeline = [coming](int) { return given({coming}); };
  const auto body = page().body;
  EXPECT_THAT(body, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(body, Not(HasSubstr("</td><script")));
  EXPECT_THAT(body, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"));
}

TEST_F(Page, SaysWhatIsOutOfOrder) {
  EXPECT_THAT(page().body, Not(HasSubstr("不能工作")));
  station_.left_out = {{"channels", "<no such device>"}};
  EXPECT_THAT(page().body, HasSubstr("<p class=\"warn\">组播频道不能工作：&lt;no such device&gt;</p>"));
}

TEST_F(Page, StaysSmallWithALotToShow) {
  for (int i = 0; i < 20; ++i)
    station_.courseware("a rather long name of a film " + std::to_string(i) + ".mp4");
  scheduler::Occurrence coming;
  coming.title = std::string(200, 'x');
  coming.start = station_.clock().now();
  const std::vector<scheduler::Occurrence> many(100, coming);
  station_.context().rooms.timeline = [many](int) { return given(many); };
  EXPECT_LT(page().body.size(), 15'000u);
  EXPECT_THAT(page().body, HasSubstr("film 19<"));  // the newest reception is there
}

TEST_F(Page, SaysWhenTheClockIsNotTrusted) {
  station_.playing.trust = ClockTrust::untrusted;
  EXPECT_THAT(page().body, HasSubstr("等待校时"));
}

}  // namespace
}  // namespace edu::web
