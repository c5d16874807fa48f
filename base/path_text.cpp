#include "base/path_text.h"

#include "base/text.h"

namespace edu {

std::string path_text(const std::filesystem::path& path) {
  std::string_view bytes = path.native();
  std::string text;
  for (;;) {
    const auto slash = bytes.find('/');
    text += to_utf8(bytes.substr(0, slash));
    if (slash == bytes.npos) return one_line(text);
    text += '/';
    bytes.remove_prefix(slash + 1);
  }
}

}  // namespace edu
