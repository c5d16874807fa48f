// Long: one server, and each way to use and misuse it.
#include "web/http/server.h"

#include <deque>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <gmock/gmock.h>

#include "tests/web/raw_client.h"
#include "web/http/account.h"
#include "web/http/answers.h"

namespace edu::web {
namespace {

using test::RawClient;
using test::ServerThread;
using test::status_in;
using testing::HasSubstr;
using testing::Not;

awaitable<Response> echo(Request request) {
  json::object body;
  body["method"] = request.method;
  body["path"] = request.path;
  body["length"] = request.body.size();
  body["language"] = tag(request.language);
  body["tcp"] = request.transport == Transport::tcp;
  body["actor"] = request.caller.actor;
  body["descriptors"] = request.descriptors.size();
  co_return json_answer(body);
}

// A handler that answers when it is told to.
class Gate {
 public:
  Handler handler() {
    return [this](Request) { return wait(); };
  }
  std::size_t waiting() const { return waiting_.size(); }
  void open() {
    for (const auto& timer : waiting_) timer->cancel();
  }

 private:
  awaitable<Response> wait() {
    auto timer = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor,
                                                      asio::steady_timer::time_point::max());
    waiting_.push_back(timer);
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await timer->async_wait(token);
    std::erase(waiting_, timer);
    Response response;
    response.body = "through";
    co_return response;
  }
  std::vector<std::shared_ptr<asio::steady_timer>> waiting_;
};

// Says one thing, then waits until somebody ends it.
class Endless final : public Stream {
 public:
  awaitable<std::string> next() override {
    if (std::exchange(begun_, true)) {
      asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
      co_await timer.async_wait(asio::use_awaitable);
    }
    co_return std::string("begun\n");
  }

 private:
  bool begun_ = false;
};
awaitable<Response> streams(Request) {
  Response response;
  response.content_type = "text/event-stream";
  response.stream = std::make_shared<Endless>();
  co_return response;
}

const std::string kGet = "GET /a?b=1 HTTP/1.1\r\nHost: x\r\n\r\n";

// Until the server has come to see what this thread did: its loop runs everything in turn.
template <class Condition>
void eventually(ServerThread& server, Condition condition) {
  while (!server.on_loop(condition)) std::this_thread::yield();
}

TEST(Server, AnswersOnBothListeners) {
  ServerThread server(echo);
  EXPECT_THAT(server.tcp().ask(kGet), HasSubstr("\"tcp\":true,\"actor\":\"by the network\""));
  const auto answer = server.local().ask(kGet);
  EXPECT_EQ(status_in(answer), 200);
  EXPECT_THAT(answer, HasSubstr("\"path\":\"/a\""));
  EXPECT_THAT(answer, HasSubstr("\"tcp\":false,\"actor\":\"" + account_name(::geteuid()) + "\""));
  EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff"));
  EXPECT_THAT(answer, Not(HasSubstr("Access-Control-Allow")));
}

// What plays or reads what strangers sent runs as our own user, and may reach the socket.
TEST(Server, TurnsAHelperOfOursAwayFromTheSocket) {
  ServerThread server(echo, {}, Language::en, [](int pid) { return pid == ::getpid(); });
  EXPECT_EQ(status_in(server.tcp().ask(kGet)), 200);
  EXPECT_EQ(server.local().ask(kGet), "");
}

TEST(Server, KeepsAConnectionForFurtherRequestsAlsoPipelinedOnes) {
  ServerThread server(echo);
  auto client = server.tcp();
  client.send(kGet + "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_THAT(client.answer(), HasSubstr("\"path\":\"/a\""));
  EXPECT_THAT(client.answer(), HasSubstr("\"length\":3"));
  EXPECT_EQ(status_in(client.ask(kGet)), 200);
}

TEST(Server, ClosesWhenTheClientAsksForIt) {
  ServerThread server(echo);
  auto client = server.tcp();
  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.rest(), HasSubstr("Connection: close"));
}

TEST(Server, AnswersAHeadRequestWithoutABody) {
  ServerThread server(echo);
  auto client = server.tcp();
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto answer = client.rest();
  EXPECT_THAT(answer, HasSubstr("Content-Length: "));
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\n"));
}

TEST(Server, PassesUnknownMethodsOn) {
  ServerThread server(echo);
  EXPECT_THAT(server.tcp().ask("FROB / HTTP/1.1\r\nHost: x\r\n\r\n"), HasSubstr("\"method\":\"FROB\""));
}

TEST(Server, ReadsTheAskersLanguage) {
  ServerThread server(echo);
  EXPECT_THAT(server.tcp().ask("GET / HTTP/1.1\r\nAccept-Language: zh-CN,zh;q=0.9\r\n\r\n"),
              HasSubstr("\"zh-CN\""));
  EXPECT_THAT(server.tcp().ask("GET / HTTP/1.1\r\n\r\n"), HasSubstr("\"en\""));
}

TEST(Server, SaysThatAHeaderIsTooLarge) {
  ServerThread server(echo);
  auto client = server.tcp();
  client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(20'000, 'a') + "\r\n\r\n");
  const auto answer = client.rest();
  EXPECT_EQ(status_in(answer), 431);
  EXPECT_THAT(answer, HasSubstr("application/problem+json"));
  EXPECT_EQ(status_in(server.tcp().ask(kGet)), 200);
}

TEST(Server, SaysThatABodyIsTooLargeBeforeItHasCome) {
  ServerThread server(echo);
  auto client = server.tcp();
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n");
  EXPECT_EQ(status_in(client.rest()), 413);
}

TEST(Server, EndsABodyThatNeverEnds) {
  Limits limits;
  limits.stranger_body = 100'000;
  ServerThread server(echo, limits);
  auto client = server.tcp();
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  const auto chunk = "1000\r\n" + std::string(0x1000, 'a') + "\r\n";
  std::size_t sent = 0;
  while (sent < (64u << 20) && client.send(chunk)) sent += chunk.size();
  EXPECT_LT(sent, 64u << 20);  // cut off, long before
  EXPECT_EQ(status_in(server.tcp().ask(kGet)), 200);
}

TEST(Server, TellsWhySendingWasEnded) {
  Limits limits;
  limits.stranger_body = 1000;
  ServerThread server(echo, limits);
  auto client = server.tcp();
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" +
              std::string(0x1000, 'a'));
  const auto answer = client.rest();
  EXPECT_EQ(status_in(answer), 413);
  EXPECT_THAT(answer, HasSubstr("web.body_limit"));
}

TEST(Server, TakesMoreOfWhomItKnows) {
  Limits limits;
  limits.stranger_body = 1000;
  limits.body = 100'000;
  ServerThread server(echo, limits);
  const auto post = [&](const std::string& key, std::size_t size) {
    auto client = server.tcp();
    client.send("POST / HTTP/1.1\r\nHost: x\r\nX-Key: " + key +
                "\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + std::string(size, 'a'));
    return status_in(client.until("\r\n\r\n"));
  };
  EXPECT_EQ(post("right", 50'000), 200);
  EXPECT_EQ(post("wrong", 50'000), 403) << "it is not too large, but one has to log in";
  EXPECT_EQ(post("wrong", 900), 200);
  EXPECT_EQ(post("right", 200'000), 413);
}

TEST(Server, KnowsWhatIsAskedBeforeItAsksWho) {
  std::vector<std::string> asked;
  asio::io_context loop;
  test::ManualClock clock{from_ms(0)};
  const Server::Options options{
      .identify = [&](const Request& head, Caller&) { asked.push_back(head.method + " " + head.path); }};
  Server server(loop.get_executor(), clock, options, echo);
  server.listen_tcp(0);
  std::thread client([&] {
    test::RawClient::tcp(server.port()).ask("GET /a%20b?c=d HTTP/1.1\r\nHost: x\r\n\r\n");
    loop.stop();
  });
  loop.run();
  client.join();
  EXPECT_EQ(asked, std::vector<std::string>{"GET /a b"});
}

TEST(Server, InvitesABodyThatWaitsForIt) {
  ServerThread server(echo);
  auto client = server.tcp();
  client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_THAT(client.until("\r\n\r\n"), HasSubstr("100 Continue"));
  EXPECT_THAT(client.ask("ok"), HasSubstr("\"length\":2"));
}

TEST(Server, RefusesWhatIsNotHttp) {
  ServerThread server(echo);
  for (const auto* bytes :
       {"hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n"}) {
    auto client = server.tcp();
    client.send(bytes);
    EXPECT_EQ(status_in(client.rest()), 400) << bytes;
  }
}

TEST(Server, RefusesATargetThatIsNotUtf8) {
  ServerThread server(echo);
  EXPECT_EQ(status_in(server.tcp().ask("GET /%FF HTTP/1.1\r\nHost: x\r\n\r\n")), 400);
  EXPECT_EQ(status_in(server.tcp().ask("GET /\xFF HTTP/1.1\r\nHost: x\r\n\r\n")), 400);
}

TEST(Server, ClosesAConnectionThatSendsTooSlowly) {
  ServerThread server(echo);
  auto client = server.tcp();
  client.send("GET / HTTP/1.1\r\nHo");
  eventually(server, [&] { return server.server().connections() == 1; });
  server.advance(milliseconds(14'000));
  EXPECT_EQ(server.connections(), 1u);
  server.advance(milliseconds(2'000));
  EXPECT_EQ(client.rest(), "");
}

TEST(Server, ClosesAConnectionThatIsIdleBetweenRequests) {
  ServerThread server(echo);
  auto client = server.tcp();
  client.ask(kGet);
  // The answer may be here before the server knows that it is: time passes until it waits for the next
  // request.
  while (server.connections() != 0) server.advance(milliseconds(16'000));
  EXPECT_EQ(client.rest(), "");
}

TEST(Server, ClosesAConnectionThatDoesNotReadItsAnswer) {
  const auto much = [](Request) -> awaitable<Response> {
    Response response;
    response.body.assign(64 << 20, 'a');
    co_return response;
  };
  ServerThread server(much);
  auto client = server.tcp();
  client.send(kGet);
  client.until("\r\n\r\n");
  server.advance(milliseconds(16'000));
  eventually(server, [&] { return server.server().connections() == 0; });
  EXPECT_LT(client.rest().size(), 64u << 20);
}

TEST(Server, LeavesAHandlerTheTimeItTakes) {
  Gate gate;
  ServerThread server(gate.handler());
  auto client = server.tcp();
  client.send(kGet);
  eventually(server, [&] { return gate.waiting() == 1; });
  server.advance(milliseconds(600'000));
  server.on_loop([&] { gate.open(); });
  EXPECT_THAT(client.answer(), HasSubstr("through"));
}

TEST(Server, IsNotHarmedBy200IdleConnections) {
  ServerThread server(echo);
  std::deque<RawClient> idle;
  for (int i = 0; i < 200; ++i) idle.push_back(server.tcp());
  EXPECT_EQ(status_in(server.tcp().ask(kGet)), 200);
  EXPECT_EQ(status_in(server.local().ask(kGet)), 200);
  EXPECT_LE(server.connections(), Limits().connections);
  EXPECT_EQ(status_in(idle.back().ask(kGet)), 200);  // the newest of them were kept
  EXPECT_EQ(idle.front().rest(), "");
}

TEST(Server, TellsOneMoreThanAllowedThatAllPlacesAreBusy) {
  Gate gate;
  Limits limits;
  limits.tcp_connections = 2;
  ServerThread server(gate.handler(), limits);
  auto first = server.tcp(), second = server.tcp(), operators = server.local();
  first.send(kGet);
  second.send(kGet);
  eventually(server, [&] { return gate.waiting() == 2; });
  operators.send(kGet);  // has places of its own
  eventually(server, [&] { return gate.waiting() == 3; });
  const auto answer = server.tcp().rest();
  EXPECT_EQ(status_in(answer), 503);
  EXPECT_THAT(answer, HasSubstr("Retry-After"));
  server.on_loop([&] { gate.open(); });
  EXPECT_EQ(status_in(first.answer()), 200);
  EXPECT_EQ(status_in(second.answer()), 200);
}

TEST(Server, HoldsNoMoreOfAChunksLineOrATrailerThanOfAHead) {
  ServerThread server(echo);
  const std::string chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto& endless : {std::string("1;a="), std::string("1\r\na\r\n0\r\nX-A: ")}) {
    auto client = server.local();
    client.send(chunked + endless);
    const std::string more(65536, 'x');
    std::size_t sent = 0;
    while (sent < (64u << 20) && client.send(more)) sent += more.size();
    EXPECT_LT(sent, 16u << 20);  // cut off, long before
  }
  EXPECT_EQ(status_in(server.local().ask(kGet)), 200);
}

TEST(Server, TellsWhoseRequestIsTooMuchForAllTogether) {
  Limits limits;
  limits.memory = 300'000;
  ServerThread server(echo, limits);
  const auto head =
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 250000\r\n\r\n" + std::string(200'000, 'a');
  auto first = server.local(), second = server.local();
  first.send(head);
  eventually(server, [&] { return server.server().held() > 200'000; });
  second.send(head);
  const auto refused = second.until("}");
  first.send(std::string(50'000, 'a'));
  const auto answered = first.until("}");
  EXPECT_EQ(status_in(refused), 503) << refused;
  EXPECT_EQ(status_in(answered), 200) << answered;
  EXPECT_EQ(status_in(server.local().ask(kGet)), 200) << "and what was held is given back";
}

TEST(Server, KnowsTheAccountAndTakesWhatItHandsOver) {
  ServerThread server(echo);
  auto client = server.local();
  const Fd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(client.send_with(kGet, file.get()));
  EXPECT_THAT(client.answer(), HasSubstr("\"descriptors\":1"));
  EXPECT_THAT(client.ask(kGet), HasSubstr("\"descriptors\":0")) << "with one request alone";
}

TEST(Server, NoticesWhoHangsUpBeforeTheAnswer) {
  Gate gate;
  ServerThread server(gate.handler());
  {
    auto client = server.tcp();
    client.send(kGet);
    eventually(server, [&] { return gate.waiting() == 1; });
  }
  eventually(server, [&] { return server.server().connections() == 0; });
}

TEST(Server, KeepsAsManyStreamsAsItMay) {
  Limits limits;
  limits.streams = 1;
  ServerThread server(streams, limits);
  auto next = server.local();
  {
    auto first = server.local();
    first.send(kGet);
    first.until("begun\n");
    next.send(kGet);
    EXPECT_EQ(status_in(next.rest()), 503);
  }
  eventually(server, [&] { return server.server().connections() == 0; });
  auto later = server.local();
  later.send(kGet);
  EXPECT_THAT(later.until("begun\n"), HasSubstr("200 OK"));
}

TEST(Server, GivesThePlaceOfAClientThatWentToAnother) {
  Limits limits;
  limits.tcp_connections = 1;
  ServerThread server(streams, limits);
  {
    auto client = server.tcp();
    client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");  // and never the end of it
  }
  eventually(server, [&] { return server.server().connections() == 0; });
}

TEST(Server, StreamsAnAnswerPieceByPiece) {
  ServerThread server(streams);
  auto client = server.tcp();
  client.send(kGet);
  const auto begun = client.until("begun\n");
  EXPECT_THAT(begun, HasSubstr("text/event-stream"));
  EXPECT_THAT(begun, Not(HasSubstr("Content-Length")));
}

TEST(Server, StopsAfterTheAnswersThatAreUnderWay) {
  Gate gate;
  ServerThread server(gate.handler());
  auto busy = server.tcp(), idle = server.tcp();
  busy.send(kGet);
  eventually(server, [&] { return gate.waiting() == 1 && server.server().connections() == 2; });
  auto stopped = std::make_shared<std::promise<void>>();
  server.on_loop([&] {
    auto done = [stopped](std::exception_ptr) { stopped->set_value(); };
    asio::co_spawn(server.loop(), server.server().stop(milliseconds(60'000)), done);
  });
  EXPECT_EQ(idle.rest(), "");
  server.on_loop([&] { gate.open(); });
  EXPECT_THAT(busy.rest(), HasSubstr("through"));
  stopped->get_future().get();
  EXPECT_FALSE(std::filesystem::exists(server.socket()));
}

TEST(Server, WaitsForAnAnswerNoLongerThanItIsGiven) {
  Gate gate;
  ServerThread server(gate.handler());
  auto busy = server.tcp();
  busy.send(kGet);
  eventually(server, [&] { return gate.waiting() == 1; });
  bool stopped = false;
  server.on_loop([&] {
    auto done = [&](std::exception_ptr) { stopped = true; };
    asio::co_spawn(server.loop(), server.server().stop(milliseconds(60'000)), done);
  });
  eventually(server, [&] { return server.clock().advance(milliseconds(1'000)), stopped; });
  EXPECT_EQ(busy.rest(), "");
}

TEST(Server, EndsStreamsWhenItStops) {
  ServerThread server(streams);
  auto client = server.tcp();
  client.send(kGet);
  client.until("begun\n");
  auto stopped = std::make_shared<std::promise<void>>();
  server.on_loop([&] {
    auto done = [stopped](std::exception_ptr) { stopped->set_value(); };
    asio::co_spawn(server.loop(), server.server().stop(milliseconds(60'000)), done);
  });
  EXPECT_EQ(client.rest(), "");
  stopped->get_future().get();
}

}  // namespace
}  // namespace edu::web
