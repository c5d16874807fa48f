// What comes in by multicast as people read it, and how a neighbour or the web helps out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "receiver/channels/repair_file.h"
#include "tests/web/station_bench.h"
#include "web/api/channels.h"

namespace edu::web {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;
using testing::Not;

multicast::ObjectStatus object() {
  multicast::ObjectStatus one;
  one.no = 3;
  one.name = "果树.mp4";
  one.state = multicast::ObjectState::receiving;
  one.bytes = 1000;
  one.received = 400;
  one.blocks_missing = 2;
  return one;
}

class Objects : public testing::Test {
 protected:
  std::string code(const Response& response) {
    const auto value = json::parse(response.body);
    return get_string(value.as_object(), "code");
  }
  receiver::GapList gaps(const std::string& bytes) {
    receiver::GapList list;
    list.key = std::string(64, '1');
    list.name = "果树.mp4";
    list.sha256 = to_hex(Sha256().update(bytes).finish());
    list.length = bytes.size();
    list.runs = {{2, 4}};
    return list;
  }
  Response fill(const std::string& repair) {
    return bench_.post("/api/v1/objects/fill", repair, "application/octet-stream");
  }
  test::StationBench bench_;
};

TEST_F(Objects, OfNoChannelAreNone) {
  const auto list = bench_.get("/api/v1/objects");
  EXPECT_EQ(list.status, 200);
  EXPECT_EQ(json::parse(list.body).at("rows").as_array().size(), 0u);
  for (const auto* path : {"/api/v1/objects/3", "/api/v1/objects/3/gaps"}) {
    const auto answer = bench_.get(path);
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(code(answer), "receiver.no_object");
  }
  EXPECT_EQ(bench_.get("/api/v1/objects/x/gaps").status, 400);
  const auto web = bench_.post("/api/v1/objects/3/web", "{}");
  EXPECT_EQ(web.status, 404);
  EXPECT_EQ(code(web), "receiver.no_object");
}

TEST_F(Objects, OfANeighbourAreHelpedByTheLibrary) {
  bench_.courseware("media of fruit trees");
  const auto answer =
      bench_.post("/api/v1/objects/gaps", json::serialize(to_json(gaps("media of fruit trees"))));
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto repair = receiver::read_repair(answer.body);
  ASSERT_TRUE(repair);
  EXPECT_EQ(std::string(repair->bytes.begin(), repair->bytes.end()), "dia");
  EXPECT_EQ(repair->key, std::string(64, '1'));
  EXPECT_EQ(fill(answer.body).status, 409) << "nothing of that key is being received here";
}

TEST_F(Objects, AreFoundBySizeAndMd5Too) {
  bench_.courseware("media of fruit trees");
  auto list = gaps("media of fruit trees");
  list.sha256.clear();
  EXPECT_EQ(bench_.post("/api/v1/objects/gaps", json::serialize(to_json(list))).status, 404);
  Md5 md5;
  const std::string content = "media of fruit trees";
  md5.update({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
  list.md5 = to_hex(md5.finish());
  EXPECT_EQ(bench_.post("/api/v1/objects/gaps", json::serialize(to_json(list))).status, 200);
}

TEST_F(Objects, AreNotHelpedWithWhatIsNotThere) {
  const auto answer = bench_.post("/api/v1/objects/gaps", json::serialize(to_json(gaps("never received"))));
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(code(answer), "receiver.not_here");
}

TEST_F(Objects, RefuseWhatIsNoListAndNoRepair) {
  EXPECT_EQ(code(bench_.post("/api/v1/objects/gaps", "{}")), "receiver.gaps_bad");
  EXPECT_EQ(code(fill("nonsense")), "receiver.repair_bad");
  EXPECT_EQ(code(fill("")), "receiver.repair_bad");
}

TEST(ChannelTexts, SayWhenTheMissingPartIsExpected) {
  const Zone zone("Asia/Shanghai");
  auto one = object();
  EXPECT_THAT(object_text(one, zone, Language::en), HasSubstr("just coming"));
  one.passes.quiet = minutes(1);
  EXPECT_THAT(object_text(one, zone, Language::en), HasSubstr("only one pass has been seen"));
  one.passes.basis = multicast::Passes::Basis::object;
  one.passes.period = minutes(61);
  one.passes.from = zone.to_utc(*parse_local_time("2026-11-23T20:00"));
  one.passes.until = *one.passes.from + minutes(5);
  for (const auto language : {Language::zh, Language::en}) {
    const auto text = object_text(one, zone, language);
    EXPECT_THAT(text, HasSubstr("40 %"));
    EXPECT_THAT(text, HasSubstr(language == Language::zh ? "2026年11月23日 20:00" : "23 Nov 2026 20:00"));
    EXPECT_THAT(text, HasSubstr("1:01:00"));
    EXPECT_THAT(text, Not(HasSubstr("{")));
  }
  const auto json = passes_json(one.passes);
  EXPECT_EQ(get_string(json, "basis"), "object");
  EXPECT_EQ(get_int(json, "period_s"), 3660);
  EXPECT_EQ(get_int(json, "until_ms") - get_int(json, "from_ms"), 300'000);
  one.blocks_missing = 0;
  EXPECT_THAT(object_text(one, zone, Language::en), Not(HasSubstr("expected")));
}

TEST(ChannelTexts, NameWhatIsInTheWay) {
  auto one = object();
  one.why = Refusal{"multicast.no_code", {{"id", "6"}}};
  EXPECT_THAT(object_text(one, Zone(), Language::en), HasSubstr("FEC Encoding ID 6"));
  multicast::ChannelStatus channel;
  channel.name = "县";
  channel.listening = true;
  channel.silent = true;
  channel.rate = 2'500'000;
  channel.objects = {one};
  const auto line = channel_text(channel, Language::en);
  EXPECT_THAT(line, HasSubstr("2.5 Mbit/s"));
  EXPECT_THAT(line, HasSubstr("nothing comes"));
  const auto all = channels_json({channel}, Language::en);
  const auto& json = all.at(0).as_object();
  EXPECT_EQ(get_int(json, "rate_bits"), 2'500'000);
  EXPECT_THAT(get_string(json.at("objects").at(0).as_object(), "hindrance"), HasSubstr("FEC Encoding ID 6"));
}

TEST(ChannelTexts, OfEventsAreInBothLanguages) {
  for (const auto* kind : {"object_begun", "object_complete", "object_failed", "channel_silent",
                           "channel_back", "channel_listening", "channel_trouble"}) {
    receiver::ChannelEvent event;
    event.kind = kind;
    event.channel = "县";
    const bool of_object = event.kind.starts_with("object");
    if (of_object) event.object = "果树.mp4";
    if (event.kind == "object_failed" || event.kind == "channel_trouble")
      event.why = Refusal{"multicast.md5_mismatch", {}};
    const auto json = event_json(event, from_ms(5));
    EXPECT_EQ(get_string(json, "kind"), "channel." + event.kind);
    for (const auto* language : {"zh", "en"}) {
      const auto text = get_string(json.at("text").as_object(), language);
      EXPECT_THAT(text, HasSubstr(of_object ? "果树.mp4" : "县")) << kind;
      EXPECT_THAT(text, Not(HasSubstr("{"))) << kind;
    }
  }
}

}  // namespace
}  // namespace edu::web
