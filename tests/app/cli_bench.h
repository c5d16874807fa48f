// The command line against a server of the test's own: what it asks, what it prints, how it exits.
#pragma once

#include <fstream>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "app/console.h"
#include "base/json.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"
#include "web/http/answers.h"
#include "web/http/server.h"

namespace edu::test {

// Answers every request with what the test put ready for its "METHOD /path", else 404; remembers the
// requests.
class FakeStation {
 public:
  FakeStation() {
    auto handler = [this](web::Request request) { return serve(std::move(request)); };
    server_ = std::make_unique<web::Server>(loop_.get_executor(), clock_, web::Server::Options(), handler);
    server_->listen(folder_ / "api.sock");
    server_->listen_tcp(0);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~FakeStation() {
    std::promise<void> closed;
    asio::post(loop_, [&] { server_.reset(), closed.set_value(); });
    closed.get_future().get();
    work_.reset();
    loop_.stop();
    thread_.join();
  }

  void answer(const std::string& what, web::Response response) {
    const std::lock_guard lock(mutex_);
    answers_[what] = std::move(response);
  }
  void answer(const std::string& what, const std::string& text) {
    web::Response response;
    response.content_type = "text/plain; charset=utf-8";
    response.body = text;
    answer(what, response);
  }
  std::vector<web::Request> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  web::Request last() { return requests().at(requests().size() - 1); }
  std::string folder() const { return folder_.path().string(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

 private:
  awaitable<web::Response> serve(web::Request request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    const auto found = answers_.find(request.method + " " + request.path);
    if (found != answers_.end()) co_return found->second;
    co_return web::problem(request.language, Refusal{"web.no_route", {{"path", request.path}}, {}}, 404);
  }

  TempFolder folder_;
  asio::io_context loop_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{loop_.get_executor()};
  ManualClock clock_{from_ms(0)};
  std::mutex mutex_;  // the test's thread looks while the loop serves
  std::map<std::string, web::Response> answers_;
  std::vector<web::Request> requests_;
  std::unique_ptr<web::Server> server_;
  std::thread thread_;
};

struct Outcome {
  app::Exit exit = app::Exit::done;
  std::string out, err;
};

struct Setting {
  std::string typed = {};  // on standard input
  bool terminal = false;
  std::map<std::string, std::string> environment = {};
};

inline Outcome run_cli(std::vector<std::string> arguments, const Setting& setting = {}) {
  std::istringstream in(setting.typed);
  std::ostringstream out, err;
  const auto environment = [&](const std::string& name) {
    const auto found = setting.environment.find(name);
    return found == setting.environment.end() ? std::string() : found->second;
  };
  app::Console console{in, out, err, setting.terminal, environment};
  const auto exit = app::run_cli(std::move(arguments), console);
  return {exit, out.str(), err.str()};
}

// The command line beside a station that answers what the test says.
class CliTest : public testing::Test {
 protected:
  Outcome run(std::vector<std::string> arguments, const Setting& setting = {},
              const std::string& language = "en") {
    arguments.insert(arguments.begin(), {"--station", station_.folder(), "--lang", language});
    return run_cli(std::move(arguments), setting);
  }
  json::object sent() { return json::parse(station_.last().body).as_object(); }  // the last body
  std::string file(const std::string& name, const std::string& bytes) {
    const auto path = folder_ / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path.string();
  }

  FakeStation station_;
  TempFolder folder_;
};

}  // namespace edu::test
