#include "receiver/intake/quarantine_keep.h"

#include "tests/receiver/receiving.h"

namespace edu::receiver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

QuarantineItem item(std::int64_t no, const char* source, std::int64_t day, std::uint64_t bytes) {
  QuarantineItem item;
  item.no = no;
  item.means = "folder";
  item.source = source;
  item.since_ms = day * 24 * 3600'000;
  item.bytes = bytes;
  return item;
}

std::vector<std::string> gone(const std::vector<QuarantineItem>& items, const config::Receiver& quota) {
  std::vector<std::string> all;
  for (const auto& one : surplus(items, quota, from_ms(std::int64_t{100} * 24 * 3600'000)))
    all.push_back(std::to_string(one.item.no) + " " + one.why);
  return all;
}

TEST(Quarantine, HasAQuotaForEachSourceAndTheOldestGo) {
  config::Receiver quota;
  quota.quarantine_days = 90;
  EXPECT_THAT(gone({item(1, "a", 5, 1), item(2, "a", 50, 1)}, quota), ElementsAre("1 age"));
  quota.quarantine_files = 2;
  EXPECT_THAT(
      gone({item(1, "a", 50, 1), item(2, "b", 50, 1), item(3, "a", 51, 1), item(4, "a", 52, 1)}, quota),
      ElementsAre("1 number"));
  quota.quarantine_mb = 1;
  EXPECT_THAT(gone({item(1, "a", 50, 1 << 20), item(2, "b", 50, 1 << 20), item(3, "a", 51, 1 << 20)}, quota),
              ElementsAre("1 size"));
}

TEST(Quarantine, KnowsASenderWhateverHisFilesAreCalled) {
  EXPECT_EQ(sender_of("multicast", "县 · 10.0.0.1 TSI 1 · a.mp4"),
            sender_of("multicast", "县 · 10.0.0.1 TSI 1 · b.pdf"));
  EXPECT_NE(sender_of("multicast", "县 · 10.0.0.1 TSI 1"), sender_of("multicast", "县 · 10.0.0.2 TSI 1"));
  EXPECT_EQ(sender_of("web", "county http://h/a"), sender_of("web", "county http://h/b"));
}

class QuarantineTest : public Receiving {
 protected:
  std::vector<std::int64_t> numbers() {
    std::vector<std::int64_t> all;
    for (const auto& one : test::run(station_.loop, station_.intake.quarantine().list()))
      all.push_back(one.no);
    return all;
  }
  Arrival by_multicast(const std::string& name, const std::string& content) {
    fs::create_directories(folder_ / "ready");
    write_file(folder_ / "ready" / name, content);
    Arrival arrival = station_.arrival(folder_ / "ready" / name);
    arrival.origin.means = "multicast";
    arrival.origin.source = "县 · 10.0.0.1 TSI 1 · " + name;
    return arrival;
  }
};

TEST_F(QuarantineTest, IsListedAndEmptied) {
  for (const char* name : {"a.mp4", "b.mp4", "c.mp4"}) station_.drop(name, std::string("no media ") + name);
  EXPECT_THAT(numbers(), ElementsAre(1, 2, 3));
  auto& keep = station_.intake.quarantine();
  const auto unknown = test::run(station_.loop, keep.empty({1, 9}, false, "张"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, "receiver.quarantine_unknown");
  EXPECT_EQ(test::run(station_.loop, keep.empty({2}, false, "张"))->files, 1);
  EXPECT_THAT(numbers(), ElementsAre(1, 3));
  EXPECT_EQ(test::run(station_.loop, keep.empty({}, true, "张"))->files, 2);
  EXPECT_THAT(names_in(folder_ / "quarantine"), IsEmpty());
}

TEST_F(QuarantineTest, GivesItsRoomToAReceptionTheOldestFirst) {
  station_.drop("a.mp4", "no media " + std::string(1000, 'a'));
  station_.drop("b.mp4", "no media " + std::string(1000, 'b'));
  // Room for nothing, until a file of quarantine has gone.
  class Full final : public Files {
   public:
    fs::path first;
    Space space(const fs::path&) override { return {1 << 20, fs::exists(first) ? 0u : 1u << 20, 0, 0}; }
  } files;
  files.first = folder_ / "quarantine/1-a.mp4";
  library::ObjectStore store(files, folder_.path(), library::Reserve{0, 0});
  QuarantineKeep keep({station_.ledger, store, files, station_.workers, station_.clock}, station_.settings);
  EXPECT_TRUE(test::run(station_.loop, keep.make_room(10)));
  EXPECT_THAT(numbers(), ElementsAre(2));
}

TEST_F(QuarantineTest, KeepsTheFirst64KiBOfWhatComesByMulticast) {
  const auto reception = station_.take(by_multicast("a.pdf", "%PDF " + std::string(200'000, 'x')));
  EXPECT_EQ(reception->record.quarantine, "quarantine/1-a.pdf.head");
  EXPECT_EQ(fs::file_size(folder_ / "quarantine/1-a.pdf.head"), 64u << 10);
  EXPECT_THAT(names_in(folder_ / "ready"), IsEmpty());
  EXPECT_THAT(numbers(), ElementsAre(1));
}

TEST_F(QuarantineTest, SumsUpTheRefusalsOfOneSenderAfterTheFirstFew) {
  for (int i = 0; i < 100; ++i)
    station_.take(by_multicast(std::to_string(i) + ".pdf", "%PDF " + std::to_string(i)));
  EXPECT_EQ(station_.receptions(), 5 + 2);  // at 10 and at 100
  EXPECT_EQ(station_.count("SELECT count(*) FROM reception WHERE reason_code='receiver.more_refused'"), 2);
  EXPECT_THAT(names_in(folder_ / "ready"), IsEmpty());
  EXPECT_EQ(station_.take(by_multicast("film.mp4", "media"))->record.outcome, "stored");
}

TEST_F(QuarantineTest, WhatIsOnlyCountedIsToldAtTheEndOrAfterAPowerCut) {
  for (int i = 0; i < 8; ++i)
    station_.take(by_multicast(std::to_string(i) + ".pdf", "%PDF " + std::to_string(i)));
  EXPECT_EQ(station_.receptions(), 5);
  Station after(folder_.path(), files_);  // as the next start finds it
  test::run(after.loop, after.intake.tell_counted());
  EXPECT_EQ(after.count("SELECT count(*) FROM reception WHERE reason_code='receiver.more_refused' AND "
                        "means='multicast' AND name='7.pdf' AND ended_ms>0"),
            1);
  EXPECT_EQ(after.count("SELECT json_extract(reason_args, '$.count') FROM reception WHERE no=6"), 3);
  test::run(after.loop, after.intake.tell_counted());
  EXPECT_EQ(after.receptions(), 6);
}

TEST_F(QuarantineTest, NothingIsOldByAClockThatCannotBeBelieved) {
  station_.drop("a.pdf", "%PDF a");
  station_.clock.trust(ClockTrust::untrusted);
  station_.clock.set(station_.clock.now() + std::chrono::hours(24 * 5000));
  station_.drop("b.pdf", "%PDF b");
  EXPECT_THAT(numbers(), ElementsAre(1, 2));
}

TEST_F(QuarantineTest, ADayOfSilenceLosesNoRefusal) {
  for (int i = 0; i < 7; ++i)
    station_.take(by_multicast(std::to_string(i) + ".pdf", "%PDF " + std::to_string(i)));
  station_.clock.advance(std::chrono::hours(48));
  station_.take(by_multicast("8.pdf", "%PDF 8"));
  EXPECT_EQ(station_.count("SELECT json_extract(reason_args, '$.count') FROM reception WHERE no=6"), 3);
}

}  // namespace
}  // namespace edu::receiver
