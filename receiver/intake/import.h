// A file that a person names: `edustation library import PATH`. It stays where it is; its sidecar manifest is
// honoured.
#pragma once

#include <string>

#include "base/workers.h"
#include "receiver/intake/intake.h"

namespace edu::receiver {

// Refusals without a record, because nothing was there to receive: receiver.path_not_absolute,
// receiver.no_file (not_found), receiver.busy. Whatever else is wrong is a reception of the outcome
// "refused". On the loop.
awaitable<Result<Reception>> import_file(Intake& intake, Workers& workers, fs::path path, std::string by,
                                         Policy trust = Policy::off);

}  // namespace edu::receiver
