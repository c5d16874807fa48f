#include "receiver/catalogue/catalogues.h"

#include <algorithm>

#include <boost/asio/bind_cancellation_slot.hpp>

#include "base/diagnostics.h"
#include "base/retry.h"
#include "config/lists.h"
#include "config/loader.h"

namespace edu::catalogue {
namespace {

constexpr const char* kFile = "sources.toml";

// The settings as the loader would take them from a file.
Result<config::Catalogue> checked(const config::Catalogue& catalogue) {
  try {
    auto read = config::parse(config::to_toml({catalogue}), kFile).catalogues.at(0);
    if (!absolute_url("", read.url)) return refuse("catalogue.setting", {{"what", read.url}});
    read.origin = kFile;
    return read;
  } catch (const config::SettingsError& error) {
    return refuse("catalogue.setting", {{"what", error.what()}});
  }
}

}  // namespace

struct Catalogues::Running {
  Running(const Parts& parts, config::Catalogue settings, receiver::Policy policy, receiver::Sources& sources,
          const asio::any_io_executor& executor)
      : source(parts, std::move(settings), policy), place(sources, source), over(executor) {
    over.expires_at(asio::steady_timer::time_point::max());
  }
  CatalogueSource source;
  receiver::Sources::Place place;
  asio::cancellation_signal stop;
  asio::steady_timer over;  // cancelled when it has ended
  bool active = false;
};

Catalogues::Catalogues(asio::any_io_executor executor, Parts parts, receiver::Sources& sources,
                       std::vector<config::Catalogue> configured, std::string trust)
    : executor_(std::move(executor)),
      parts_(std::move(parts)),
      sources_(sources),
      trust_(std::move(trust)),
      file_(parts_.data / kFile) {
  for (auto& catalogue : configured) begin(std::move(catalogue));
}

void Catalogues::load() {
  auto all = config::load_sources(file_);
  loaded_ = true;
  for (auto& catalogue : all) {
    catalogue.origin = kFile;
    added_.push_back(catalogue);
    if (const auto* first = find(catalogue.name))
      spdlog::warn("catalogue {}: stands in {} too; that one counts", catalogue.name, first->origin);
    else
      begin(std::move(catalogue));
  }
}

Catalogues::~Catalogues() = default;

receiver::Policy Catalogues::policy_of(const config::Catalogue& catalogue) const {
  return receiver::policy_of(catalogue.trust.empty() ? trust_ : catalogue.trust);
}

const config::Catalogue* Catalogues::find(const std::string& name) const {
  const auto one =
      std::ranges::find_if(running_, [&](const auto& r) { return r->source.settings().name == name; });
  return one == running_.end() ? nullptr : &(*one)->source.settings();
}

std::vector<std::string> Catalogues::addresses_of(const std::string& sha256) const {
  std::vector<std::string> out;
  for (const auto& one : running_)
    for (const auto& entry : one->source.entries())
      if (!sha256.empty() && entry.sha256 == sha256)
        out.insert(out.end(), entry.urls.begin(), entry.urls.end());
  return out;
}

bool Catalogues::lists(const std::string& url) const {
  const auto named = [&](const Entry& entry) {
    return std::ranges::find(entry.urls, url) != entry.urls.end();
  };
  return std::ranges::any_of(
      running_, [&](const auto& one) { return std::ranges::any_of(one->source.entries(), named); });
}

const config::Catalogue* Catalogues::of_server(const std::string& url) const {
  const auto host = host_of(url);
  for (const auto& one : running_) {
    const auto& settings = one->source.settings();
    const auto same = [&](const std::string& other) { return host_of(other) == host; };
    if (same(settings.url) || std::ranges::any_of(settings.mirrors, same)) return &settings;
  }
  return nullptr;
}

void Catalogues::begin(config::Catalogue catalogue) {
  const auto policy = policy_of(catalogue);
  running_.push_back(std::make_unique<Running>(parts_, std::move(catalogue), policy, sources_, executor_));
  if (started_) launch(*running_.back());
}

void Catalogues::launch(Running& running) {
  running.active = true;
  auto done = [this, at = &running](std::exception_ptr failure) { ended(at, failure); };
  asio::co_spawn(executor_, running.source.run(),
                 asio::bind_cancellation_slot(running.stop.slot(), std::move(done)));
}

void Catalogues::ended(Running* running, std::exception_ptr) {
  running->active = false;
  running->over.cancel();
}

awaitable<void> Catalogues::end(std::list<std::unique_ptr<Running>>::iterator which) {
  auto& running = **which;
  running.stop.emit(asio::cancellation_type::terminal);
  boost::system::error_code ignored;
  while (running.active) {
    auto token = asio::redirect_error(asio::use_awaitable, ignored);
    co_await running.over.async_wait(token);
  }
  running_.erase(which);
}

awaitable<void> Catalogues::run() {
  started_ = true;
  for (const auto& one : running_) launch(*one);
  asio::steady_timer forever(executor_, asio::steady_timer::time_point::max());
  boost::system::error_code cancelled;
  auto token = asio::redirect_error(asio::use_awaitable, cancelled);
  co_await forever.async_wait(token);
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  started_ = false;
  while (!running_.empty()) {
    co_await end(running_.begin());
  }
  throw Cancelled();
}

awaitable<void> Catalogues::write_added(std::vector<config::Catalogue> added) {
  auto work = [this, text = config::to_toml(added)] { return publish(parts_.files, file_, text), true; };
  co_await parts_.workers.run(std::move(work));
}

// What is in the file would be lost by the next change of it.
Unexpected Catalogues::unread() const {
  return refuse("catalogue.sources_unread", {{"file", file_.string()}}, Refusal::Kind::unavailable);
}

awaitable<Result<void>> Catalogues::add(config::Catalogue catalogue, std::string actor) {
  const auto held = co_await editing_.take();
  if (!loaded_) co_return unread();
  auto fits = checked(catalogue);
  if (!fits) co_return Unexpected(fits.error());
  if (const auto* there = find(fits->name))
    co_return refuse("catalogue.exists", {{"name", there->name}, {"origin", there->origin}},
                     Refusal::Kind::conflict);
  auto all = added_;
  all.push_back(*fits);
  co_await write_added(all);
  added_ = std::move(all);
  begin(*fits);
  auto unit = [fits = *fits, actor, trust = receiver::name_of(policy_of(*fits))](logs::Transaction& t) {
    return t.append(actor, logs::SourceAdded{fits.name, "web", shown_url(fits.url), trust});
  };
  co_await parts_.ledger.write(std::move(unit));
  co_return Result<void>();
}

awaitable<Result<void>> Catalogues::remove(std::string name, std::string actor) {
  const auto held = co_await editing_.take();
  const auto by_name = [&](const auto& one) { return one->source.settings().name == name; };
  const auto which = std::ranges::find_if(running_, by_name);
  if (which == running_.end() && !loaded_) co_return unread();
  if (which == running_.end())
    co_return refuse("catalogue.unknown", {{"name", name}}, Refusal::Kind::not_found);
  const auto settings = (*which)->source.settings();
  if (std::ranges::find(added_, name, &config::Catalogue::name) == added_.end() || settings.origin != kFile)
    co_return refuse("catalogue.configured", {{"name", name}, {"origin", settings.origin}},
                     Refusal::Kind::conflict);
  auto rest = added_;
  std::erase_if(rest, [&](const config::Catalogue& one) { return one.name == name; });
  co_await write_added(rest);
  added_ = std::move(rest);
  const auto spool = (*which)->source.spool();
  co_await end(which);
  auto work = [spool] {
    std::error_code left;  // a next start has nothing to do with it
    return fs::remove_all(spool, left);
  };
  co_await parts_.workers.run(work);
  auto unit = [settings, actor](logs::Transaction& t) {
    forget(t.db, settings.name);
    return t.append(actor, logs::SourceRemoved{settings.name, "web", shown_url(settings.url)});
  };
  co_await parts_.ledger.write(std::move(unit));
  co_return Result<void>();
}

awaitable<Result<Found>> Catalogues::test(config::Catalogue catalogue) const {
  auto fits = checked(catalogue);
  if (!fits) co_return Unexpected(fits.error());
  const CatalogueReader reader({parts_.fetch, parts_.workers, parts_.clock, parts_.trust, parts_.zone});
  const std::optional<Memory> nothing;
  const auto looked = co_await reader.look(*fits, policy_of(*fits), nothing);
  if (!looked) co_return Unexpected(looked.error());
  Found found{looked->listing.title, looked->listing.feed, looked->listing.entries.size(),
              looked->listing.passed_over, looked->signer ? looked->signer->name : ""};
  co_return found;
}

}  // namespace edu::catalogue
