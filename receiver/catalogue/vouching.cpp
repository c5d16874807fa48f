#include "receiver/catalogue/vouching.h"

#include "base/bytes.h"

namespace edu::catalogue {
namespace {

awaitable<Result<receiver::Description>> described_by(const Entry& entry, const Vouching& with) {
  Request request;
  request.url = entry.manifest_url;
  request.largest = receiver::kManifestLimit;
  auto document = co_await fetch_document(with.fetch, request, with.access);
  if (!document) co_return Unexpected(document.error());
  auto signature = co_await fetch_signature(with.fetch, entry.manifest_url, with.access);
  if (!signature) co_return Unexpected(signature.error());
  receiver::Description description{"", document->body, "",
                                    receiver::parse_manifest(bytes_of(document->body))};
  if (description.content && !description.content->parts.empty())
    description.content = refuse("catalogue.member", {{"member", "manifest.parts"}});
  if (description.content) {  // the catalogue's word of the digest holds, whoever else says something
    auto& stated = description.content->sha256;
    if (stated.empty()) stated = entry.sha256;
    if (!entry.sha256.empty() && stated != entry.sha256)
      description.content =
          refuse("catalogue.manifest_digest", {{"catalogue", entry.sha256}, {"manifest", stated}});
  }
  description.signature = *std::move(signature);
  co_return description;
}

}  // namespace

// The manifest before the file: what cannot be trusted is not fetched.
awaitable<Result<std::optional<receiver::Description>>> vouch_for(Entry entry, Vouching with) {
  const bool required = with.policy == receiver::Policy::required;
  if (entry.manifest_url.empty()) {
    if (required && entry.sha256.empty()) co_return refuse("receiver.trust_no_digest");
    co_return std::nullopt;
  }
  auto described = co_await described_by(entry, with);
  if (!described) co_return Unexpected(described.error());
  const auto signer = with.trust.judge(with.policy, bytes_of(described->bytes), described->signature);
  if (!signer) co_return Unexpected(signer.error());
  if (!described->content) co_return Unexpected(described->content.error());
  if (required && described->content->sha256.empty()) co_return refuse("receiver.trust_no_digest");
  co_return std::optional(*std::move(described));
}

}  // namespace edu::catalogue
