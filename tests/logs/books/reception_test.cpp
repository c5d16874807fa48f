#include "logs/books/reception.h"

#include "logs/books/playback.h"
#include "tests/logs/ledger_fixture.h"

namespace edu::logs {
namespace {

class ReceptionTest : public LedgerFixture {
 protected:
  ReceptionRecorded reception(std::int64_t no, const char* outcome) {
    ReceptionRecorded event;
    event.no = no, event.started_ms = 1000 * no, event.means = "live", event.source = "县台";
    event.name = "a.mkv", event.outcome = outcome, event.sha256 = "digest" + std::to_string(no);
    event.signed_by = "省", event.key_id = "K", event.series = "s", event.serial = 10 - no;
    return event;
  }
};

TEST_F(ReceptionTest, NumbersGoOnFromTheNewest) {
  EXPECT_EQ(next_reception_no(*reader()), 1);
  append(reception(1, "stored"));
  EXPECT_EQ(next_reception_no(*reader()), 2);
  EXPECT_EQ(next_play(*reader()), 1);
  play(0, 60);
  EXPECT_EQ(next_play(*reader()), 2);
}

TEST_F(ReceptionTest, TheHighestSerialIsThatOfWhatWasTaken) {
  append(reception(1, "refused"));
  EXPECT_EQ(highest_serial(*reader(), "K", "s"), 0);
  append(reception(3, "duplicate"));
  append(reception(4, "stored"));
  EXPECT_EQ(highest_serial(*reader(), "K", "s"), 7);
  EXPECT_EQ(highest_serial(*reader(), "other", "s"), 0);
}

TEST_F(ReceptionTest, ADigestIsReceivedWhenItWasTaken) {
  append(reception(1, "refused"));
  append(reception(2, "duplicate"));
  EXPECT_FALSE(is_received(*reader(), "digest1"));
  EXPECT_TRUE(is_received(*reader(), "digest2"));
}

TEST_F(ReceptionTest, ARecordIsFoundByWhatNoTwoShare) {
  auto refused = reception(2, "refused");
  refused.reason_code = "receiver.too_large";
  append(refused);
  EXPECT_EQ(recorded_before(*reader(), refused), 2);
  refused.reason_code = "receiver.changed";
  EXPECT_EQ(recorded_before(*reader(), refused), 0);
}

TEST_F(ReceptionTest, KnowsWhoSigned) {
  append(reception(1, "stored"));
  EXPECT_EQ(signer_of(*reader(), 1).name, "省");
  EXPECT_EQ(signer_of(*reader(), 1).key_id, "K");
  EXPECT_EQ(signer_of(*reader(), 2).name, "");
}

}  // namespace
}  // namespace edu::logs
