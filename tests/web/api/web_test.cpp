// The whole of the room: over a socket, with live events, started and stopped.
#include "web/api/web.h"

#include <gmock/gmock.h>

#include "tests/web/raw_client.h"
#include "tests/web/station_bench.h"

namespace edu::web {
namespace {

using test::RawClient;
using testing::HasSubstr;

class WholeWeb : public testing::Test {
 protected:
  WholeWeb() : web_(std::make_unique<Web>(station_.loop().get_executor(), station_.rooms(), config::Web())) {
    web_->listen(socket());
    web_->listen_tcp(0);
  }
  std::filesystem::path socket() const { return station_.folder() / "api.sock"; }
  // Runs the loop while `work` talks to it from a thread of its own.
  template <class Work>
  void talk(Work work) {
    auto& loop = station_.loop();
    loop.restart();
    const auto keep = asio::make_work_guard(loop);
    std::thread client([&] {
      work();
      loop.stop();
    });
    loop.run();
    client.join();
  }

  test::StationBench station_;
  std::unique_ptr<Web> web_;
};

TEST_F(WholeWeb, TellsAListenerWhatHappensLive) {
  talk([&] {
    auto listener = RawClient::local(socket());
    listener.send("GET /api/v1/events HTTP/1.1\r\n\r\n");
    listener.until("retry: 3000\n\n");
    auto other = RawClient::local(socket());
    const std::string csv = "编号,姓名,类别\n001,王建国,党员\n";
    const auto answer = other.ask(
        "POST /api/v1/roster HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/csv\r\nContent-Length: " +
        std::to_string(csv.size()) + "\r\n\r\n" + csv);
    EXPECT_EQ(test::status_in(answer), 200) << answer;
    EXPECT_THAT(listener.until("\n\n"), HasSubstr("id: 1\nevent: roster.imported\ndata: {"));
  });
}

TEST_F(WholeWeb, AnswersAForeignPageWithNothing) {
  talk([&] {
    EXPECT_EQ(
        test::status_in(
            RawClient::tcp(web_->port()).ask("GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\n\r\n")),
        403);
    const auto posted = RawClient::local(socket()).ask(
        "POST /api/v1/journal/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        "text/plain\r\nContent-Length: "
        "2\r\n\r\n{}");
    EXPECT_EQ(test::status_in(posted), 415);
  });
}

TEST_F(WholeWeb, ShowsAStrangerTheFirstPageAndNothingElse) {
  talk([&] {
    const auto ask = [&](const std::string& method, const std::string& path) {
      return RawClient::tcp(web_->port())
          .ask(method + " " + path +
               " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
               "2\r\n\r\n{}");
    };
    for (const auto* open : {"/", "/style.css", "/live.js"})
      EXPECT_EQ(test::status_in(ask("GET", open)), 200) << open;
    for (const auto& row : routes()) {
      if (row.roles == std::string(kPublic)) continue;
      const auto answer = ask(row.method, row.path);
      EXPECT_EQ(test::status_in(answer), 403) << row.method << " " << row.path;
      EXPECT_THAT(answer, HasSubstr("edustation")) << "how it is done";
    }
    EXPECT_EQ(test::status_in(ask("GET", "/nothing/here")), 403);
    EXPECT_EQ(test::status_in(ask("POST", "/")), 403);
  });
}

TEST_F(WholeWeb, SpeaksTheLanguageOfTheStationByItself) {
  talk([&] {
    EXPECT_THAT(RawClient::local(socket()).ask("GET / HTTP/1.1\r\n\r\n"), HasSubstr("节目预告"));
    EXPECT_THAT(RawClient::local(socket()).ask("GET / HTTP/1.1\r\nAccept-Language: en\r\n\r\n"),
                HasSubstr("Next programmes"));
  });
}

TEST_F(WholeWeb, StopsWithAListenerThere) {
  talk([&] {
    auto listener = RawClient::local(socket());
    listener.send("GET /api/v1/events HTTP/1.1\r\n\r\n");
    listener.until("retry: 3000\n\n");
    std::promise<void> stopped;
    auto done = [&](std::exception_ptr) { stopped.set_value(); };
    asio::co_spawn(station_.loop(), web_->stop(milliseconds(60'000)), done);
    EXPECT_EQ(listener.rest(), "");
    stopped.get_future().get();
  });
  EXPECT_FALSE(std::filesystem::exists(socket()));
}

}  // namespace
}  // namespace edu::web
