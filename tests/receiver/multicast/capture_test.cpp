// A session of another implementation's sender, captured on the wire, comes out whole.
#include "capture.h"

namespace edu::multicast {
namespace {

class Capture : public Receiving {
 protected:
  const std::vector<Bytes> sent_ = payloads_of(fs::path(EDU_TEST_DATA) / "flute-independent-sender.pcap");
  const std::map<std::string, std::string> digests_{
      {"lesson-a.mp4", "421f9d41d6782c452b273366f4c6b5b51c41bb21655500c6403a2d1d25db8f3b"},
      {"lesson-b.mp3", "6af6ff43b3cdfb3c06afd3daf4a5aafb8c654d7c35033d018f613ad077a9fdfa"}};

  void expect_both(const Receiver& receiver) {
    std::map<std::string, std::string> found;
    for (const auto& one : receiver.ended) {
      EXPECT_FALSE(one.refusal) << one.name << " " << one.refusal->code;
      found[one.name] = to_hex(one.file.digest);
      EXPECT_EQ(found[one.name], to_hex(Sha256().update(content_of(one.file.path)).finish()));
    }
    EXPECT_EQ(found, digests_);
  }
};

TEST_F(Capture, OfAnIndependentSenderGivesBothFiles) {
  Receiver receiver(folder_.path(), files_);
  ASSERT_GT(sent_.size(), 10u);
  receiver.take(sent_);
  receiver.settle();
  expect_both(receiver);
}

TEST_F(Capture, BackwardsAndTwiceGivesBothFilesOnce) {
  Receiver receiver(folder_.path(), files_);
  receiver.take_some({sent_.rbegin(), sent_.rend()});
  receiver.take_some({sent_.rbegin(), sent_.rend()});
  receiver.settle();
  receiver.take(sent_);
  receiver.settle();
  EXPECT_EQ(receiver.ended.size(), 2u);
  expect_both(receiver);
}

}  // namespace
}  // namespace edu::multicast
