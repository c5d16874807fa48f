#include "receiver/catalogue/range.h"

#include <gtest/gtest.h>

#include "tests/support/run.h"
#include "web_server.h"

namespace edu::catalogue {
namespace {

using test::WebServer;

class RangeTest : public testing::Test {
 protected:
  Result<std::vector<std::uint8_t>> get(const std::string& path, std::uint64_t first, std::uint64_t last) {
    auto fetch = [this](Request request, Access access, Sink& sink) {
      return client_.fetch(std::move(request), std::move(access), sink);
    };
    Access access{.named = {"127.0.0.1"}};
    return test::run(loop_, fetch_range(fetch, {server_.url(path), first, last, body_.size()}, access));
  }
  std::string text(const std::string& path, std::uint64_t first, std::uint64_t last) {
    const auto bytes = get(path, first, last);
    return bytes ? std::string(bytes->begin(), bytes->end()) : bytes.error().code;
  }
  std::string body_ = "0123456789abcdef";
  asio::io_context loop_;
  WebServer server_;
  HttpClient client_;
};

TEST_F(RangeTest, AsksForItsBytesAndGivesThem) {
  server_.on("/a", WebServer::file(body_, "\"1\""));
  EXPECT_EQ(text("/a", 4, 7), "4567");
  EXPECT_EQ(server_.asked().back().headers.at("range"), "bytes=4-7");
  EXPECT_EQ(text("/a", 0, 3), "0123");
  EXPECT_EQ(server_.asked().back().headers.at("range"), "bytes=0-3");
  EXPECT_EQ(text("/a", 15, 15), "f");
}

TEST_F(RangeTest, TakesTheBeginningFromAServerWithoutRanges) {
  server_.on("/a", [this](const WebServer::Asked&) { return WebServer::reply("200 OK", "", body_); });
  EXPECT_EQ(text("/a", 0, 3), "0123");
  EXPECT_EQ(text("/a", 4, 7), "catalogue.range");
}

TEST_F(RangeTest, RefusesAFileOfAnotherLengthAndWhatBreaksOff) {
  server_.on("/other", WebServer::file(body_ + "x", "\"1\""));
  EXPECT_EQ(text("/other", 4, 7), "catalogue.other_file");
  server_.on("/short", [](const WebServer::Asked&) {
    return WebServer::reply("206 Partial Content", "Content-Range: bytes 4-5/16\r\n", "45");
  });
  EXPECT_EQ(text("/short", 4, 7), "catalogue.cut_short");
  EXPECT_EQ(text("/none", 4, 7), "catalogue.not_found");
}

TEST_F(RangeTest, RefusesBytesFromAnotherPlace) {
  server_.on("/a", [](const WebServer::Asked&) {
    return WebServer::reply("206 Partial Content", "Content-Range: bytes 0-3/16\r\n", "0123");
  });
  EXPECT_EQ(text("/a", 4, 7), "catalogue.range");
}

TEST_F(RangeTest, IsBounded) {
  EXPECT_THROW(get("/a", 5, 4), std::invalid_argument);
  EXPECT_THROW(get("/a", 0, kLargestRange), std::invalid_argument);
}

}  // namespace
}  // namespace edu::catalogue
