#include "web/http/target.h"

#include <algorithm>

#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/pchars.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url_view.hpp>

#include "base/text.h"

namespace edu::web {
namespace {

namespace urls = boost::urls;

// What is not a control character and is UTF-8.
bool readable(std::string_view text) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  return std::ranges::none_of(text, control) && is_utf8(text);
}

// What many send and RFC 3986 does not allow ("果", "|", "[") as if it had been escaped. What is escaped
// already stays: encode() may not be given the percent sign among what it keeps.
std::string escaped(std::string_view raw) {
  constexpr auto kept = urls::pchars + '/' + '?';
  std::string out;
  for (;;) {
    const auto piece = raw.substr(0, raw.find('%'));
    out += urls::encode({piece.data(), piece.size()}, kept);
    if (piece.size() == raw.size()) return out;
    out += '%';
    raw.remove_prefix(piece.size() + 1);
  }
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
  const auto checked = urls::make_pct_string_view({text.data(), text.size()});
  if (!checked) return std::nullopt;
  return checked->decode();
}

Result<Target> parse_target(std::string_view raw) {
  const auto text = escaped(raw);
  const auto parsed = urls::parse_origin_form(text);
  if (!parsed) return refuse("web.target");
  Target target;
  target.path = parsed->path();
  bool good = readable(target.path);
  urls::encoding_opts form;  // application/x-www-form-urlencoded
  form.space_as_plus = true;
  for (const auto& parameter : parsed->encoded_params()) {
    auto name = parameter.key.decode(form), value = parameter.value.decode(form);
    good = good && readable(name) && readable(value);
    if (!name.empty()) target.query.insert_or_assign(std::move(name), std::move(value));
  }
  if (!good) return refuse("web.target");
  return target;
}

std::string percent_encode(std::string_view text) {
  return urls::encode({text.data(), text.size()}, urls::unreserved_chars);
}

}  // namespace edu::web
