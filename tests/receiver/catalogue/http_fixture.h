// The HTTP client and a server of the test's own.
#pragma once

#include <span>
#include <string>

#include <gtest/gtest.h>

#include "receiver/catalogue/http.h"
#include "tests/support/run.h"
#include "web_server.h"

namespace edu::catalogue {

using test::WebServer;

class Collected final : public Sink {
 public:
  Result<void> begin(const Response& head) override { return first = head, Result<void>(); }
  Result<void> take(std::span<const std::uint8_t> bytes) override {
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
  Access access_{.named = {"127.0.0.1"}};
  Collected sink_;
};

}  // namespace edu::catalogue
