#include "receiver/volumes/disc.h"

#include "receiver/volumes/disc_plan.h"
#include "tests/receiver/dvd.h"

namespace edu::receiver {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::Gt;
using testing::HasSubstr;

constexpr milliseconds kShortest{10'000};

class Disc : public testing::Test {
 protected:
  Result<DiscContents> list(const fs::path& disc, milliseconds shortest = kShortest) {
    return test::run(loop_, reader_.list(disc, shortest));
  }
  std::string why(const fs::path& disc) {
    const auto contents = list(disc);
    return contents ? "" : contents.error().code;
  }
  Result<std::uint64_t> write(const fs::path& disc, const DiscTitle& title, const fs::path& file) {
    const DiscReader::Heard heard = [this](std::uint64_t bytes) { heard_.push_back(bytes); };
    return test::run(loop_, reader_.write(disc, kShortest, title, file, heard));
  }

  asio::io_context loop_;
  SystemClock clock_;
  DiscReader reader_{clock_};
  test::TempFolder folder_;
  std::vector<std::uint64_t> heard_;
};

TEST_F(Disc, ListsTheTitlesOfAnImageAndOfItsFolder) {
  const auto of_image = list(sample_dvd().image());
  ASSERT_TRUE(of_image) << of_image.error().code;
  EXPECT_EQ(of_image->name, "GUOSHU");
  ASSERT_EQ(of_image->titles.size(), 2u);
  EXPECT_EQ(of_image->titles[0].number, 1);
  EXPECT_EQ(of_image->titles[0].duration_ms, 12'000);
  EXPECT_EQ(of_image->titles[1].duration_ms, 14'000);
  EXPECT_EQ(of_image->brief, 1);
  const auto of_folder = list(sample_dvd().tree());
  ASSERT_TRUE(of_folder) << of_folder.error().code;
  EXPECT_EQ(of_folder->titles, of_image->titles);
  const auto of_video_ts = list(sample_dvd().tree() / "VIDEO_TS");
  ASSERT_TRUE(of_video_ts) << of_video_ts.error().code;
  EXPECT_EQ(of_video_ts->titles, of_image->titles);
}

TEST_F(Disc, ShorterTitlesAreTakenWhereTheBoundIsLower) {
  const auto all = list(sample_dvd().image(), milliseconds(0));
  ASSERT_TRUE(all);
  EXPECT_EQ(all->titles.size(), 3u);
  EXPECT_EQ(all->brief, 0);
}

TEST_F(Disc, WritesTheSectorsOfATitle) {
  const auto contents = list(sample_dvd().image());
  ASSERT_TRUE(contents);
  const auto written = write(sample_dvd().image(), contents->titles[1], folder_ / "2.mpg");
  ASSERT_TRUE(written) << written.error().code;
  const auto bytes = content_of(folder_ / "2.mpg");
  EXPECT_EQ(bytes.size(), *written);
  EXPECT_EQ(*written, static_cast<std::uint64_t>(contents->titles[1].bytes));
  std::size_t packs = 0;
  auto copy = bytes;
  each_pack(copy, [&](char*) { ++packs; });
  EXPECT_EQ(packs * kSector, bytes.size());
  EXPECT_NE(content_of(sample_dvd().image()).find(bytes), std::string::npos) << "one run of sectors";
  EXPECT_FALSE(write(sample_dvd().image(), contents->titles[1], folder_ / "2.mpg")) << "it is there already";
}

TEST_F(Disc, AnEncryptedDiscIsRefused) {
  const auto scrambled = sample_dvd().changed(folder_ / "css.iso", [](std::string& image) {
    each_pack(image, [](char* pack) {
      const auto id = static_cast<unsigned char>(pack[17]);
      if (id == 0xbd || (id >= 0xc0 && id <= 0xef)) pack[20] = static_cast<char>(pack[20] | 0x10);
    });
  });
  EXPECT_EQ(why(scrambled), "receiver.disc_encrypted");
}

TEST_F(Disc, ScramblingThatBeginsInTheMiddleIsFoundWhileTheTitleIsWritten) {
  const auto contents = list(sample_dvd().image());
  ASSERT_TRUE(contents);
  std::size_t seen = 0;
  const auto scrambled = sample_dvd().changed(folder_ / "css.iso", [&](std::string& image) {
    each_pack(image, [&](char* pack) {
      if (++seen == 700) pack[17] = static_cast<char>(0xe0), pack[20] = static_cast<char>(0x90);
    });
  });
  const auto written = write(scrambled, contents->titles[0], folder_ / "1.mpg");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "receiver.disc_encrypted");
}

TEST_F(Disc, WhatIsNoDvdIsRefused) {
  EXPECT_EQ(why(folder_.path()), "receiver.disc_no_video");
  write_file(folder_ / "text", std::string(100'000, 'x'));
  EXPECT_EQ(why(folder_ / "text"), "receiver.disc_no_video");
  EXPECT_EQ(why(folder_ / "nothing"), "receiver.disc_no_video");
}

TEST_F(Disc, AnImageThatIsCutOffLosesItsLastTitleAlone) {
  const auto contents = list(sample_dvd().image());
  ASSERT_TRUE(contents);
  const auto cut = sample_dvd().changed(folder_ / "cut.iso", [&](std::string& image) {
    std::size_t last = 0;
    each_pack(image, [&](char* pack) { last = static_cast<std::size_t>(pack - image.data()); });
    image.resize(last - 1'000'000);  // within the second title, for the loop has less than half of that
  });
  EXPECT_TRUE(write(cut, contents->titles[0], folder_ / "1.mpg"));
  const auto second = write(cut, contents->titles[1], folder_ / "2.mpg");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "receiver.disc_unreadable");
}

TEST_F(Disc, TablesThatAreCutOffOrHostileNeverHurt) {
  const auto whole = content_of(sample_dvd().tree() / "VIDEO_TS/VTS_01_0.IFO");
  const auto disc = folder_ / "d";
  fs::copy(sample_dvd().tree(), disc, fs::copy_options::recursive);
  const auto with = [&](const std::string& table) {
    write_file(disc / "VIDEO_TS/VTS_01_0.IFO", table);
    write_file(disc / "VIDEO_TS/VTS_01_0.BUP", table);
    const auto contents = list(disc);
    return contents ? contents->titles.size() : 0;
  };
  EXPECT_EQ(with(whole), 2u);
  EXPECT_EQ(with(whole.substr(0, 2048)), 0u);
  EXPECT_EQ(with(whole.substr(0, 5000)), 0u);
  EXPECT_EQ(with(""), 0u);
  for (std::size_t at = 2048; at < whole.size(); at += 1024) {  // counts, offsets and sectors of every table
    auto hostile = whole;
    for (std::size_t i = at; i < std::min(at + 64, whole.size()); ++i) hostile[i] = static_cast<char>(0xff);
    EXPECT_LE(with(hostile), 2u) << at;
  }
}

TEST_F(Disc, AReaderThatDiesOrTalksNonsenseIsARefusal) {
  DiscReader dies(clock_, "/bin/false"), talks(clock_, "/bin/echo"), missing(clock_, folder_ / "none");
  const auto asked = [&](DiscReader& reader) {
    return test::run(loop_, reader.list("/dev/null", kShortest)).error().code;
  };
  EXPECT_EQ(asked(dies), "receiver.disc_crashed");
  EXPECT_EQ(asked(talks), "receiver.disc_garbage");
  EXPECT_EQ(asked(missing), "receiver.disc_unavailable");
}

TEST_F(Disc, AReaderThatSaysNothingIsGivenUp) {
  test::ManualClock clock(from_ms(0));
  write_file(folder_ / "silent", "#!/bin/sh\nexec sleep 600\n");
  fs::permissions(folder_ / "silent", fs::perms::owner_all);
  DiscReader silent(clock, folder_ / "silent");
  std::string code;
  auto done = [&](std::exception_ptr, Result<DiscContents> contents) { code = contents.error().code; };
  asio::co_spawn(loop_, silent.list("/dev/null", kShortest), done);
  test::settle(loop_);
  clock.advance(milliseconds(120'000));
  run_until(loop_, [&] { return !code.empty(); });
  EXPECT_EQ(code, "receiver.disc_timeout");
}

}  // namespace
}  // namespace edu::receiver
