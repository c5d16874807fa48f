#include "people/cells.h"

#include "base/typed.h"

namespace edu::people {
namespace {

// ="092", with which programs keep a spreadsheet from dropping the zero.
std::string unwrapped(std::string text) {
  if (text.size() < 3 || !text.starts_with("=\"") || !text.ends_with('"')) return text;
  std::string out;
  for (std::size_t i = 2; i + 1 < text.size(); ++i) {
    out += text[i];
    if (text[i] == '"' && text[i + 1] == '"' && i + 2 < text.size()) ++i;
  }
  return out;
}

// Until nothing changes, so that what is written out again reads back the same.
template <class Fold>
std::string cleaned(std::string_view text, std::string_view guarded, Fold fold) {
  std::string out(text), before;
  do {
    before = out;
    out = unwrapped(fold(out));
    if (out.size() > 1 && out[0] == '\'' && guarded.find(out[1]) != guarded.npos) out.erase(0, 1);
  } while (out != before);
  return out;
}

}  // namespace

std::string clean_cell(std::string_view text) { return cleaned(text, "=+-@", folded); }
std::string clean_name(std::string_view text) { return cleaned(text, "=+-@", folded_name); }
std::string clean_number(std::string_view text) { return cleaned(text, "=+-@0123456789", folded_number); }

}  // namespace edu::people
