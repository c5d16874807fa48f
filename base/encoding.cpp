#include "base/encoding.h"

#include <memory>
#include <type_traits>

#include <iconv.h>

namespace edu {
namespace {

struct Close {
  void operator()(void* handle) const noexcept { ::iconv_close(handle); }
};
using Converter = std::unique_ptr<std::remove_pointer_t<iconv_t>, Close>;

Converter opened(const char* from, const char* to) {
  const auto handle = ::iconv_open(to, from);
  return Converter(handle == reinterpret_cast<iconv_t>(-1) ? nullptr : handle);
}

}  // namespace

std::optional<std::string> converted(std::string_view bytes, const char* from, const char* to) {
  const auto converter = opened(from, to);
  if (!converter) return std::nullopt;
  std::string out(bytes.size() * 4 + 4, '\0');  // the longest expansion: of one byte to four
  char* in = const_cast<char*>(bytes.data());   // iconv's signature; it does not write there
  char* end = out.data();
  std::size_t in_left = bytes.size(), out_left = out.size();
  if (::iconv(converter.get(), &in, &in_left, &end, &out_left) == static_cast<std::size_t>(-1))
    return std::nullopt;
  out.resize(out.size() - out_left);
  return out;
}

void keep_loaded(std::initializer_list<const char*> encodings) {
  for (const auto* encoding : encodings) {
    auto held = opened(encoding, "UTF-8");
    held.release();             // an open one keeps its tables
    converted("ab", encoding);  // the first use may load more
  }
}

}  // namespace edu
