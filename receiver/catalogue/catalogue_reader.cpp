#include "receiver/catalogue/catalogue_reader.h"

#include "base/bytes.h"
#include "receiver/catalogue/document.h"
#include "receiver/trust/manifest_file.h"

namespace edu::catalogue {
namespace {

// A body that is kept in memory; its bound is the request's.
class Memo final : public Sink {
 public:
  Result<void> begin(const Response&) override { return body.clear(), Result<void>(); }
  Result<void> take(std::span<const std::uint8_t> bytes) override {
    body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }
  std::string body;
};

}  // namespace

Access access_of(const config::Catalogue& settings) {
  Access access{settings.proxy, settings.ca_file, settings.rate_kbit * 1000 / 8};
  access.named.push_back(host_of(settings.url));
  for (const auto& mirror : settings.mirrors) access.named.push_back(host_of(mirror));
  return access;
}

awaitable<Result<Document>> fetch_document(const Fetch& fetch, Request request, Access access) {
  request.seconds = kDocumentSeconds;
  access.rate = 0;  // they are small
  Memo memo;
  auto head = co_await fetch(std::move(request), std::move(access), memo);
  if (!head) co_return Unexpected(head.error());
  Document document{*std::move(head), std::move(memo.body)};
  co_return document;
}

awaitable<Result<std::string>> fetch_signature(const Fetch& fetch, const std::string& url, Access access) {
  Request request;
  const auto query = url.find('?');  // the path gets the ending, not the query
  request.url = url.substr(0, query) + std::string(receiver::kSignatureEnding) +
                (query == url.npos ? "" : url.substr(query));
  request.largest = receiver::kSignatureLimit;
  auto document = co_await fetch_document(fetch, std::move(request), std::move(access));
  if (document) co_return is_page(document->body) ? std::string() : document->body;
  const auto& code = document.error().code;
  if (code == "catalogue.not_found" || code == "catalogue.too_large") co_return std::string();
  co_return Unexpected(document.error());
}

Result<Looked> judge(Memory memory, const receiver::Trust& trust, receiver::Policy policy, LocalDate today) {
  Looked looked;
  looked.changed = true;
  const auto content = content_of(bytes_of(memory.body));
  if (content == Content::feed) {
    if (policy == receiver::Policy::required) return refuse("catalogue.feed_unsigned");
  } else if (content != Content::page) {
    auto signer = trust.judge(policy, bytes_of(memory.body), memory.signature);
    if (!signer) return Unexpected(signer.error());
    looked.signer = *std::move(signer);
  }
  auto listing = parse_listing(bytes_of(memory.body), memory.base.empty() ? memory.url : memory.base);
  if (!listing) return Unexpected(listing.error());
  if (!listing->expires.empty() && today > *parse_date(listing->expires))
    return refuse("catalogue.expired", {{"day", listing->expires}});
  looked.listing = *std::move(listing);
  looked.memory = std::move(memory);
  return looked;
}

awaitable<Result<Looked>> CatalogueReader::look_at(std::string url, const config::Catalogue& settings,
                                                   receiver::Policy policy,
                                                   std::optional<Memory> memory) const {
  Request request;
  request.url = url;
  request.largest = kCatalogueLimit;
  if (memory && memory->url == url) {
    request.etag = memory->etag;
    request.modified = memory->modified;
  }
  const auto access = access_of(settings);
  auto document = co_await fetch_document(parts_.fetch, std::move(request), access);
  if (!document) co_return Unexpected(document.error());
  const auto now = parts_.clock.now();
  const bool changed = document->head.status != 304;
  Memory fresh = memory.value_or(Memory());
  fresh.heard_ms = to_ms(now);
  if (changed) {
    fresh.url = url;
    fresh.base = document->head.url;
    fresh.etag = document->head.etag;
    fresh.modified = document->head.modified;
    fresh.body = std::move(document->body);
    fresh.signature.clear();
    const auto content = content_of(bytes_of(fresh.body));
    const bool may_be_signed = content == Content::catalogue || content == Content::other;
    if (policy != receiver::Policy::off && may_be_signed) {
      auto signature = co_await fetch_signature(parts_.fetch, url, access);
      if (!signature) co_return Unexpected(signature.error());
      fresh.signature = *std::move(signature);
    }
  }
  auto work = [&trust = parts_.trust, policy, today = parts_.zone.date_of(now), fresh = std::move(fresh)] {
    return judge(fresh, trust, policy, today);
  };
  auto looked = co_await parts_.workers.run(std::move(work));
  if (looked) {
    looked->changed = changed;
    looked->place = document->head.place;
  }
  co_return looked;
}

awaitable<Result<Looked>> CatalogueReader::look(const config::Catalogue& settings, receiver::Policy policy,
                                                std::optional<Memory> memory) const {
  auto urls = settings.mirrors;
  urls.insert(urls.begin(), settings.url);
  std::optional<Refusal> first;
  for (const auto& url : urls) {
    auto looked = co_await look_at(url, settings, policy, memory);
    if (looked) co_return looked;
    if (!first) first = looked.error();
  }
  co_return Unexpected(*first);
}

}  // namespace edu::catalogue
