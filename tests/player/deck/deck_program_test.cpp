// The deck program by itself, over its line protocol, with a daemon that behaves badly.
#include <memory>
#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/child_process.h"
#include "base/fd.h"
#include "player/deck/deck_messages.h"
#include "tests/player/media.h"
#include "tests/support/run.h"

namespace edu::player {
namespace {

using namespace test;
using edu::test::TempFolder;

// Tells when a file that a player has opened is closed again.
class Opened {
 public:
  explicit Opened(const fs::path& file) {
    if (::inotify_add_watch(inotify_.get(), file.c_str(), IN_CLOSE_NOWRITE) < 0)
      throw std::runtime_error("inotify_add_watch");
  }
  void wait_for_close() const {
    char event[4096];
    while (::read(inotify_.get(), event, sizeof event) < 0 && errno == EINTR) continue;
  }

 private:
  Fd inotify_{::inotify_init1(IN_CLOEXEC)};
};

class DeckProgram : public ::testing::Test {
 protected:
  DeckProgram()
      : child_(std::make_unique<ChildProcess>(
            loop_.get_executor(), helper_program("edustation-deck"),
            std::vector<std::string>{"--video-output", "none", "--audio-output", "none", "--readable",
                                     fs::temp_directory_path().string()},
            true)) {}

  void send(const std::string& line) { asio::write(child_->socket(), asio::buffer(line)); }
  // The next message; a Complaint of our own when what came is none.
  DeckMessage next() {
    const auto length = asio::read_until(child_->socket(), asio::dynamic_buffer(buffer_), '\n');
    const auto message = parse_message(std::string_view(buffer_).substr(0, length - 1));
    buffer_.erase(0, length);
    return message.value_or(Complaint{"not of the protocol"});
  }
  // The next message of one kind; others are skipped.
  template <class Message>
  Message next_of() {
    for (int i = 0; i < 10'000; ++i) {
      const auto message = next();
      if (const auto* found = std::get_if<Message>(&message)) return *found;
    }
    ADD_FAILURE() << "it never came";
    return {};
  }
  ExitStatus exited() { return edu::test::run(loop_, child_->exited()); }

  TempFolder folder_;
  asio::io_context loop_;
  std::unique_ptr<ChildProcess> child_;
  std::string buffer_;
};

TEST_F(DeckProgram, GreetsFirstAndAnswersWhenAsked) {
  EXPECT_EQ(std::get<Hello>(next()).video_output, "null");
  send(to_line(DeckOrder(Ask{41})));
  const auto alive = std::get<Alive>(next());
  EXPECT_EQ(alive.number, 41);
  EXPECT_EQ(alive.video_output, "null");
  EXPECT_EQ(alive.audio_output, "null");
}

TEST_F(DeckProgram, ComplainsOfLinesThatAreNoOrdersAndGoesOn) {
  next_of<Hello>();
  send("garbage\n{\"do\":\"arm\"}\n\xFF\xFE\n[[[[[[\n");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(std::get<Complaint>(next()).what, "a line that is no order");
  send(to_line(DeckOrder(Ask{2})));
  EXPECT_EQ(std::get<Alive>(next()).number, 2);
}

TEST_F(DeckProgram, DoesNothingForOrdersThatItDoesNotHold) {
  next_of<Hello>();
  for (const auto verb :
       {OrderTo::Verb::revoke, OrderTo::Verb::stop, OrderTo::Verb::pause, OrderTo::Verb::resume})
    send(to_line(DeckOrder(OrderTo{verb, 99})));
  send(to_line(DeckOrder(Ask{3})));
  EXPECT_EQ(std::get<Alive>(next()).number, 3);
}

TEST_F(DeckProgram, EndsWhenAskedToQuit) {
  next_of<Hello>();
  send(to_line(DeckOrder(Quit{})));
  EXPECT_TRUE(exited().clean());
}

TEST_F(DeckProgram, EndsWhenTheDaemonIsGone) {
  next_of<Hello>();
  child_->socket().shutdown(asio::local::stream_protocol::socket::shutdown_send);
  EXPECT_TRUE(exited().clean());
}

TEST_F(DeckProgram, EndsAtALineWithoutEnd) {
  next_of<Hello>();
  boost::system::error_code ignored;  // it may be gone before we have sent all
  asio::write(child_->socket(), asio::buffer(std::string(kLongestLine + 1, 'x')), ignored);
  EXPECT_TRUE(exited().clean());
}

TEST_F(DeckProgram, PlaysToTheEndWhileTheDaemonReadsNothing) {
  const auto file = make_media(folder_ / "a.mp3", sound(1) + "-b:a 64k");
  const Opened opened(file);
  next_of<Hello>();
  for (int i = 1; i < 3000; ++i) send("\n");  // each is complained of: more than the socket holds
  const ArmOrder order{5, WallTime{}, {{file, milliseconds(1000)}}};  // due since long: at once
  send(to_line(DeckOrder(order)));
  opened.wait_for_close();  // the daemon is busy elsewhere for the whole programme
  EXPECT_EQ(next_of<Started>().id, 5u);
  EXPECT_EQ(next_of<ItemEnded>().reason, ItemEnd::eof);
  EXPECT_EQ(next_of<Finished>(), (Finished{5, OrderEnd::played, ""}));
}

TEST_F(DeckProgram, EndsASpanAtAPause) {
  const auto file = make_media(folder_ / "a.mp3", sound(60) + "-b:a 64k");
  next_of<Hello>();
  send(to_line(DeckOrder(ArmOrder{5, WallTime{}, {{file, seconds(60)}}})));
  next_of<Progress>();
  std::size_t spans = 1;
  for (int i = 0; i < 20 && spans < 2; ++i) {
    send(to_line(DeckOrder(OrderTo{OrderTo::Verb::pause, 5})));
    send(to_line(DeckOrder(Ask{i})));
    next_of<Alive>();  // it has taken the pause
    send(to_line(DeckOrder(OrderTo{OrderTo::Verb::resume, 5})));
    spans = next_of<Progress>().spans.size();
  }
  EXPECT_GE(spans, 2u);
  send(to_line(DeckOrder(OrderTo{OrderTo::Verb::stop, 5})));
  EXPECT_EQ(next_of<ItemEnded>().reason, ItemEnd::stopped);
  EXPECT_EQ(next_of<Finished>(), (Finished{5, OrderEnd::stopped, ""}));
}

}  // namespace
}  // namespace edu::player
