// Before a file is fetched: what vouches for it. On the loop.
#pragma once

#include <optional>

#include "receiver/catalogue/catalogue_reader.h"
#include "receiver/trust/manifest_file.h"

namespace edu::catalogue {

struct Vouching {
  const Fetch& fetch;
  const receiver::Trust& trust;
  receiver::Policy policy;
  Access access;
};

// The entry's own manifest with its signature, judged under the policy. Nothing: it has none of its own, and
// the catalogue's word is enough. Refusals receiver.trust_…, receiver.manifest_…, catalogue.member,
// .manifest_digest, and those of the fetching.
awaitable<Result<std::optional<receiver::Description>>> vouch_for(Entry entry, Vouching with);

}  // namespace edu::catalogue
