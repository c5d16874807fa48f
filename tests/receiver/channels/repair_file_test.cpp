#include "receiver/channels/repair_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"

namespace edu::receiver {
namespace {

using testing::ElementsAre;

GapList gaps() {
  GapList list;
  list.key = std::string(64, '1');
  list.name = "果树.mp4";
  list.sha256 = std::string(64, '2');
  list.length = 1000;
  list.runs = {{0, 99}, {500, 999}};
  return list;
}

std::string code_of(const std::string& text) {
  const auto read = read_gaps(text);
  return read ? "" : read.error().args.at("member");
}

std::string with(const char* member, json::value value) {
  auto object = to_json(gaps());
  object[member] = std::move(value);
  return json::serialize(object);
}

std::string wrong(std::string_view repair) {
  const auto read = read_repair(repair);
  return read ? "" : read.error().args.at("what");
}

TEST(GapList, IsReadAsItWasWritten) {
  const auto read = read_gaps(json::serialize(to_json(gaps())));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->key, gaps().key);
  EXPECT_EQ(read->name, "果树.mp4");
  EXPECT_EQ(read->sha256, gaps().sha256);
  EXPECT_EQ(read->length, 1000u);
  EXPECT_EQ(read->runs, gaps().runs);
}

TEST(GapList, RefusesWhatIsNone) {
  EXPECT_EQ(code_of(""), "edustation_gaps");
  EXPECT_EQ(code_of("[]"), "edustation_gaps");
  EXPECT_EQ(code_of(with("edustation_gaps", 2)), "edustation_gaps");
  EXPECT_EQ(code_of(with("key", "../../etc")), "key");
  EXPECT_EQ(code_of(with("sha256", "AB")), "sha256");
  EXPECT_EQ(code_of(with("md5", 5)), "");  // as if it were not there
  EXPECT_EQ(code_of(with("length", -1)), "length");
  EXPECT_EQ(code_of(with("length", 999)), "runs");  // a run beyond the end
}

TEST(GapList, RefusesRunsThatOverlapOrRunBackwardsOrAreTooMany) {
  EXPECT_EQ(code_of(with("runs", json::parse("[[0,10],[10,20]]"))), "runs");
  EXPECT_EQ(code_of(with("runs", json::parse("[[50,60],[0,10]]"))), "runs");
  EXPECT_EQ(code_of(with("runs", json::parse("[[10,9]]"))), "runs");
  EXPECT_EQ(code_of(with("runs", json::parse("[[-1,9]]"))), "runs");
  EXPECT_EQ(code_of(with("runs", json::parse("[[1,2,3]]"))), "runs");
  EXPECT_EQ(code_of(with("runs", json::parse("[]"))), "runs");
  auto many = gaps();
  many.length = 1'000'000;
  many.runs.clear();
  for (std::uint64_t i = 0; i <= kMostRuns; ++i) many.runs.push_back({2 * i, 2 * i});
  EXPECT_EQ(code_of(json::serialize(to_json(many))), "runs");
}

TEST(RepairFile, IsReadAsItWasWritten) {
  const std::string bytes(600, 'x');
  const auto file = repair_header(gaps(), gaps().runs, bytes) + bytes;
  const auto read = read_repair(file);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->key, gaps().key);
  EXPECT_EQ(read->runs, gaps().runs);
  EXPECT_EQ(read->bytes.size(), 600u);
}

TEST(RepairFile, RefusesEveryTruncationAndWhatWasChanged) {
  const std::string bytes(600, 'x');
  const auto file = repair_header(gaps(), gaps().runs, bytes) + bytes;
  for (std::size_t size = 0; size < file.size(); ++size)
    EXPECT_FALSE(read_repair(file.substr(0, size))) << size;
  EXPECT_EQ(wrong(file + "x"), "size");
  auto changed = file;
  changed.back() = 'y';
  EXPECT_EQ(wrong(changed), "sha256");
  EXPECT_EQ(wrong("{}\n"), "header");
  EXPECT_EQ(wrong("no line"), "header");
}

TEST(RepairFile, HoldsTheFirstRunsUpToItsBound) {
  auto list = gaps();
  list.length = 3 * kRepairBytes;
  list.runs = {{0, 9}, {100, 100 + kRepairBytes}, {2 * kRepairBytes, 3 * kRepairBytes - 1}};
  EXPECT_THAT(first_runs(list), ElementsAre(ByteRun{0, 9}, ByteRun{100, 100 + kRepairBytes - 11}));
  list.runs = {{0, kRepairBytes - 1}, {kRepairBytes + 5, kRepairBytes + 6}};
  EXPECT_THAT(first_runs(list), ElementsAre(ByteRun{0, kRepairBytes - 1}));
}

}  // namespace
}  // namespace edu::receiver
