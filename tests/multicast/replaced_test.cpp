// What becomes of objects that fail, are described anew, or are too many.
#include "bench.h"

namespace edu::multicast {
namespace {

class ReplacedTest : public Receiving {
 protected:
  static std::vector<std::string> names(const Receiver& receiver) {
    std::vector<std::string> out;
    for (const auto& one : receiver.ended)
      out.push_back(one.name + (one.refusal ? "!" + one.refusal->code : ""));
    return out;
  }
  std::vector<std::string> names() const { return names(receiver_); }
  Receiver receiver_{folder_.path(), files_};
  Sender sender_;
  Bytes content_ = noise(5000);
};

using testing::ElementsAre;
using testing::IsEmpty;

// Under AddressSanitizer it also shows that nothing of the forgotten entry is touched.
TEST_F(ReplacedTest, WhatNoFdtNamesAndFailsAtOnceIsForgottenAndMayComeAgain) {
  receiver_.no_room = Refusal{"library.no_space", {}, Refusal::Kind::no_space};
  flute::PacketHeader header;
  header.tsi = 7;
  header.toi = {0, 1};
  header.close_object = true;
  const auto huge = no_code(60ull << 30, 8000, 1 << 13);
  const auto fti = fec::write_fti(huge);
  header.fti = fti;
  for (int i = 0; i < 3; ++i) receiver_.take(sender_.packet(header, huge, {0, 0, 0}, Bytes(8000)));
  EXPECT_THAT(receiver_.sessions.status(10), IsEmpty());
  receiver_.no_room.reset();
  receiver_.take(sender_.object({0, 1}, no_code(0), content_, true));
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "a.mp4", content_, no_code(0))}));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("a.mp4"));
}

TEST_F(ReplacedTest, TakesTheSentLengthOfACompressedObjectFromItsPacketsWhereTheFdtHasNone) {
  const auto packed = flute::deflate(flute::ContentEncoding::gzip, content_);
  ASSERT_NE(packed.size(), content_.size());
  auto file = file_of({0, 1}, "a.mp4", content_, no_code(0));
  file.transfer_length.reset();
  file.oti.reset();
  file.content_encoding = flute::ContentEncoding::gzip;
  receiver_.take(sender_.fdt(1, {file}));
  receiver_.take(sender_.object({0, 1}, no_code(0), packed, true));
  receiver_.settle();
  ASSERT_THAT(names(), ElementsAre("a.mp4"));
  EXPECT_EQ(content_of(receiver_.ended[0].file.path), content_);
}

}  // namespace
}  // namespace edu::multicast
