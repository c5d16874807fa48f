// The listeners' sockets: what they may replace, and what they say when they cannot be opened.
#include <system_error>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/web/raw_client.h"
#include "web/http/answers.h"
#include "web/http/server.h"

namespace edu::web {
namespace {

using test::RawClient;
using test::status_in;
using testing::HasSubstr;

awaitable<Response> empty(Request) { co_return Response(); }

class ServerSocket : public testing::Test {
 protected:
  std::unique_ptr<Server> make(Limits limits = {}) {
    const Server::Options options{.limits = limits};
    return std::make_unique<Server>(loop_.get_executor(), clock_, options, empty);
  }
  test::TempFolder folder_;
  asio::io_context loop_;
  test::ManualClock clock_{from_ms(0)};
};

TEST_F(ServerSocket, HasAModeForTheGroupAlone) {
  const auto server = make();
  server->listen(folder_ / "api.sock");
  struct stat found {};
  ASSERT_EQ(::stat((folder_ / "api.sock").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0660u);
  EXPECT_EQ(server->port(), 0);
}

TEST_F(ServerSocket, TakesThePlaceOfOneThatADeadDaemonLeft) {
  const auto file = folder_ / "api.sock";
  const web::SocketPath path(file);
  {
    asio::local::stream_protocol::acceptor dead(loop_,
                                                asio::local::stream_protocol::endpoint(path.address()));
  }
  ASSERT_TRUE(std::filesystem::exists(file));
  EXPECT_NO_THROW(make()->listen(file));
}

TEST_F(ServerSocket, LeavesOneThatIsServedAlone) {
  const auto first = make(), second = make();
  first->listen(folder_ / "api.sock");
  try {
    second->listen(folder_ / "api.sock");
    FAIL();
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::address_in_use);
    EXPECT_THAT(error.what(), HasSubstr("api.sock"));
  }
  EXPECT_NO_THROW(RawClient::local(folder_ / "api.sock"));
}

TEST_F(ServerSocket, LeavesAFileThatIsNoSocketAlone) {
  const auto file = folder_ / "api.sock";
  { Fd made(::creat(file.c_str(), 0600)); }
  EXPECT_THROW(make()->listen(file), std::system_error);
  EXPECT_TRUE(std::filesystem::is_regular_file(file));
}

TEST_F(ServerSocket, CanLieDeepInTheTree) {
  auto deep = folder_.path();
  while (deep.string().size() < 200) deep /= "a-rather-long-folder-name";
  std::filesystem::create_directories(deep);
  const auto server = make();
  server->listen(deep / "api.sock");
  auto client = RawClient::local(deep / "api.sock");
  client.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  std::string answer;
  std::thread reader([&] { answer = client.rest(), asio::post(loop_, [this] { loop_.stop(); }); });
  loop_.run();
  reader.join();
  EXPECT_EQ(status_in(answer), 200);
}

TEST_F(ServerSocket, SaysWhichPortIsTaken) {
  asio::ip::tcp::acceptor holder(loop_, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const auto taken = holder.local_endpoint().port();
  const auto server = make();
  server->listen(folder_ / "api.sock");
  try {
    server->listen_tcp(taken);
    FAIL();
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("web.port " + std::to_string(taken)));
  }
  EXPECT_NO_THROW(RawClient::local(folder_ / "api.sock")) << "the other listener is not harmed";
}

}  // namespace
}  // namespace edu::web
