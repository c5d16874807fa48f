// The HTTP client against a server of the test's own, and files fetched through it with all that may happen.
// Long: every way in which a fetch breaks off and goes on, on one fixture.
#include <fstream>
#include <iterator>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "receiver/catalogue/back_off.h"
#include "receiver/catalogue/download.h"
#include "receiver/catalogue/http.h"
#include "tests/support/faulty_files.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run.h"
#include "tests/support/temp_folder.h"
#include "web_server.h"

namespace edu::catalogue {
namespace {

using test::WebServer;
using testing::SizeIs;

class Collected final : public Sink {
 public:
  Result<std::monostate> begin(const Response& head) override { return first = head, std::monostate(); }
  Result<std::monostate> take(std::span<const std::uint8_t> bytes) override {
    body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }
  Response first;
  std::string body;
};

class Http : public testing::Test {
 protected:
  Result<Response> get(Request request) {
    if (request.largest == 0) request.largest = 1 << 20;
    return test::run(loop_, client_.fetch(std::move(request), access_, sink_));
  }
  Result<Response> get(const std::string& path) {
    Request request;
    request.url = server_.url(path);
    return get(std::move(request));
  }
  std::string code(const std::string& path) {
    const auto response = get(path);
    return response ? "" : response.error().code;
  }

  asio::io_context loop_;
  WebServer server_;
  HttpClient client_;
  Access access_;
  Collected sink_;
};

TEST_F(Http, GivesTheBodyAndWhatTheServerSaysOfIt) {
  server_.on("/a", WebServer::file("a film", "\"v1\""));
  const auto response = get("/a");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->etag, "\"v1\"");
  EXPECT_EQ(response->length, 6u);
  EXPECT_EQ(sink_.body, "a film");
}

TEST_F(Http, AsksConditionallyAndGetsNothingWhereNothingHasChanged) {
  server_.on("/a", WebServer::file("a film", "\"v1\""));
  Request request;
  request.url = server_.url("/a");
  request.etag = "\"v1\"";
  EXPECT_EQ(get(request)->status, 304);
  EXPECT_EQ(sink_.body, "");
}

TEST_F(Http, AsksForTheRest) {
  server_.on("/a", WebServer::file("a film", "\"v1\""));
  Request request;
  request.url = server_.url("/a");
  request.from = 2;
  request.if_range = "\"v1\"";
  EXPECT_EQ(get(request)->from, 2u);
  EXPECT_EQ(sink_.body, "film");
  sink_.body.clear();
  request.if_range = "\"v0\"";
  EXPECT_EQ(get(request)->from, 0u);
  EXPECT_EQ(sink_.body, "a film");
}

TEST_F(Http, ARangeThatIsNotTheOneAskedForIsRefused) {
  server_.on("/a", [](const auto&) {
    return WebServer::reply("206 Partial Content", "Content-Range: bytes 1-5/6\r\n", " film");
  });
  Request request;
  request.url = server_.url("/a");
  request.from = 2;
  EXPECT_EQ(get(request).error().code, "catalogue.range");
  EXPECT_EQ(sink_.body, "");
}

TEST_F(Http, RefusesByStatus) {
  const auto with = [](const char* status) {
    return [status](const auto&) { return WebServer::reply(status, "", "x"); };
  };
  server_.on("/403", with("403 Forbidden"));
  server_.on("/500", with("500 Oops"));
  server_.on("/204", with("204 No Content"));
  EXPECT_EQ(code("/none"), "catalogue.not_found");
  EXPECT_EQ(code("/403"), "catalogue.forbidden");
  EXPECT_EQ(get("/500").error().kind, Refusal::Kind::unavailable);
  EXPECT_EQ(code("/204"), "catalogue.status");
}

TEST_F(Http, RefusesMoreThanIsAllowedWhetherItIsDeclaredOrNot) {
  server_.on("/declared", WebServer::file(std::string(5000, 'x'), "\"e\""));
  server_.on("/endless", [](const auto&) { return "HTTP/1.1 200 OK\r\n\r\n" + std::string(5000, 'x'); });
  for (const auto* path : {"/declared", "/endless"}) {
    Request request;
    request.url = server_.url(path);
    request.largest = 1000;
    EXPECT_EQ(get(request).error().code, "catalogue.too_large") << path;
    EXPECT_LE(sink_.body.size(), 1000u);
  }
}

TEST_F(Http, ABodyThatIsCutShortIsRefusedAndMayPass) {
  server_.on("/a", [](const auto&) { return "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"; });
  const auto response = get("/a");
  EXPECT_EQ(response.error().code, "catalogue.cut_short");
  EXPECT_EQ(response.error().kind, Refusal::Kind::unavailable);
}

TEST_F(Http, AHeadThatIsTooLongIsRefused) {
  server_.on("/a", [](const auto&) {
    std::string head;
    for (int i = 0; i < 2000; ++i) head += "X-" + std::to_string(i) + ": " + std::string(60, 'x') + "\r\n";
    return WebServer::reply("200 OK", head, "x");
  });
  EXPECT_EQ(code("/a"), "catalogue.head");
}

TEST_F(Http, FollowsAFewRedirectsAndNoMore) {
  const auto to = [](const std::string& where) {
    return
        [where](const auto&) { return WebServer::reply("302 Found", "Location: " + where + "\r\n", "gone"); };
  };
  server_.on("/a", to("/b"));
  server_.on("/b", WebServer::file("here", "\"e\""));
  server_.on("/round", to("/round"));
  server_.on("/nowhere", [](const auto&) { return WebServer::reply("302 Found", "", "gone"); });
  EXPECT_EQ(code("/nowhere"), "catalogue.status");
  server_.on("/out", to("ftp://a.example/"));
  server_.on("/file", to("file:///etc/passwd"));
  EXPECT_EQ(get("/a")->url, server_.url("/b"));
  EXPECT_EQ(sink_.body, "here");
  EXPECT_EQ(code("/round"), "catalogue.redirects");
  EXPECT_EQ(code("/out"), "catalogue.redirect");
  EXPECT_EQ(code("/file"), "catalogue.redirect");
}

TEST_F(Http, AServerThatIsNotThereIsNamed) {
  Request request;
  request.url = "http://127.0.0.1:1/";
  const auto response = get(request);
  EXPECT_EQ(response.error().code, "catalogue.connect");
  EXPECT_EQ(response.error().args.at("host"), "127.0.0.1");
  request.url = "gopher://a/";
  EXPECT_EQ(get(request).error().code, "catalogue.url");
}

TEST_F(Http, APrivateAuthoritysFileThatIsNotThereIsAnError) {
  access_.ca_file = "/nowhere.pem";
  Request request;
  request.url = "https" + server_.url("/a").substr(4);
  const auto code = get(request).error().code;
  EXPECT_TRUE(code == "catalogue.ca_file" || code == "catalogue.tls") << code;
}

TEST_F(Http, ATransferThatIsCancelledEndsAtOnceAndTouchesItsSinkNoMore) {
  server_.on("/a", [](const auto&) { return "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"; });
  Request request;
  request.url = "http://10.255.255.1/";  // where nobody answers
  request.largest = 100;
  asio::cancellation_signal stop;
  bool ended = false, aborted = false;
  auto done = [&](std::exception_ptr error, Result<Response>) {
    ended = true;
    aborted = error != nullptr;
  };
  asio::co_spawn(loop_, client_.fetch(request, access_, sink_),
                 asio::bind_cancellation_slot(stop.slot(), done));
  loop_.poll();
  stop.emit(asio::cancellation_type::terminal);
  loop_.restart();
  loop_.run();
  EXPECT_TRUE(ended);
  EXPECT_TRUE(aborted);
}

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
    loop_.restart();
    while (!*result) {  // pauses between tries pass at once
      loop_.run_one_for(std::chrono::milliseconds(20));
      if (loop_.stopped()) loop_.restart();
      clock_.advance(std::chrono::minutes(10));
    }
    return std::move(**result);
  }
  std::unique_ptr<Download> make() {
    auto room = [this](std::uint64_t) { return no_room_; };
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
  static std::string content(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // The beginning of the body, as an attempt that was cut left it.
  void leave(const std::string& part, const std::string& etag) {
    PartialFile file(files_, folder_.path(), entry_.id, entry_.sha256,
                     [](std::uint64_t) { return std::nullopt; });
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
  EXPECT_EQ(content(fetched->file->path()), film_);
}

TEST_F(Downloads, GoesOnWhereAnEarlierRunStopped) {
  server_.on("/a", WebServer::file(film_, "\"v1\""));
  lists("/a", film_);
  leave(film_.substr(0, 2500), "\"v1\"");
  auto fetched = fetch();
  ASSERT_TRUE(fetched);
  EXPECT_EQ(content(fetched->file->path()), film_);
  ASSERT_THAT(server_.asked(), SizeIs(1));
  EXPECT_EQ(server_.asked()[0].headers.at("range"), "bytes=2500-");
  EXPECT_EQ(server_.asked()[0].headers.at("if-range"), "\"v1\"");
}

TEST_F(Downloads, BeginsAnewWhenTheServersFileIsAnotherByNow) {
  server_.on("/a", WebServer::file(film_, "\"v2\""));
  entry_.urls = {server_.url("/a")};  // as of a feed: no digest
  leave("the old film", "\"v1\"");
  auto fetched = fetch();
  ASSERT_TRUE(fetched);
  EXPECT_EQ(content(fetched->file->path()), film_);
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
  EXPECT_EQ(content(fetched->file->path()), film_);
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
  EXPECT_EQ(content(fetched->file->path()), film_);
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
  EXPECT_EQ(content(fetched->file->path()), film_);
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
  EXPECT_EQ(content(folder_ / (entry_.id + ".part")), film_.substr(0, 10));
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
  EXPECT_EQ(content(again->file->path()), film_);
  EXPECT_THAT(server_.asked(), SizeIs(1));
}

TEST_F(Downloads, WhateverOfTheStorageFailsTheFileIsWholeInTheEndOrItIsRefused) {
  server_.on("/a", WebServer::file(film_, "\"v1\""));
  lists("/a", film_);
  for (unsigned n = 0;; ++n) {
    test::TempFolder folder;
    test::FaultyFiles files(n);
    const auto room = [](std::uint64_t) { return std::optional<Refusal>(); };
    auto one = std::make_unique<Download>(
        Download::Parts{[this](Request request, Access access, Sink& sink) {
                          return client_.fetch(std::move(request), std::move(access), sink);
                        },
                        files, workers_, clock_, room, [] { return 0.5; }, folder.path(), 1 << 20},
        entry_, access_);
    std::optional<Result<Fetched>> result;
    auto done = [&](std::exception_ptr, Result<Fetched> fetched) { result.emplace(std::move(fetched)); };
    asio::co_spawn(loop_, one->run(), done);
    while (!result) {
      loop_.restart();
      loop_.run_one_for(std::chrono::milliseconds(20));
      clock_.advance(std::chrono::minutes(10));
    }
    if (*result) {
      EXPECT_EQ(to_hex((**result).digest), entry_.sha256) << n;
      EXPECT_EQ(content((**result).file->path()), film_) << n;
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
  const auto room = [](std::uint64_t) { return std::optional<Refusal>(); };
  {
    PartialFile file(sound, folder.path(), "x", "", room);
    ASSERT_TRUE(file.take(bytes(first)));
  }
  test::FaultyFiles failing(2);  // folder and write go well, the sync does not
  PartialFile file(failing, folder.path(), "x", "", room);
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
  PartialFile::sweep(files, folder.path(), [](const std::string& id) { return id == "a"; });
  EXPECT_TRUE(fs::exists(folder / "a.part"));
  EXPECT_TRUE(fs::exists(folder / "a.json"));
  EXPECT_FALSE(fs::exists(folder / "b.part"));
  EXPECT_FALSE(fs::exists(folder / "stray"));
}

TEST(BackingOff, DoublesUpToItsBoundAndIsSpreadByChance) {
  const BackOff back_off{milliseconds(1000), milliseconds(60'000)};
  EXPECT_EQ(back_off.after(1, 0.5), milliseconds(1000));
  EXPECT_EQ(back_off.after(1, 0.0), milliseconds(500));
  EXPECT_EQ(back_off.after(3, 0.5), milliseconds(4000));
  EXPECT_LT(back_off.after(9, 0.999), milliseconds(90'000));
  EXPECT_EQ(back_off.after(1000, 0.5), milliseconds(60'000));
  EXPECT_EQ(back_off.after(0, 0.5), milliseconds(1000));
}

}  // namespace
}  // namespace edu::catalogue
