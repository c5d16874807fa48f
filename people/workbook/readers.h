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
Result<Workbook> read_html(
    std::string_view bytes);  // UTF-8 or GB18030; refusal people.workbook_html: no table
// BIFF5 to BIFF8. `path` leads to the same bytes: freexl opens files by their path.
Result<Workbook> read_xls(std::string_view bytes, const std::string& path);

}  // namespace edu::workbook
