// What a check of the journal found, as the station and the command line tell it.
#pragma once

#include "base/json.h"
#include "base/messages.h"
#include "logs/journal/journal.h"

namespace edu::web {

// {"good":…, "checked":…, "bad_seq":…, "problem":…, "books_compared":…, "text": a sentence in `language`}
json::object verdict_json(const logs::journal::Verdict& verdict, Language language);

}  // namespace edu::web
