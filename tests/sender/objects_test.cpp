#include <gtest/gtest.h>

#include "base/md5.h"
#include "sending.h"

namespace edu::send {
namespace {

using test::noise;
using test::Sending;

std::vector<std::string> locations(const std::vector<Object>& objects) {
  std::vector<std::string> out;
  for (const auto& object : objects) out.push_back(object.file.location);
  return out;
}

TEST(Objects, AreFoundInAnOrderThatIsAlwaysTheSame) {
  Sending sending;
  for (const auto* name : {"z.mp4", "a/b.mp4", "a/b.manifest.json", "a/b.manifest.json.minisig", "果树.mp3"})
    sending.file(name, {1, 2, 3});
  const auto objects = find_objects(sending.settings).value();
  EXPECT_EQ(locations(objects), (std::vector<std::string>{"a/b.manifest.json", "a/b.manifest.json.minisig",
                                                          "a/b.mp4", "z.mp4", "%E6%9E%9C%E6%A0%91.mp3"}));
  for (std::size_t i = 0; i < objects.size(); ++i) EXPECT_EQ(objects[i].file.toi.low, i + 1);
  EXPECT_EQ(objects[0].file.content_type, "application/json");
  EXPECT_EQ(objects[3].file.content_type, "video/mp4");
  EXPECT_EQ(objects[3].file.content_length, 3U);
}

TEST(Objects, LeaveOutWhatIsHiddenOrLinked) {
  Sending sending;
  sending.file("seen", {1});
  sending.file(".hidden", {1});
  sending.file(".folder/inside", {1});
  std::filesystem::create_symlink("/etc/passwd", sending.settings.inputs[0] / "link");
  EXPECT_EQ(locations(find_objects(sending.settings).value()), (std::vector<std::string>{"seen"}));
}

TEST(Objects, MayBeNamedOneByOne) {
  Sending sending;
  sending.file("a", {1});
  sending.file("b", {1});
  sending.settings.inputs = {sending.settings.inputs[0] / "b"};
  EXPECT_EQ(locations(find_objects(sending.settings).value()), (std::vector<std::string>{"b"}));
}

TEST(Objects, RefuseWhatIsNotThere) {
  Sending sending;
  EXPECT_EQ(find_objects(sending.settings).error().code, "send.nothing");
  sending.settings.inputs = {"/no/such/place"};
  EXPECT_EQ(find_objects(sending.settings).error().code, "send.no_input");
}

TEST(Objects, HaveNamesThatTheReceiverTakes) {
  const std::pair<const char*, const char*> cases[] = {{"lesson 1.mp4", "lesson 1.mp4"},
                                                       {"a/b/果树#1?.mp4", "果树#1?.mp4"},
                                                       {"100%.mp4", "100%.mp4"},
                                                       {"a:b.mp4", "a_b.mp4"},
                                                       {"http:x", "http_x"},
                                                       {"a\\b.mp4", "b.mp4"},
                                                       {"\xBF\xCE.mp4", "课.mp4"}};
  for (const auto& [name, stored] : cases) EXPECT_EQ(flute::safe_name(location_of(name)), stored) << name;
}

TEST(Objects, AreHashedAndWatched) {
  Sending sending;
  sending.file("a", noise(3'000'000));
  auto objects = find_objects(sending.settings).value();
  ASSERT_TRUE(add_md5(objects));
  EXPECT_EQ(objects[0].file.md5, Md5().update(noise(3'000'000)).finish());
  EXPECT_FALSE(has_changed(objects[0]));
  std::filesystem::resize_file(objects[0].path, 10);
  EXPECT_TRUE(has_changed(objects[0]));
}

TEST(Objects, AreReadWithZerosBehindTheirEnd) {
  Sending sending;
  sending.file("a", {1, 2, 3});
  const auto objects = find_objects(sending.settings).value();
  test::Bytes out(4, 9);
  read_at(objects[0], 1, out);
  EXPECT_EQ(out, (test::Bytes{2, 3, 0, 0}));
}

}  // namespace
}  // namespace edu::send
