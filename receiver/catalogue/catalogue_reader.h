// One look at a catalogue: fetched, if it has changed, with its signature; judged; parsed. On the loop;
// bodies come on the HTTP client's thread, signatures and parsing on a worker.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/workers.h"
#include "calendar/zone.h"
#include "config/settings.h"
#include "receiver/catalogue/http.h"
#include "receiver/catalogue/listing.h"
#include "receiver/catalogue/store.h"
#include "receiver/trust/trust.h"

namespace edu::catalogue {

inline constexpr long kDocumentSeconds = 120;  // for a catalogue, a signature or a manifest

Access access_of(const config::Catalogue& settings);

// The body of a small document. Refusals as of Fetch. A 304 gives status 304 and an empty body.
struct Document {
  Response head;
  std::string body;
};
awaitable<Result<Document>> fetch_document(const Fetch& fetch, Request request, Access access);
// The signature beside a document: `<url>.minisig`; empty where there is none, also where a server gives a
// page for people or the like with status 200 instead.
awaitable<Result<std::string>> fetch_signature(const Fetch& fetch, const std::string& url, Access access);

struct Looked {
  bool changed = false;
  Memory memory;  // to be remembered
  Listing listing;
  std::optional<receiver::Signer> signer;
  Place place = Place::public_net;  // where its server lies
};

// Of bytes that were fetched, or remembered. Refusals as of parse_listing and Trust::judge,
// catalogue.expired {day}. A feed cannot be signed: under "required" it is refused (catalogue.feed_unsigned).
Result<Looked> judge(Memory memory, const receiver::Trust& trust, receiver::Policy policy, LocalDate today);

class CatalogueReader {
 public:
  struct Parts {
    Fetch fetch;
    Workers& workers;
    Clock& clock;
    const receiver::Trust& trust;
    Zone zone;
  };
  explicit CatalogueReader(Parts parts) : parts_(std::move(parts)) {}

  // Tries the URL and then the mirrors, in turn; where none is right, the refusal is the URL's own. Only
  // cancellation throws.
  awaitable<Result<Looked>> look(const config::Catalogue& settings, receiver::Policy policy,
                                 std::optional<Memory> memory) const;

 private:
  awaitable<Result<Looked>> look_at(std::string url, const config::Catalogue& settings,
                                    receiver::Policy policy, std::optional<Memory> memory) const;

  Parts parts_;
};

}  // namespace edu::catalogue
