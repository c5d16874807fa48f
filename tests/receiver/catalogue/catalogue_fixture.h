// Whole catalogues through a web that the test makes up, a real intake and a real database.
#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>

#include "config/loader.h"
#include "receiver/catalogue/catalogues.h"
#include "tests/receiver/receiving.h"
#include "tests/receiver/signing.h"

namespace edu::catalogue {

using receiver::hex_of;

inline const std::string kUrl = "https://edu.example/c.json";

// Files by address, with their digest as ETag; or nobody answers.
class FakeWeb {
 public:
  awaitable<Result<Response>> fetch(Request request, Access, Sink& sink) {
    asked.push_back(request.url);
    if (offline || down.contains(request.url))
      co_return refuse("catalogue.dns", {{"host", "edu.example"}}, Refusal::Kind::unavailable);
    const auto file = files.find(request.url);
    if (file == files.end())
      co_return refuse("catalogue.not_found", {{"host", "edu.example"}}, Refusal::Kind::not_found);
    Response response;
    response.url = request.url;
    if (names_versions) response.etag = "\"" + hex_of(file->second) + "\"";
    response.status = 304;
    if (names_versions && request.etag == response.etag) co_return response;
    response.status = request.from == 0 ? 200 : 206;
    response.from = request.from;
    response.length = file->second.size();
    if (file->second.size() > request.largest) co_return refuse("catalogue.too_large", {});
    if (auto begun = sink.begin(response); !begun) co_return Unexpected(begun.error());
    const auto rest = file->second.substr(request.from);
    bytes += rest.size();
    auto taken = sink.take({reinterpret_cast<const std::uint8_t*>(rest.data()), rest.size()});
    if (!taken) co_return Unexpected(taken.error());
    co_return response;
  }
  long times(const std::string& url) const { return std::ranges::count(asked, url); }

  std::map<std::string, std::string> files;
  std::vector<std::string> asked;
  bool offline = false, names_versions = true;
  std::size_t bytes = 0;  // of bodies
  std::set<std::string> down;
};

class CataloguesTest : public testing::Test {
 protected:
  CataloguesTest() { create_tables(*station_.reader); }
  ~CataloguesTest() override { end(); }

  Parts parts() {
    return {[this](Request request, Access access, Sink& sink) {
              return web_.fetch(std::move(request), std::move(access), sink);
            },
            [this](receiver::Arrival arrival) { return take(std::move(arrival)); },
            [this](receiver::Arrival arrival, Refusal why, std::uint64_t bytes) {
              return station_.intake.record_failure(std::move(arrival), std::move(why), bytes);
            },
            station_.ledger,
            station_.store,
            files_,
            station_.workers,
            station_.clock,
            station_.trust,
            Zone(),
            folder_ / "station.db",
            folder_.path(),
            1 << 20,
            [] { return 0.5; }};
  }
  awaitable<Result<receiver::Reception>> take(receiver::Arrival arrival) {
    auto reception = co_await station_.intake.take(std::move(arrival));
    if (cut_after_record_) throw std::runtime_error("the power is cut");
    co_return reception;
  }
  static config::Catalogue county() {
    config::Catalogue catalogue;
    catalogue.name = "县";
    catalogue.url = kUrl;
    catalogue.origin = "station.toml:9";
    return catalogue;
  }
  void start(std::vector<config::Catalogue> configured = {county()}) {
    end();
    catalogues_ =
        std::make_unique<Catalogues>(station_.loop.get_executor(), parts(), sources_, configured, "required");
    catalogues_->load();
    running_ = true;
    auto done = [this](std::exception_ptr) { running_ = false; };
    asio::co_spawn(station_.loop, catalogues_->run(), asio::bind_cancellation_slot(stop_.slot(), done));
  }
  void end() {
    if (!catalogues_) return;
    stop_.emit(asio::cancellation_type::terminal);
    receiver::run_until(station_.loop, [this] { return !running_; });
    catalogues_.reset();
  }
  receiver::SourceState state() { return sources_.states().at(0); }
  bool resting() {
    const auto now = state();
    return now.next.has_value();
  }
  // Until it has done what there is to do and waits for its next look.
  void run_to_rest() {
    receiver::run_until(station_.loop, [this] { return resting(); });
  }
  void next_look() {
    const auto before = *state().next;
    station_.clock.advance(before - station_.clock.now() + milliseconds(1));
    receiver::run_until(station_.loop, [&] { return resting() && *state().next != before; });
  }

  // The same, with the pauses between the tries of one entry.
  void run_through() {
    receiver::run_until(station_.loop, [this] {
      if (!resting()) station_.clock.advance(milliseconds(30'000));
      return resting();
    });
  }
  void look_through() {
    station_.clock.advance(*state().next - station_.clock.now() + milliseconds(1));
    receiver::run_until(station_.loop, [this] { return !resting(); });
    run_through();
  }

  void publish(const std::vector<std::string>& contents, std::int64_t serial = 1) {
    json::array entries;
    for (const auto& content : contents) {
      const auto name = hex_of(content).substr(0, 8) + ".mp4";
      web_.files["https://edu.example/" + name] = content;
      entries.push_back({{"url", name}, {"size", content.size()}, {"sha256", hex_of(content)}});
    }
    const json::object whole{{"catalogue", 1}, {"series", "c"}, {"serial", serial}, {"entries", entries}};
    web_.files[kUrl] = json::serialize(whole);
    web_.files[kUrl + ".minisig"] = key_.sign(web_.files[kUrl]);
  }
  std::vector<std::string> outcomes() {
    std::vector<std::string> all;
    Statement row(*station_.reader, "SELECT outcome || ' ' || reason_code FROM reception ORDER BY no");
    while (row.executeStep()) all.push_back(row.getColumn(0).getString());
    return all;
  }

  test::SigningKey key_;
  test::TempFolder folder_;
  test::FaultyFiles files_;
  receiver::Station station_{folder_.path(), files_, {}, {{"县远程办", key_.public_key()}}};
  FakeWeb web_;
  receiver::Sources sources_;
  asio::cancellation_signal stop_;
  bool running_ = false, cut_after_record_ = false;
  std::unique_ptr<Catalogues> catalogues_;
};

}  // namespace edu::catalogue
