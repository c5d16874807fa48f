// What senders of other makers write, and how: captures of them through a channel's threads, and their
// habits.
#include "capture.h"
#include "on_air.h"

namespace edu::multicast {
namespace {

using testing::ElementsAre;

class CaptureOnAir : public OnAir {
 protected:
  // The loopback interface hands over several datagrams of one sender as one, as they were given to it.
  static std::vector<Bytes> packets_of(const char* capture) {
    std::vector<Bytes> out;
    for (const auto& bytes : payloads_of(fs::path(EDU_TEST_CASES) / "flute" / capture)) {
      const std::size_t last = bytes.size() % 1302 == 0 ? 1302 : 1445;
      const auto step = bytes.size() <= 1500 ? bytes.size() : last;
      for (std::size_t at = 0; at < bytes.size(); at += step)
        out.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                         bytes.begin() + static_cast<std::ptrdiff_t>(std::min(at + step, bytes.size())));
    }
    return out;
  }
  // The names and the MD5 of what comes out.
  std::map<std::string, std::string> received(const char* capture, std::size_t files) {
    auto channel = make(folder_.path());
    channel.start();
    script_->put(packets_of(capture));
    wait_for([&] { return ended_.size() == files; });
    std::map<std::string, std::string> out;
    for (const auto& one : ended_)
      out[one.name] =
          one.refusal ? one.refusal->code : to_hex(Md5().update(content_of(one.file.path)).finish());
    return out;
  }
};

const std::string kTiny = "42b2dd7e0cc38a80fcb519095c41e74a";

TEST_F(CaptureOnAir, WithMaxSymbolsOfNoCodeInTheFdtAlone) {
  EXPECT_EQ(received("ypo-nocode-fti.pcap", 1), (std::map<std::string, std::string>{{"tiny.bin", kTiny}}));
}

TEST_F(CaptureOnAir, WithAnAbsolutePath) {
  EXPECT_EQ(received("rtl-absolute-path.pcap", 1), (std::map<std::string, std::string>{{"tiny.bin", kTiny}}));
  EXPECT_EQ(ended_[0].location, "/srv/a-courses/media/tiny.bin");
  EXPECT_EQ(location_of(ended_[0].file.path), "/srv/a-courses/media/tiny.bin")
      << "for the record of the next run";
}

TEST_F(CaptureOnAir, WithTheMd5OfTheCompressedBytes) {
  EXPECT_EQ(received("mad-gzip-md5-of-encoded.pcap", 1),
            (std::map<std::string, std::string>{{"tiny.bin", kTiny}}));
}

TEST_F(CaptureOnAir, OfOurOwnSenderWhoseFdtSplitsTheOti) {
  const auto found = received("own-3files-mixed-oti-fdt.pcap", 3);
  EXPECT_EQ(found.at("tiny.bin"), kTiny);
  EXPECT_EQ(found.at("tiny2.bin"), "b303abbd77acc159a2bf908c06644171");
  EXPECT_EQ(found.at("tiny3.bin"), "f17e938c2c1f0063fa8e55b4d7ea297e");
}

class ForeignSender : public InSession {
 protected:
  static std::string entry(const std::string& attributes) {
    return "<File TOI='1' Content-Location='a.mp4' Content-Length='5000' " + attributes + "/>";
  }
  static std::string table(const std::string& instance, const std::string& files) {
    return "<FDT-Instance " + instance + ">" + files + "</FDT-Instance>";
  }
  void expect_received(const std::string& xml, const std::vector<Bytes>& packets) {
    receiver_.take(sender_.fdt(1, xml));
    receiver_.settle();
    receiver_.take(packets);
    receiver_.settle();
    ASSERT_THAT(names(), ElementsAre("a.mp4")) << xml;
    EXPECT_EQ(content_of(receiver_.ended[0].file.path), content_);
  }
  std::vector<Bytes> with_codepoint(std::vector<Bytes> packets, std::uint8_t codepoint) {
    for (auto& packet : packets) packet[3] = codepoint;
    return packets;
  }
};

const std::string kNoCodeOti =
    "FEC-OTI-FEC-Encoding-ID='0' FEC-OTI-Maximum-Source-Block-Length='8' "
    "FEC-OTI-Encoding-Symbol-Length='100' ";

TEST_F(ForeignSender, WritesMembersThatItsSchemeDoesNotHave) {
  expect_received(
      table(kNoCodeOti + "FEC-OTI-FEC-Instance-ID='3' FEC-OTI-Max-Number-of-Encoding-Symbols='64'",
            entry("")),
      sender_.object({0, 1}, no_code(0), content_, true));
}

TEST_F(ForeignSender, SaysTheLargestBlockOfTheObjectOrOfAnyObject) {
  expect_received(table(kNoCodeOti, entry("")), sender_.object({0, 1}, no_code(0, 100, 9), content_, true));
}

TEST_F(ForeignSender, CutsItsBlocksOtherwiseThanItsFdtSays) {
  expect_received(table(kNoCodeOti, entry("")), sender_.object({0, 1}, no_code(0, 100, 25), content_, true));
}

TEST_F(ForeignSender, SaysOtherwiseOnlyInItsLaterPackets) {
  auto packets = sender_.object({0, 1}, no_code(0, 100, 25), content_, true);
  packets.front() = sender_.object({0, 1}, no_code(0, 100, 25), content_, false).front();
  packets.push_back(packets[0]);
  packets.push_back(sender_.object({0, 1}, no_code(0, 100, 25), content_, true).front());
  expect_received(table(kNoCodeOti, entry("")), packets);
}

TEST_F(ForeignSender, LeavesTheRestToExtFti) {
  expect_received(
      table("FEC-OTI-Max-Number-of-Encoding-Symbols='12' FEC-OTI-Encoding-Symbol-Length='100'", entry("")),
      sender_.object({0, 1}, reed_solomon(0), content_, true));
}

TEST_F(ForeignSender, LeavesTheCodeToTheCodepoint) {
  expect_received(
      table("FEC-OTI-Maximum-Source-Block-Length='8' FEC-OTI-Encoding-Symbol-Length='100'", entry("")),
      sender_.object({0, 1}, reed_solomon(0), content_));
}

TEST_F(ForeignSender, LabelsItsPacketsWithACodepointOfItsOwn) {
  for (const auto codepoint : {std::uint8_t{1}, std::uint8_t{77}, std::uint8_t{128}}) {
    fs::create_directory(folder_ / std::to_string(codepoint));
    Receiver receiver(folder_ / std::to_string(codepoint), files_);
    receiver.take(sender_.fdt(1, table(kNoCodeOti, entry(""))));
    receiver.take(with_codepoint(sender_.object({0, 1}, no_code(0), content_), codepoint));
    receiver.settle();
    EXPECT_THAT(names(receiver), ElementsAre("a.mp4"));
  }
}

TEST_F(ForeignSender, PrefixesItsAttributes) {
  auto xml = table("xmlns:f='urn:x' f:Expires='4005442569' " + kNoCodeOti, entry(""));
  for (const auto* name : {"TOI=", "Content-L", "FEC-OTI"})
    for (auto at = xml.find(name); at != xml.npos; at = xml.find(name, at + 5)) xml.insert(at, "f:");
  expect_received(xml, sender_.object({0, 1}, no_code(0), content_));
}

TEST_F(ForeignSender, SendsRaptorOfWhichTheSourceSymbolsAreTaken) {
  fec::Oti oti;
  oti.encoding = fec::Encoding::raptor;
  oti.symbol = 100, oti.blocks = 3, oti.alignment = 4;
  auto packets = sender_.object({0, 1}, oti, content_, true);
  auto repair = packets[0];
  repair[repair.size() - 101] = 200;  // the ESI
  packets.insert(packets.begin(), repair);
  expect_received(table("", entry("")), packets);
}

TEST_F(ForeignSender, SaysInTheFdtThatItIsRaptor) {
  fec::Oti oti;
  oti.encoding = fec::Encoding::raptor;
  oti.symbol = 100, oti.blocks = 3, oti.sub_blocks = 2, oti.alignment = 4;
  expect_received(table("", entry("FEC-OTI-FEC-Encoding-ID='1' FEC-OTI-Encoding-Symbol-Length='100' "
                                  "FEC-OTI-Scheme-Specific-Info='AAMCBA=='")),
                  sender_.object({0, 1}, oti, content_));
}

TEST_F(ForeignSender, SaysWhyNothingOfAFileIsTaken) {
  receiver_.take(sender_.fdt(1, table("", entry(""))));
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  EXPECT_EQ(receiver_.sessions.session_counts().no_oti, 50u);
  receiver_.take(sender_.fdt(2, table(kNoCodeOti, entry(""))));
  receiver_.take(sender_.object({0, 1}, no_code(0, 200), content_, true));
  EXPECT_EQ(receiver_.sessions.session_counts().other_oti, 25u);
}

TEST_F(ForeignSender, NamesItsFilesAsItLikes) {
  const std::pair<std::string, std::string> cases[] = {
      {"/a.wav", "a.wav"},           {"/srv/media/b.wav", "b.wav"}, {"../c.wav", "c.wav"},
      {"x/../d.wav", "d.wav"},       {"C:\\films\\e.wav", "e.wav"}, {"films\\f.wav", "f.wav"},
      {"D:/films/g.wav", "g.wav"},   {"http://h/dir/", "dir"},      {"//h/i.wav", "i.wav"},
      {"j.wav.", "j.wav"},           {"k:l.wav", "k_l.wav"},        {"%BF%CE%BC%FE.wav", "课件.wav"},
      {"CON.wav", "_CON.wav"},       {"http://h/", "7-14"},         {"..", "7-15"},
      {"课件#15.wav", "课件#15.wav"}};
  std::vector<flute::File> files;
  std::uint64_t toi = 0;
  for (const auto& [location, name] : cases)
    files.push_back(file_of({0, ++toi}, location, content_, no_code(0)));
  receiver_.take(sender_.fdt(1, files));
  for (const auto& file : files) receiver_.take(sender_.object(file.toi, no_code(0), content_));
  receiver_.settle();
  std::vector<std::string> right;
  for (const auto& [location, name] : cases) right.push_back(name);
  EXPECT_EQ(names(), right);
  EXPECT_EQ(receiver_.ended.at(1).location, "/srv/media/b.wav");
}

TEST_F(ForeignSender, WritesItsFdtInGb2312) {
  const std::string xml =
      "<?xml version='1.0' encoding='GB2312'?>" +
      table(kNoCodeOti, "<File TOI='1' Content-Location='\xBF\xCE\xBC\xFE.mp4' Content-Length='5000'/>");
  receiver_.take(sender_.fdt(1, xml));
  receiver_.take(sender_.object({0, 1}, no_code(0), content_));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("课件.mp4"));
}

TEST_F(ForeignSender, DigestsEitherTheFileOrWhatItSends) {
  const auto packed = flute::deflate(flute::ContentEncoding::gzip, content_);
  for (const auto& digested : {content_, packed}) {
    auto file = file_of({0, 1}, "a.mp4", packed, no_code(0));
    file.content_length = content_.size();
    file.content_encoding = flute::ContentEncoding::gzip;
    file.md5 = Md5().update(digested).finish();
    fs::create_directory(folder_ / to_hex(*file.md5));
    Receiver receiver(folder_ / to_hex(*file.md5), files_);
    receiver.take(sender_.fdt(1, {file}));
    receiver.take(sender_.object({0, 1}, no_code(0), packed));
    receiver.settle();
    EXPECT_THAT(names(receiver), ElementsAre("a.mp4"));
  }
}

}  // namespace
}  // namespace edu::multicast
