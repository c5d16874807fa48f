// The HTTP client against a server of the test's own.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "http_fixture.h"
#include "tests/support/temp_folder.h"

namespace edu::catalogue {
namespace {

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

TEST_F(Http, ARedirectIsReadAsBrowsersReadIt) {
  server_.on("/%e7%ac%ac%201%20%e8%af%be.mp4", WebServer::file("here", "\"e\""));
  server_.on("/%b9%fb.mp4", WebServer::file("there", "\"e\""));
  const auto to = [](const std::string& where) {
    return [where](const auto&) { return WebServer::reply("302 Found", "Location: " + where + "\r\n", ""); };
  };
  server_.on("/utf8", to("/第 1 课.mp4 "));
  server_.on("/gb", to("/\xB9\xFB.mp4"));
  server_.on("/host", to(server_.url("/utf8").substr(5)));
  for (const auto* path : {"/utf8", "/gb", "/host"}) EXPECT_EQ(code(path), "") << path;
  EXPECT_EQ(sink_.body, "heretherehere");
}

TEST_F(Http, ABodyThatIsPackedUnaskedIsUnpackedAndOneThatIsNotIsTakenAsItIs) {
  const std::string packed(
      "\x1F\x8B\x08\x00\x00\x00\x00\x00\x02\xFF\x4B\x4B\x4D\x4D\x01\x00\xAB\x44\x40\x23\x04\x00\x00\x00", 24);
  const auto with = [](const std::string& encoding, const std::string& body) {
    return [=](const auto&) {
      return WebServer::reply("200 OK", "Content-Encoding: " + encoding + "\r\n", body);
    };
  };
  server_.on("/packed", with("gzip", packed));
  server_.on("/wrong", with("gzip", "plain"));
  server_.on("/unknown", with("utf-8", "plain"));
  const auto packed_answer = get("/packed");
  ASSERT_TRUE(packed_answer);
  EXPECT_EQ(sink_.body, "feed");
  EXPECT_FALSE(packed_answer->length) << "what is declared is the packed length";
  sink_.body.clear();
  EXPECT_EQ(code("/wrong"), "");
  EXPECT_EQ(code("/unknown"), "");
  EXPECT_EQ(sink_.body, "plainplain");
}

TEST_F(Http, NothingLeadsWhereNoSettingDoes) {
  const auto to = [](const std::string& where) {
    return [where](const auto&) { return WebServer::reply("302 Found", "Location: " + where + "\r\n", ""); };
  };
  server_.on("/a", WebServer::file("here", "\"e\""));
  server_.on("/metadata", to("http://169.254.169.254/latest"));
  server_.on("/multicast", to("http://224.0.0.1/"));
  EXPECT_EQ(code("/metadata"), "catalogue.private_address");
  EXPECT_EQ(code("/multicast"), "catalogue.private_address");
  EXPECT_EQ(code("/a"), "");
  access_.named.clear();
  EXPECT_EQ(code("/a"), "catalogue.private_address") << "also by a connection that is open already";
}

TEST_F(Http, TheStationsOwnPortIsClosedWhoeverNamesIt) {
  const auto port = server_.url("").substr(server_.url("").rfind(':') + 1);
  HttpClient client({static_cast<std::uint16_t>(std::stoi(port))});
  server_.on("/a", WebServer::file("here", "\"e\""));
  Request request;
  request.url = server_.url("/a");
  request.largest = 100;
  EXPECT_EQ(test::run(loop_, client.fetch(request, access_, sink_)).error().code,
            "catalogue.private_address");
  EXPECT_TRUE(server_.asked().empty());
}

TEST_F(Http, AFileOfCertificatesIsAFile) {
  test::TempFolder folder;
  ASSERT_EQ(::mkfifo((folder / "ca.pem").c_str(), 0600), 0);
  access_.ca_file = folder / "ca.pem";
  Request request;
  request.url = "https" + server_.url("/a").substr(4);
  EXPECT_EQ(get(request).error().code, "catalogue.ca_file") << "and nobody waits for its writer";
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
  EXPECT_EQ(code, "catalogue.ca_file");
}

TEST_F(Http, ATransferThatIsCancelledEndsAtOnceAndTouchesItsSinkNoMore) {
  server_.on("/a", [](const auto&) { return "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"; });
  Request request;
  request.url = "http://10.255.255.1/";  // where nobody answers
  access_.private_too = true;
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

}  // namespace
}  // namespace edu::catalogue
