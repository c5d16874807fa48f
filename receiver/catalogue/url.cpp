// URLs as people and programs write them, made into what a server understands. By libcurl's parser.
#include <algorithm>
#include <memory>
#include <utility>

#include <curl/curl.h>
#include <idn2.h>

#include "base/text.h"
#include "receiver/catalogue/http.h"

namespace edu::catalogue {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
  void operator()(char* text) const noexcept { curl_free(text); }
};
struct FreeName {
  void operator()(char* text) const noexcept { idn2_free(text); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

std::string part_of(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (!url || curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return "";
  const std::unique_ptr<char, FreeUrl> held(text);
  return text;
}

Url parsed(const std::string& text) {
  Url url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return nullptr;
  return url;
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Without blanks at the ends, ASCII's and those of Chinese and of web pages, and without line breaks.
std::string without_blanks(std::string_view text) {
  constexpr std::string_view kBlanks[] = {" ",      "\t",     "\r",     "\n",    "\f",
                                          "\u3000", "\u00A0", "\uFEFF", "\u200B"};
  bool found = true;
  while (found) {
    found = false;
    for (const auto blank : kBlanks) {
      if (text.starts_with(blank)) text.remove_prefix(blank.size()), found = true;
      if (text.ends_with(blank)) text.remove_suffix(blank.size()), found = true;
    }
  }
  std::string out(text);
  std::erase_if(out, [](char c) { return c == '\t' || c == '\r' || c == '\n'; });
  return out;
}

// Where host and port begin and end, in "http://host:1/…" or "//host/…"; both 0: it names none.
std::pair<std::size_t, std::size_t> authority_of(const std::string& text) {
  const auto slashes = text.find("//");
  if (slashes == text.npos || text.find_first_of("/?#") != slashes) return {0, 0};
  if (slashes != 0 && text[slashes - 1] != ':') return {0, 0};
  return {slashes + 2, std::min(text.find_first_of("/\\?#", slashes + 2), text.size())};
}

// "中文.example:80" → "xn--fiq228c.example:80"; as it is where that does not go.
std::string ascii_host(const std::string& authority) {
  const bool plain =
      std::ranges::all_of(authority, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (plain) return authority;
  const auto colon = std::min(authority.rfind(':'), authority.size());
  char* name = nullptr;
  const int flags = IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT;
  const auto host = to_utf8(authority.substr(0, colon));
  if (idn2_to_ascii_8z(host.c_str(), &name, flags) != IDN2_OK) return authority;
  const std::unique_ptr<char, FreeName> held(name);
  return name + authority.substr(colon);
}

// How many bytes the character at `at` has that must be escaped as a whole: in GB 18030 the second byte may
// look like a letter or a backslash. 1 elsewhere.
std::size_t width_of(std::string_view text, std::size_t at, bool gb) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
  if (!gb || byte(at) < 0x81 || byte(at) == 0xFF) return 1;
  return byte(at + 1) >= '0' && byte(at + 1) <= '9' ? 4 : 2;
}

bool must_be_escaped(std::string_view text, std::size_t at) {
  constexpr std::string_view kNever = " \"<>^`{|}\x7F";
  const auto byte = static_cast<unsigned char>(text[at]);
  const bool broken =
      byte == '%' && (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2]));
  return byte < 0x20 || byte >= 0x80 || broken || kNever.find(text[at]) != kNever.npos;
}

// Path, query and fragment: every byte that cannot stand there is escaped, a percent sign that escapes
// nothing too; a backslash before the query is the slash that its writer meant.
std::string escaped(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  const bool gb = !is_utf8(text) && from_gb18030(text);
  const auto path_end = text.find_first_of("?#");
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto width = std::min(width_of(text, i, gb), text.size() - i);
    if (width == 1 && text[i] == '\\' && i < path_end) {
      out += '/';
    } else if (width == 1 && !must_be_escaped(text, i)) {
      out += text[i];
    } else {
      for (const char c : text.substr(i, width)) {
        const auto byte = static_cast<unsigned char>(c);
        out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
      }
    }
    i += width;
  }
  return out;
}

// As a browser reads it. Windows' slashes first, or the host is not found.
std::string as_browsers_read(std::string_view reference) {
  auto text = without_blanks(reference);
  if (text.starts_with("\\\\")) text.replace(0, 2, "//");
  if (const auto at = text.find(":\\\\"); at != text.npos && at < 6) text.replace(at, 3, "://");
  const auto [begin, end] = authority_of(text);
  return text.substr(0, begin) + ascii_host(text.substr(begin, end - begin)) + escaped(text.substr(end));
}

}  // namespace

std::optional<std::string> absolute_url(std::string_view base, std::string_view reference) {
  if (base.size() > kLongestUrl || reference.size() > kLongestUrl || reference.find('\0') != reference.npos)
    return std::nullopt;
  const auto to = as_browsers_read(reference);
  if (to.empty()) return std::nullopt;
  const Url url(curl_url());
  if (!url) return std::nullopt;
  const auto from = as_browsers_read(base);
  if (!from.empty() && curl_url_set(url.get(), CURLUPART_URL, from.c_str(), 0) != CURLUE_OK)
    return std::nullopt;
  if (curl_url_set(url.get(), CURLUPART_URL, to.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
    return std::nullopt;
  const auto scheme = part_of(url, CURLUPART_SCHEME);
  if ((scheme != "http" && scheme != "https") || part_of(url, CURLUPART_HOST).empty()) return std::nullopt;
  curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
  auto whole = part_of(url, CURLUPART_URL);
  if (whole.empty() || whole.size() > kLongestUrl) return std::nullopt;
  return whole;
}

std::string host_of(const std::string& text) { return ascii_lower(part_of(parsed(text), CURLUPART_HOST)); }

std::string shown_url(const std::string& url) { return url.substr(0, url.find_first_of("?#")); }

std::string file_name_of(const std::string& text) {
  const auto path = part_of(parsed(text), CURLUPART_PATH);
  const auto last = path.substr(path.rfind('/') + 1);
  int length = 0;
  const std::unique_ptr<char, FreeUrl> decoded(
      curl_easy_unescape(nullptr, last.c_str(), static_cast<int>(last.size()), &length));
  return decoded ? std::string(decoded.get(), static_cast<std::size_t>(length)) : "";
}

}  // namespace edu::catalogue
