// What a signed manifest lets in, and what it keeps out.
#include "receiver/trust/trust.h"

#include "receiver/intake/import.h"
#include "tests/receiver/receiving.h"
#include "tests/receiver/signing.h"

namespace edu::receiver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class TrustTest : public testing::Test {
 protected:
  static std::string manifest_for(const std::string& content, const std::string& more = "") {
    return R"({"title": "果树修剪", "sha256": ")" + hex_of(content) + "\"" + more + "}";
  }

  Reception take(Policy policy, const std::string& content, const std::string& manifest = "",
                 const std::string& signature = "", const std::string& name = "a.mp4") {
    const auto path = station_.inbox / name;
    write_file(path, content);
    if (!manifest.empty()) write_file(sidecar_of(path), manifest);
    if (!signature.empty()) write_file(signature_beside(sidecar_of(path)), signature);
    auto arrival = station_.arrival(path);
    arrival.trust = policy;
    return station_.take(std::move(arrival)).value();
  }
  Reception signed_take(const std::string& content, const std::string& more = "",
                        Policy policy = Policy::required) {
    const auto manifest = manifest_for(content, more);
    return take(policy, content, manifest, county_.sign(manifest));
  }
  void expect_refused(const Reception& reception, const std::string& code) {
    EXPECT_EQ(reception.record.outcome, "refused");
    EXPECT_EQ(reception.record.reason_code, code);
    EXPECT_EQ(reception.record.signed_by, "");
  }

  test::SigningKey county_, stranger_;
  test::TempFolder folder_;
  test::FaultyFiles files_;
  Station station_{folder_.path(), files_, {}, {{"县远程办", county_.public_key()}}};
};

TEST_F(TrustTest, WhatATrustedKeySignedIsStoredAndTheRecordNamesTheKey) {
  const auto record = signed_take("media a").record;
  EXPECT_EQ(record.outcome, "stored");
  EXPECT_EQ(record.signed_by, "县远程办");
  EXPECT_EQ(record.key_id, county_.id());
  EXPECT_EQ(record.integrity, "match");
  EXPECT_THAT(names_in(station_.inbox), IsEmpty());  // manifest and signature went with it
}

TEST_F(TrustTest, RequiredRefusesWhatHasNoManifestOrNoSignature) {
  expect_refused(take(Policy::required, "media a"), "receiver.trust_unsigned");
  expect_refused(take(Policy::required, "media b", manifest_for("media b")), "receiver.trust_unsigned");
  EXPECT_THAT(station_.courseware(), IsEmpty());
}

TEST_F(TrustTest, PreferredTakesTheUnsignedAsUnsigned) {
  const auto record = take(Policy::preferred, "media a", manifest_for("media a")).record;
  EXPECT_EQ(record.outcome, "stored");
  EXPECT_EQ(record.signed_by, "");
  EXPECT_EQ(take(Policy::preferred, "media b").record.outcome, "stored");
}

TEST_F(TrustTest, AStrangersSignatureIsRefusedWhereOneIsRequiredAndWorthNothingElse) {
  const auto manifest = manifest_for("media a");
  const auto refused = take(Policy::required, "media a", manifest, stranger_.sign(manifest));
  expect_refused(refused, "receiver.trust_unknown_key");
  EXPECT_EQ(refused.record.reason_args.at("key"), stranger_.id());
  const auto taken = take(Policy::preferred, "media a", manifest, stranger_.sign(manifest)).record;
  EXPECT_EQ(taken.outcome, "stored");
  EXPECT_EQ(taken.signed_by, "");
}

TEST_F(TrustTest, AManifestThatWasChangedAfterSigningIsRefusedUnderBothPolicies) {
  const auto signature = county_.sign(manifest_for("media a"));
  for (const auto policy : {Policy::required, Policy::preferred})
    expect_refused(take(policy, "media a", manifest_for("media a", R"(, "category": "x")"), signature),
                   "receiver.trust_signature_wrong");
  for (const auto policy : {Policy::required, Policy::preferred})
    expect_refused(take(policy, "media a", manifest_for("media a"), "no signature"),
                   "receiver.trust_signature_format");
  EXPECT_THAT(names_in(folder_ / "quarantine"), SizeIs(4 * 4));  // media, reason, manifest, signature
}

TEST_F(TrustTest, OtherMediaThanTheSignedAreRefused) {
  const auto manifest = manifest_for("media a");
  const auto record = take(Policy::required, "media b", manifest, county_.sign(manifest)).record;
  EXPECT_EQ(record.reason_code, "receiver.digest_mismatch");
  EXPECT_THAT(station_.courseware(), IsEmpty());
}

TEST_F(TrustTest, ASignedManifestWithoutADigestVouchesForNothing) {
  const std::string manifest = R"({"title": "a"})";
  expect_refused(take(Policy::required, "media a", manifest, county_.sign(manifest)),
                 "receiver.trust_no_digest");
  const auto taken = take(Policy::preferred, "media a", manifest, county_.sign(manifest)).record;
  EXPECT_EQ(taken.outcome, "stored");
  EXPECT_EQ(taken.signed_by, "");
}

TEST_F(TrustTest, OffLooksAtNoSignature) {
  const auto record = take(Policy::off, "media a", manifest_for("media a"), "no signature").record;
  EXPECT_EQ(record.outcome, "stored");
  EXPECT_EQ(record.signed_by, "");
}

TEST_F(TrustTest, AReplayedOldManifestDoesNotBringBackAnOldCourse) {
  const std::string first = R"(, "series": "果树", "serial": 1)",
                    second = R"(, "series": "果树", "serial": 2)";
  EXPECT_EQ(signed_take("media old", first).record.outcome, "stored");
  EXPECT_EQ(signed_take("media new", second).record.outcome, "stored");
  auto remove = station_.custody.remove(1, "outdated", "李", "operator");
  ASSERT_TRUE(test::run(station_.loop, std::move(remove)));
  const auto replayed = signed_take("media old", first).record;
  EXPECT_EQ(replayed.outcome, "refused");
  EXPECT_EQ(replayed.reason_code, "receiver.trust_replayed");
  EXPECT_EQ(replayed.reason_args.at("highest"), "2");
  EXPECT_EQ(signed_take("media new", second).record.outcome, "duplicate");
  EXPECT_EQ(signed_take("media old", R"(, "series": "养蜂", "serial": 1)").record.outcome, "stored");
}

TEST_F(TrustTest, TheHighestSerialIsKeptOverARestartAndARebuildOfTheTables) {
  signed_take("media a", R"(, "series": "s", "serial": 7)");
  station_.reader->exec("PRAGMA user_version=0");  // as an older program left it
  Station again(folder_.path(), files_, {}, {{"县远程办", county_.public_key()}});
  EXPECT_EQ(again.count("SELECT highest FROM serial WHERE series='s'"), 7);
}

TEST_F(TrustTest, AnUnsignedSerialCountsForNothing) {
  const auto huge = manifest_for("media x", R"(, "series": "果树", "serial": 9007199254740991)");
  EXPECT_EQ(take(Policy::preferred, "media x", huge).record.outcome, "stored");
  EXPECT_EQ(take(Policy::preferred, "media x", huge, stranger_.sign(huge)).record.outcome, "duplicate");
  EXPECT_EQ(signed_take("media a", R"(, "series": "果树", "serial": 1)").record.outcome, "stored");
}

TEST_F(TrustTest, WhatIsRefusedForAnotherReasonDoesNotRaiseTheSerial) {
  EXPECT_EQ(signed_take("no film", R"(, "series": "s", "serial": 9)").record.reason_code, "player.not_media");
  EXPECT_EQ(signed_take("media a", R"(, "series": "s", "serial": 1)").record.outcome, "stored");
}

TEST_F(TrustTest, TwoAtOnceOfOneSeriesLeaveNoObjectOfTheOlder) {
  signed_take("media new", R"(, "series": "s", "serial": 1)");
  // While the older one is examined, a newer one is taken.
  auto newer = [this]() -> awaitable<void> {
    station_.on_examine = nullptr;
    const auto path = station_.inbox / "newer.mp4";
    const auto manifest = manifest_for("media newer", R"(, "series": "s", "serial": 3)");
    write_file(path, "media newer");
    write_file(sidecar_of(path), manifest);
    write_file(signature_beside(sidecar_of(path)), county_.sign(manifest));
    auto arrival = station_.arrival(path);
    arrival.trust = Policy::required;
    const auto taken = co_await station_.intake.take(std::move(arrival));
    EXPECT_EQ(taken->record.outcome, "stored");
  };
  station_.on_examine = newer;
  EXPECT_EQ(signed_take("media older", R"(, "series": "s", "serial": 2)").record.reason_code,
            "receiver.trust_replayed");
  EXPECT_FALSE(station_.store.holds(hex_of("media older")));
  EXPECT_TRUE(station_.store.holds(hex_of("media newer")));
}

TEST_F(TrustTest, AnExpiredManifestIsRefusedFromTheDayAfterItsLast) {
  EXPECT_EQ(signed_take("media a", R"(, "expires": "2026-11-18")").record.outcome, "stored");
  station_.clock.advance(std::chrono::hours(24));
  expect_refused(signed_take("media b", R"(, "expires": "2026-11-18")"), "receiver.manifest_expired");
}

TEST_F(TrustTest, ASignedManifestOfSeveralPartsHoldsForEachOfThem) {
  const auto part = [](const char* file, const char* content) {
    return std::string(R"({"file": ")") + file + R"(", "sha256": ")" + hex_of(content) + "\"}";
  };
  const auto manifest = R"({"title": "养蜂", "series": "s", "serial": 4, "parts": [)" +
                        part("1.mp4", "media 1") + "," + part("2.mp4", "media 2") + "]}";
  const auto path = station_.inbox / "course.manifest.json";
  write_file(path, manifest);
  write_file(signature_beside(path), county_.sign(manifest));
  for (const auto* name : {"1.mp4", "2.mp4"}) {
    const auto media = station_.inbox / name;
    write_file(media, name[0] == '1' ? "media 1" : "media 2");
    auto arrival = station_.arrival(media);
    arrival.description = describe(read_manifest(path), media);
    ASSERT_TRUE(arrival.description) << name;
    arrival.trust = Policy::required;
    const auto record = station_.take(std::move(arrival))->record;
    EXPECT_EQ(record.outcome, "stored") << record.reason_code;
    EXPECT_EQ(record.signed_by, "县远程办");
  }
  EXPECT_THAT(names_in(station_.inbox), IsEmpty());
}

TEST_F(TrustTest, AnImportGoesByItsPolicyToo) {
  write_file(folder_ / "a.mp4", "media a");
  auto importing =
      import_file(station_.intake, station_.workers, folder_ / "a.mp4", "李明", Policy::required);
  EXPECT_EQ(test::run(station_.loop, std::move(importing))->record.reason_code, "receiver.trust_unsigned");
  EXPECT_TRUE(fs::exists(folder_ / "a.mp4"));
}

TEST(TrustedKeys, ThatAreNoneOrTwiceKeepTheStationFromStarting) {
  const test::SigningKey key;
  const std::vector<config::TrustKey> none{{"a", "RWnonsense"}};
  const std::vector<config::TrustKey> twice{{"a", key.public_key()}, {"b", key.public_key()}};
  EXPECT_THROW(Trust{none}, std::runtime_error);
  EXPECT_THROW(Trust{twice}, std::runtime_error);
}

class Adopted : public Receiving {
 protected:
  Arrival spooled(const std::string& content) {
    write_file(folder_ / "a.part", content);
    Arrival arrival;
    arrival.path = folder_ / "a.part";
    arrival.origin.means = "web";
    arrival.origin.source = "https://example.org/a.mp4";
    arrival.known.digest = Sha256().update(content).finish();
    arrival.afterwards = Arrival::Afterwards::give_up;
    arrival.origin.started_ms = 1'794'999'000'000;
    return arrival;
  }
};

TEST_F(Adopted, AFinishedFileIsTakenWithoutBeingReadAgain) {
  auto arrival = spooled("media a");
  const auto operations = files_.operations();
  struct ::stat before {
  }, after{};
  ASSERT_EQ(::stat(arrival.path.c_str(), &before), 0);
  const auto record = station_.take(std::move(arrival))->record;
  EXPECT_EQ(record.outcome, "stored");
  EXPECT_EQ(record.sha256, hex_of("media a"));
  EXPECT_EQ(record.started_ms, 1'794'999'000'000);
  ASSERT_EQ(::stat(station_.store.path(hex_of("media a")).c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_FALSE(fs::exists(folder_ / "a.part"));
  EXPECT_GT(files_.operations(), operations);
  EXPECT_THAT(names_in(folder_ / "objects/staging"), IsEmpty());
}

TEST_F(Adopted, ARefusedOneGoesToQuarantine) {
  const auto record = station_.take(spooled("no film"))->record;
  EXPECT_EQ(record.reason_code, "player.not_media");
  EXPECT_TRUE(fs::exists(folder_ / record.quarantine));
  EXPECT_THAT(names_in(folder_ / "objects"), IsEmpty());
}

TEST_F(Adopted, AnyFailingOperationLosesNothingAndLeavesOneRecord) {
  for (unsigned n = 0;; ++n) {
    test::TempFolder folder;
    Files sound;
    Station(folder.path(), sound);
    test::FaultyFiles files(4 + n);
    Station station(folder.path(), files);
    write_file(folder / "a.part", "media a");
    Arrival arrival;
    arrival.path = folder / "a.part";
    arrival.origin.means = "web";
    arrival.known.digest = Sha256().update("media a").finish();
    arrival.afterwards = Arrival::Afterwards::give_up;
    const auto record = station.take(std::move(arrival))->record;
    EXPECT_EQ(station.receptions(), 1) << n;
    const bool held = station.store.holds(hex_of("media a"));
    EXPECT_TRUE(held || fs::exists(folder / "a.part") || !record.quarantine.empty()) << n;
    EXPECT_EQ(station.courseware().size(), record.outcome == "stored" ? 1u : 0u) << n;
    EXPECT_THAT(names_in(folder / "objects/staging"), IsEmpty()) << n;
    if (!files.failed()) {
      EXPECT_GT(n, 6u);
      break;
    }
  }
}

TEST_F(Adopted, AnAttemptThatBroughtNothingIsOneRecord) {
  Arrival arrival;
  arrival.path = "果树.mp4";
  arrival.origin.means = "web";
  arrival.origin.source = "https://example.org/";
  auto recording = station_.intake.record_failure(std::move(arrival),
                                                  Refusal{"receiver.unreadable", {{"what", "x"}}}, 512);
  const auto record = test::run(station_.loop, std::move(recording)).record;
  EXPECT_EQ(record.outcome, "refused");
  EXPECT_EQ(record.name, "果树.mp4");
  EXPECT_EQ(record.size, 512);
  EXPECT_EQ(record.quarantine, "");
  EXPECT_EQ(station_.receptions(), 1);
}

}  // namespace
}  // namespace edu::receiver
