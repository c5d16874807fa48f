// What people are told of packets and files that are not taken; and how the list of a session stays bounded.
#include "receiver/multicast/notes.h"

#include "bench.h"

namespace edu::multicast {
namespace {

class NotesTest : public InSession {
 protected:
  std::map<std::string, std::string> codes() {
    receiver_.pass(std::chrono::seconds(1));
    std::map<std::string, std::string> out;
    for (const auto& one : receiver_.sessions.notes(receiver_.now)) {
      const auto count = one.what.args.find("count");
      out[one.what.code] = count == one.what.args.end() ? "" : count->second;
    }
    return out;
  }
  Bytes fdt_packet(fec::Oti oti, std::uint8_t codepoint) {
    flute::PacketHeader header;
    header.tsi = 7;
    header.fdt = flute::FdtHeader{2, 1};
    header.codepoint = codepoint;
    oti.length = 100;
    const auto fti = fec::write_fti(oti);
    header.fti = fti;
    return sender_.packet(header, oti, {0, 0, 0}, Bytes(100));
  }
};

TEST_F(NotesTest, TellWhatIsNoFlute) {
  receiver_.take(Bytes(100, 0xff));
  receiver_.take(Bytes(1316, 0x47));
  EXPECT_EQ(codes(), (std::map<std::string, std::string>{{"multicast.passed_not_flute", "1"},
                                                         {"multicast.passed_transport_stream", "1"}}));
  receiver_.pass(std::chrono::minutes(11));
  EXPECT_TRUE(codes().empty()) << "of what happened lately";
}

TEST_F(NotesTest, TellWhyAnFdtIsNotRead) {
  receiver_.take(fdt_packet(no_code(0), 77));
  EXPECT_TRUE(codes().contains("fec.unknown_encoding"));
  fec::Oti sub_blocks;
  sub_blocks.encoding = fec::Encoding::raptorq;
  sub_blocks.symbol = 100, sub_blocks.sub_blocks = 2, sub_blocks.alignment = 4;
  receiver_.take(fdt_packet(sub_blocks, 6));
  EXPECT_TRUE(codes().contains("fec.bad_oti"));
  receiver_.take(sender_.fdt(2, std::string("no xml")));
  EXPECT_TRUE(codes().contains("fdt.not_xml"));
  EXPECT_EQ(codes().at("multicast.passed_fdt"), "2");
  receiver_.take(sender_.fdt(3, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  EXPECT_FALSE(codes().contains("fdt.not_xml"));
  EXPECT_FALSE(codes().contains("fec.bad_oti"));
}

TEST_F(NotesTest, TellOfPacketsThatFitNothing) {
  auto file = file_of({0, 1}, "a.mp4", content_, no_code(0));
  receiver_.take(sender_.fdt(1, {file}));
  receiver_.take(sender_.object({0, 1}, no_code(0, 200), content_, true));
  EXPECT_EQ(codes().at("multicast.passed_other_oti"), "25");
  const auto status = receiver_.sessions.status(5);
  ASSERT_EQ(status.size(), 1u);
  EXPECT_EQ(status[0].why->code, "multicast.other_oti");
}

class ManyNames : public Receiving {
 protected:
  std::vector<flute::File> files(std::uint64_t from, std::uint64_t to) {
    std::vector<flute::File> out;
    for (auto i = from; i < to; ++i)
      out.push_back(file_of({0, i}, "lesson" + std::to_string(i) + ".mp4", content_, no_code(0)));
    return out;
  }
  FluteSession::Limits limits_ = [] {
    FluteSession::Limits limits;
    limits.entries = 10;
    return limits;
  }();
  Bytes content_ = noise(500);
  Receiver receiver_{folder_.path(), files_, 1 << 20, limits_};
  Sender sender_;
};

TEST_F(ManyNames, MakeRoomForNewOnesWhenTheyAreDone) {
  for (std::uint64_t round = 0; round < 5; ++round) {
    const auto first = 1 + round * 8;
    receiver_.take(sender_.fdt(static_cast<std::uint32_t>(round + 1), files(first, first + 8)));
    for (auto i = first; i < first + 8; ++i) receiver_.take(sender_.object({0, i}, no_code(0), content_));
    receiver_.settle();
  }
  EXPECT_EQ(receiver_.ended.size(), 40u);
  EXPECT_EQ(receiver_.sessions.session_counts().evicted, 30u);
  EXPECT_EQ(receiver_.sessions.session_counts().too_many, 0u);
}

TEST_F(ManyNames, MakeRoomForNewOnesWhenTheyAreNotSentAnyMore) {
  for (std::uint64_t round = 0; round < 5; ++round)
    receiver_.take(sender_.fdt(static_cast<std::uint32_t>(round + 1), files(1 + round * 8, 9 + round * 8)));
  receiver_.take(sender_.object({0, 40}, no_code(0), content_));
  receiver_.settle();
  EXPECT_EQ(receiver_.ended.size(), 1u);
}

TEST_F(ManyNames, AreBoundedWhereOneFdtNamesThemAll) {
  receiver_.take(sender_.fdt(1, files(1, 16)));
  EXPECT_EQ(receiver_.sessions.session_counts().too_many, 5u);
}

}  // namespace
}  // namespace edu::multicast
