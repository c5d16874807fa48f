// The readers of edustation-workbook: the bytes of a workbook come in, its sheets leave. They run in the
// sandboxed process alone, and may take memory and time up to its limits.
// Refusals: people.workbook_bad {what}, .workbook_locked, .workbook_kind.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "people/workbook/workbook.h"

namespace edu::workbook {

Result<Workbook> read_zip(std::string_view bytes);  // xlsx (ECMA-376, both editions), ods
Result<Workbook> read_xml(std::string_view bytes);  // XML Spreadsheet 2003
// BIFF5 to BIFF8. `path` leads to the same bytes: freexl opens files by their path.
Result<Workbook> read_xls(std::string_view bytes, const std::string& path);

}  // namespace edu::workbook
