// Files that are fetched into the spool, with all that may happen on the way.
#include "receiver/catalogue/download.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http_fixture.h"
#include "tests/support/faulty_files.h"
#include "tests/support/file_content.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"
#include "tests/support/until.h"

namespace edu::catalogue {
namespace {

using testing::SizeIs;

class Downloads : public Http {
 protected:
  Downloads() { entry_.id = std::string(64, '1'); }

  Result<Fetched> fetch() {
    auto download = make();
    auto result = std::make_shared<std::optional<Result<Fetched>>>();
    auto done = [result](std::exception_ptr, Result<Fetched> fetched) {
      result->emplace(std::move(fetched));
    };
    asio::co_spawn(loop_, download->run(), done);
    test::run_until(
        loop_, [&] { return result->has_value(); }, [this] { pass(); });
    return std::move(**result);
  }
  std::unique_ptr<Download> make() {
    auto room = [this](std::uint64_t) -> Result<void> {
      if (no_room_) return Unexpected(*no_room_);
      return {};
    };
    return std::make_unique<Download>(
        Download::Parts{[this](Request request, Access access, Sink& sink) {
                          return client_.fetch(std::move(request), std::move(access), sink);
                        },
                        files_, workers_, clock_, room, [] { return 0.5; }, folder_.path(), 1 << 20},
        entry_, access_);
  }
  void lists(const std::string& path, const std::string& body) {
    entry_.urls.push_back(server_.url(path));
    entry_.sha256 = to_hex(Sha256().update(body).finish());
    entry_.size = body.size();
  }
  void pass() { clock_.advance(std::chrono::minutes(10)); }  // the pauses between tries
  // The beginning of the body, as an attempt that was cut left it.
  void leave(const std::string& part, const std::string& etag) {
    SpoolFile file(files_, folder_.path(), entry_.id, entry_.sha256,
                   [](std::uint64_t) { return Result<void>(); });
    Request request;
    request.url = entry_.urls.at(0);
    file.ask_for_rest(request);
    Response head;
    head.url = request.url;
    head.etag = etag;
    ASSERT_TRUE(file.begin(head));
    ASSERT_TRUE(file.take({reinterpret_cast<const std::uint8_t*>(part.data()), part.size()}));
  }

  const std::string film_ = std::string(3000, 'f') + std::string(3000, 'g');
  test::TempFolder folder_;
  test::FaultyFiles files_;
  Workers workers_{1};
  test::ManualClock clock_{from_ms(1'795'000'000'000)};
  std::optional<Refusal> no_room_;
  Entry entry_;
};

TEST_F(Downloads, AFileArrivesWithItsDigest) {
  server_.on("/a", WebServer::file(film_, "\"v1\""));
  lists("/a", film_);
  auto fetched = fetch();
  ASSERT_TRUE(fetched) << fetched.error().code;
  EXPECT_EQ(to_hex(fetched->digest), entry_.sha256);
  EXPECT_EQ(test::content_of(fetched->file->path()), film_);
}

TEST_F(Downloads, GoesOnWhereAnEarlierRunStopped) {
  server_.on("/a", WebServer::file(film_, "\"v1\""));
  lists("/a", film_);
  leave(film_.substr(0, 2500), "\"v1\"");
  auto fetched = fetch();
  ASSERT_TRUE(fetched);
  EXPECT_EQ(test::content_of(fetched->file->path()), film_);
  ASSERT_THAT(server_.asked(), SizeIs(1));
  EXPECT_EQ(server_.asked()[0].headers.at("range"), "bytes=2500-");
  EXPECT_EQ(server_.asked()[0].headers.at("if-range"), "\"v1\"");
}

TEST_F(Downloads, BeginsAgainWhenTheServersFileIsAnotherByNow) {
  server_.on("/a", WebServer::file(film_, "\"v2\""));
  entry_.urls = {server_.url("/a")};  // as of a feed: no digest
  leave("the old film", "\"v1\"");
  auto fetched = fetch();
  ASSERT_TRUE(fetched);
  EXPECT_EQ(test::content_of(fetched->file->path()), film_);
}

TEST_F(Downloads, WithoutADigestBytesOfAServerThatNamesNoVersionAreNotGoneOnWith) {
  server_.on("/a", [this](const auto&) { return WebServer::reply("200 OK", "", film_); });
  entry_.urls = {server_.url("/a")};
  leave("half", "W/\"weak\"");
  ASSERT_TRUE(fetch());
  EXPECT_FALSE(server_.asked()[0].headers.contains("range"));
}

TEST_F(Downloads, OldBytesThatWereWrongAreFetchedOnceMore) {
  server_.on("/a", WebServer::file(film_, "\"v1\""));
  lists("/a", film_);
  leave(std::string(2500, 'X'), "\"v1\"");
  auto fetched = fetch();
  ASSERT_TRUE(fetched);
  EXPECT_EQ(to_hex(fetched->digest), entry_.sha256);
  EXPECT_THAT(server_.asked(), SizeIs(2));
}

TEST_F(Downloads, BreaksAreGoneOnFromWhatHasCome) {
  int times = 0;
  server_.on("/a", [&, whole = WebServer::file(film_, "\"v1\"")](const WebServer::Asked& asked) {
    auto answer = whole(asked);
    if (++times < 3) answer.resize(answer.size() - 1000);  // the line is cut
    return answer;
  });
  lists("/a", film_);
  auto fetched = fetch();
  ASSERT_TRUE(fetched) << fetched.error().code;
  EXPECT_EQ(test::content_of(fetched->file->path()), film_);
  ASSERT_THAT(server_.asked(), SizeIs(3));
  EXPECT_EQ(server_.asked()[1].headers.at("range"), "bytes=5000-");
}

TEST_F(Downloads, AMirrorHelpsWhereTheFirstHasNothingOrTheWrongFile) {
  server_.on("/wrong", WebServer::file(std::string(6000, 'w'), "\"w\""));
  server_.on("/right", WebServer::file(film_, "\"r\""));
  lists("/none", film_);
  lists("/wrong", film_);
  lists("/right", film_);
  auto fetched = fetch();
  ASSERT_TRUE(fetched) << fetched.error().code;
  EXPECT_EQ(fetched->url, server_.url("/right"));
  EXPECT_EQ(to_hex(fetched->digest), entry_.sha256);
}

TEST_F(Downloads, AServerThatWasWrongIsNotAskedAgainWhenTheRightOneIsDownForAMoment) {
  int times = 0;
  server_.on("/wrong", WebServer::file(std::string(6000, 'w'), "\"w\""));
  server_.on("/right", [&, whole = WebServer::file(film_, "\"r\"")](const WebServer::Asked& asked) {
    return ++times == 1 ? WebServer::reply("503 Service Unavailable", "", "") : whole(asked);
  });
  lists("/wrong", film_);
  lists("/right", film_);
  auto fetched = fetch();
  ASSERT_TRUE(fetched) << fetched.error().code;
  EXPECT_EQ(to_hex(fetched->digest), entry_.sha256);
}

TEST_F(Downloads, ALineThatWasCutAndGoneOnWithFromAnotherServerIsFetchedOnceMore) {
  int times = 0;
  server_.on("/cut", [&, whole = WebServer::file(film_, "\"v\"")](const WebServer::Asked& asked) {
    auto answer = whole(asked);
    if (++times == 1) answer.resize(answer.size() - 1000);
    return answer;
  });
  server_.on("/stale", WebServer::file(std::string(6000, 's'), "\"s\""));
  lists("/cut", film_);
  lists("/stale", film_);
  auto fetched = fetch();
  ASSERT_TRUE(fetched) << fetched.error().code;
  EXPECT_EQ(to_hex(fetched->digest), entry_.sha256);
}

TEST_F(Downloads, APartThatIsShorterThanWhatWasAskedForIsNotTheWholeFile) {
  server_.on("/a", [this](const WebServer::Asked& asked) {
    const auto range = asked.headers.find("range");
    const auto from = range == asked.headers.end() ? 0 : std::stoul(range->second.substr(6));
    const auto part = film_.substr(from, 2500);
    const auto span = std::to_string(from) + "-" + std::to_string(from + part.size() - 1);
    return WebServer::reply("206 Partial Content",
                            "ETag: \"v\"\r\nContent-Range: bytes " + span + "/6000\r\n", part);
  });
  entry_.urls = {server_.url("/a")};  // as of a feed: neither size nor digest
  auto fetched = fetch();
  ASSERT_TRUE(fetched) << fetched.error().code;
  EXPECT_EQ(test::content_of(fetched->file->path()), film_);
}

TEST_F(Downloads, BehindARedirectTheRestIsAskedForToo) {
  server_.on("/a", [this](const auto&) {
    return WebServer::reply("302 Found", "Location: " + server_.url("/b") + "\r\n", "");
  });
  int times = 0;
  server_.on("/b", [&, whole = WebServer::file(film_, "\"v\"")](const WebServer::Asked& asked) {
    auto answer = whole(asked);
    if (++times == 1) answer.resize(answer.size() - 1000);
    return answer;
  });
  entry_.urls = {server_.url("/a")};  // as of a feed: no digest
  auto fetched = fetch();
  ASSERT_TRUE(fetched) << fetched.error().code;
  EXPECT_EQ(test::content_of(fetched->file->path()), film_);
  EXPECT_EQ(server_.asked().back().headers.at("range"), "bytes=5000-");
}

TEST_F(Downloads, AWrongFileOfTheOnlyServerIsHandedOnToBeRefused) {
  server_.on("/a", WebServer::file(std::string(6000, 'w'), "\"w\""));
  lists("/a", film_);
  auto fetched = fetch();
  ASSERT_TRUE(fetched);
  EXPECT_NE(to_hex(fetched->digest), entry_.sha256);
}

TEST_F(Downloads, GivesUpAfterSomeTriesAndKeepsWhatCame) {
  server_.on("/a", [this](const auto&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 6000\r\n\r\n" + film_.substr(0, 10);
  });
  lists("/a", film_);
  EXPECT_EQ(fetch().error().code, "catalogue.cut_short");
  EXPECT_THAT(server_.asked(), SizeIs(kTries));
  EXPECT_EQ(test::content_of(folder_ / (entry_.id + ".part")), film_.substr(0, 10));
}

TEST_F(Downloads, AFileThatIsNotThereIsNotAskedForAgainAndAgain) {
  lists("/none", film_);
  EXPECT_EQ(fetch().error().code, "catalogue.not_found");
  EXPECT_THAT(server_.asked(), SizeIs(1));
}

TEST_F(Downloads, NothingIsFetchedThatHasNoRoom) {
  server_.on("/a", WebServer::file(film_, "\"v1\""));
  lists("/a", film_);
  no_room_ = Refusal{"library.no_space", {}, Refusal::Kind::no_space};
  EXPECT_EQ(fetch().error().code, "library.no_space");
  EXPECT_THAT(server_.asked(), SizeIs(0));
}

TEST_F(Downloads, AWholeFileIsNotFetchedAgainAfterARestart) {
  server_.on("/a", WebServer::file(film_, "\"v1\""));
  entry_.urls = {server_.url("/a")};
  ASSERT_TRUE(fetch());
  auto again = fetch();
  ASSERT_TRUE(again);
  EXPECT_EQ(test::content_of(again->file->path()), film_);
  EXPECT_THAT(server_.asked(), SizeIs(1));
}

TEST_F(Downloads, WhateverOfTheStorageFailsTheFileIsWholeInTheEndOrItIsRefused) {
  server_.on("/a", WebServer::file(film_, "\"v1\""));
  lists("/a", film_);
  for (unsigned n = 0;; ++n) {
    test::TempFolder folder;
    test::FaultyFiles files(n);
    const auto room = [](std::uint64_t) { return Result<void>(); };
    auto one = std::make_unique<Download>(
        Download::Parts{[this](Request request, Access access, Sink& sink) {
                          return client_.fetch(std::move(request), std::move(access), sink);
                        },
                        files, workers_, clock_, room, [] { return 0.5; }, folder.path(), 1 << 20},
        entry_, access_);
    std::optional<Result<Fetched>> result;
    auto done = [&](std::exception_ptr, Result<Fetched> fetched) { result.emplace(std::move(fetched)); };
    asio::co_spawn(loop_, one->run(), done);
    test::run_until(
        loop_, [&] { return result.has_value(); }, [this] { pass(); });
    if (*result) {
      EXPECT_EQ(to_hex((**result).digest), entry_.sha256) << n;
      EXPECT_EQ(test::content_of((**result).file->path()), film_) << n;
    } else {
      EXPECT_EQ(result->error().code, "receiver.storage_failed") << n;
    }
    if (!files.failed()) break;
    ASSERT_LT(n, 100u);
  }
}

TEST(WhatIsBeingFetched, IsTakenBackToWhatWasSyncedWhenASyncFails) {
  test::TempFolder folder;
  Files sound;
  const std::string first(100, 'a'), second(100, 'b');
  const auto bytes = [](const std::string& text) {
    return std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  };
  const auto room = [](std::uint64_t) { return Result<void>(); };
  {
    SpoolFile file(sound, folder.path(), "x", "", room);
    ASSERT_TRUE(file.take(bytes(first)));
  }
  test::FaultyFiles failing(2);  // folder and write go well, the sync does not
  SpoolFile file(failing, folder.path(), "x", "", room);
  ASSERT_TRUE(file.take(bytes(second)));
  EXPECT_THROW(file.finish(), std::system_error);
  EXPECT_EQ(file.size(), 100u);
  ASSERT_TRUE(file.take(bytes(second)));
  EXPECT_EQ(file.finish(), Sha256().update(first + second).finish());
  EXPECT_EQ(fs::file_size(file.path()), 200u);
}

TEST(WhatIsBeingFetched, IsSweptWhenNobodyWantsIt) {
  test::TempFolder folder;
  Files files;
  for (const auto* name : {"a.part", "a.json", "b.part", "stray"}) std::ofstream(folder / name) << "x";
  SpoolFile::sweep(files, folder.path(), [](const std::string& id) { return id == "a"; });
  EXPECT_TRUE(fs::exists(folder / "a.part"));
  EXPECT_TRUE(fs::exists(folder / "a.json"));
  EXPECT_FALSE(fs::exists(folder / "b.part"));
  EXPECT_FALSE(fs::exists(folder / "stray"));
}

}  // namespace
}  // namespace edu::catalogue
