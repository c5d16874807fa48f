// The programme as JSON, as the HTTP interface and the command line hand it in and read it (docs/formats.md).
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "scheduler/timetable/programme.h"

namespace edu::scheduler {

// Reads what `programme add` sends. Strings become NFC and one line. Unknown members, wrong types and
// malformed times are refused by name: scheduler.field_unknown, field_missing, field_type, field_time,
// field_kind.
Result<ProgrammeDraft> read_draft(const json::value& value);

json::object to_json(const Programme& programme);

}  // namespace edu::scheduler
