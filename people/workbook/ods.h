// OpenDocument spreadsheets (OASIS ODF 1.2, part 1, 9): content.xml of the ZIP file comes in.
#pragma once

#include <string_view>

#include "base/result.h"
#include "people/workbook/workbook.h"

namespace edu::workbook {

// Cells as they are shown, but for dates, which are ISO 8601. Refusal people.workbook_bad {what}.
Result<Workbook> read_ods(std::string_view content);

}  // namespace edu::workbook
