#include "receiver/catalogue/document.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include <zlib.h>

#include "base/encoding.h"
#include "base/text.h"
#include "library/courses.h"

namespace edu::catalogue {
namespace {

constexpr std::size_t kHead = 1024;     // of a page, where its kind stands
constexpr std::size_t kLooked = 65536;  // of a page, where it may want a log-in

struct EndInflate {
  void operator()(z_stream* stream) const noexcept { ::inflateEnd(stream); }
};

Unexpected broken(const std::string& host) {
  return refuse("catalogue.transfer", {{"host", host}, {"what", "gzip"}}, Refusal::Kind::unavailable);
}

Result<std::string> unpacked(std::string_view bytes, std::size_t most, const std::string& host) {
  z_stream stream{};
  constexpr int kGzip = 16 + MAX_WBITS;
  if (::inflateInit2(&stream, kGzip) != Z_OK) return broken(host);
  const std::unique_ptr<z_stream, EndInflate> held(&stream);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // it is not written to
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 65536> piece;
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = piece.size();
    state = ::inflate(&stream, Z_NO_FLUSH);
    out.append(piece.data(), piece.size() - stream.avail_out);
    if (out.size() > most)
      return refuse("catalogue.too_large", {{"host", host}, {"most", library::size_text(most)}});
  }
  if (state != Z_STREAM_END) return broken(host);
  return out;
}

// UTF-16 and UTF-32 are known by their mark, or by the zeros of the first character, which is "<", "{" or a
// blank.
std::optional<std::string> wide(std::string_view bytes) {
  const auto zero = [&](std::size_t at) { return at < bytes.size() && bytes[at] == '\0'; };
  const auto as = [&](const char* encoding, std::size_t mark) {
    return converted(bytes.substr(mark, (bytes.size() - mark) & ~std::size_t{1}), encoding);
  };
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xFF\xFE\0\0"sv)) return as("UTF-32LE", 4);
  if (bytes.starts_with("\0\0\xFE\xFF"sv)) return as("UTF-32BE", 4);
  if (bytes.starts_with("\xFF\xFE"sv)) return as("UTF-16LE", 2);
  if (bytes.starts_with("\xFE\xFF"sv)) return as("UTF-16BE", 2);
  if (!zero(0) && zero(1) && zero(2) && zero(3)) return as("UTF-32LE", 0);
  if (zero(0) && zero(1) && zero(2)) return as("UTF-32BE", 0);
  if (!zero(0) && zero(1)) return as("UTF-16LE", 0);
  if (zero(0) && !zero(1)) return as("UTF-16BE", 0);
  return std::nullopt;
}

// Of <?xml … encoding="gb2312"?>, in lower case; empty: none is declared.
std::string declared_encoding(std::string_view bytes) {
  const auto begin = bytes.substr(0, 200).find("<?xml");
  if (begin == bytes.npos) return "";
  const auto line = bytes.substr(begin, bytes.substr(begin, 400).find("?>"));
  const auto at = line.find("encoding");
  const auto open = at == line.npos ? line.npos : line.find_first_of("\"'", at);
  if (open == line.npos) return "";
  const auto close = line.find(line[open], open + 1);
  return ascii_lower(line.substr(open + 1, close == line.npos ? 0 : close - open - 1));
}

bool is_gb(const std::string& encoding) {
  return encoding.starts_with("gb") || encoding.starts_with("x-gb") || encoding == "cp936" ||
         encoding == "ms936" || encoding == "hz-gb-2312" || encoding == "euc-cn" || encoding == "chinese";
}

bool is_western(const std::string& encoding) {
  return encoding.starts_with("iso-8859-1") || encoding == "latin1" || encoding == "windows-1252" ||
         encoding == "us-ascii" || encoding == "ascii";
}

// What UTF-8 is not. Many a server declares what its programs once had by default: where the bytes fit GB
// 18030, neither "UTF-8" nor a Western encoding is believed.
Decoded other(std::string_view bytes) {
  const auto encoding = declared_encoding(bytes);
  const bool doubtful =
      encoding.empty() || encoding.starts_with("utf") || is_western(encoding) || is_gb(encoding);
  if (!doubtful)
    if (auto text = converted(bytes, encoding.c_str())) return {*std::move(text), false};
  if (auto text = from_gb18030(bytes)) return {*std::move(text), true};
  if (is_western(encoding))
    if (auto text = converted(bytes, "WINDOWS-1252")) return {*std::move(text), false};
  return {to_utf8(bytes), is_gb(encoding)};
}

std::string_view without_mark(std::string_view text) {
  return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Behind what may stand before the first element of a page.
std::string_view first_element(std::string_view text) {
  text = without_mark(text);
  for (;;) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    const auto* end = text.starts_with("<!--") ? "-->" : text.starts_with("<?") ? "?>" : nullptr;
    if (!end) return text;
    const auto at = text.find(end);
    if (at == text.npos) return {};
    text.remove_prefix(at + std::string_view(end).size());
  }
}

struct NamedEntity {
  std::string_view name, text;
};
// Of the 2,231 entities of HTML those that titles have.
constexpr NamedEntity kEntities[] = {
    {"amp", "&"},    {"lt", "<"},     {"gt", ">"},     {"quot", "\""},  {"apos", "'"},  {"nbsp", " "},
    {"ensp", " "},   {"emsp", " "},   {"thinsp", " "}, {"ldquo", "“"},  {"rdquo", "”"}, {"lsquo", "‘"},
    {"rsquo", "’"},  {"laquo", "«"},  {"raquo", "»"},  {"hellip", "…"}, {"mdash", "—"}, {"ndash", "–"},
    {"middot", "·"}, {"bull", "•"},   {"times", "×"},  {"divide", "÷"}, {"deg", "°"},   {"permil", "‰"},
    {"copy", "©"},   {"reg", "®"},    {"trade", "™"},  {"yen", "¥"},    {"sect", "§"},  {"para", "¶"},
    {"plusmn", "±"}, {"frac12", "½"}, {"frac14", "¼"}, {"frac34", "¾"}, {"sup2", "²"},  {"sup3", "³"},
    {"micro", "µ"},  {"larr", "←"},   {"rarr", "→"},   {"uarr", "↑"},   {"darr", "↓"},  {"hearts", "♥"},
    {"star", "☆"},   {"starf", "★"},  {"lang", "〈"},  {"rang", "〉"},  {"sbquo", "‚"}, {"bdquo", "„"},
    {"eacute", "é"}, {"egrave", "è"}, {"agrave", "à"}, {"aacute", "á"}, {"ouml", "ö"},  {"uuml", "ü"},
    {"auml", "ä"},   {"szlig", "ß"},  {"ccedil", "ç"}, {"ntilde", "ñ"}, {"euro", "€"},  {"pound", "£"},
    {"shy", ""},     {"zwnj", ""},    {"zwj", ""},     {"lrm", ""},     {"rlm", ""}};

void put_character(std::string& out, std::uint32_t code) {
  const bool right = code >= 0x20 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  if (!right) return;
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr unsigned char kFirst[] = {0, 0xC0, 0xE0, 0xF0};
  out += static_cast<char>(kFirst[more] | code >> (6 * more));
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3F));
}

// Replaces the entity that `text` begins with, and answers how many bytes it had; 0: it begins with none.
std::size_t take_entity(std::string_view text, std::string& out) {
  const auto end = text.substr(0, 12).find(';');
  if (end == text.npos || end < 2) return 0;
  const auto name = text.substr(1, end - 1);
  if (name.front() == '#') {
    const bool hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
    const auto digits = name.substr(hex ? 2 : 1);
    std::uint32_t code = 0;
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
    if (error != std::errc() || stop != digits.data() + digits.size()) return 0;
    put_character(out, code == 0xA0 ? 0x20 : code);
    return end + 1;
  }
  const auto found = std::ranges::find(kEntities, name, &NamedEntity::name);
  if (found == std::end(kEntities)) return 0;
  out += found->text;
  return end + 1;
}

// Leaves out the tag that `text` begins with ("<b>", "</p>", "<br/>", "<!-- … -->"; not "<3" nor "a < b"): a
// blank in its place where it parts lines. Answers how many bytes it had; 0: it begins with none.
std::size_t take_tag(std::string_view text, std::string& out) {
  if (text.size() < 2) return 0;
  const auto first = text[1];
  const bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
  if (!letter && first != '/' && first != '!') return 0;
  const auto end = text.find('>');
  if (end == text.npos) return 0;
  const auto name = ascii_lower(text.substr(first == '/' ? 2 : 1, 4));
  for (const auto* parts : {"br", "p", "div", "li", "td", "tr", "h"})
    if (name.starts_with(parts)) return out += ' ', end + 1;
  return end + 1;
}

}  // namespace

Result<Decoded> read_document(std::span<const std::uint8_t> given, std::size_t most,
                              const std::string& host) {
  std::string_view bytes(reinterpret_cast<const char*>(given.data()), given.size());
  std::string whole;
  for (int i = 0; i < 2 && bytes.starts_with("\x1F\x8B"); ++i) {  // some pack it twice
    auto more = unpacked(bytes, most, host);
    if (!more) return Unexpected(more.error());
    whole = *std::move(more);
    bytes = whole;
  }
  if (bytes.size() > most)
    return refuse("catalogue.too_large", {{"host", host}, {"most", library::size_text(most)}});
  if (auto text = wide(bytes)) return Decoded{*std::move(text), false};
  bytes = without_mark(bytes);
  if (is_utf8(bytes)) return Decoded{std::string(bytes), false};
  return other(bytes);
}

std::optional<std::string> to_gb18030(std::string_view text) { return converted(text, "UTF-8", "GB18030"); }

bool is_page(std::string_view text) {
  const auto head = ascii_lower(text.substr(0, kHead));
  const auto first = first_element(head);
  constexpr std::string_view kPages[] = {"<!doctype html", "<html",   "<head",  "<body",    "<script",
                                         "<meta",          "<title",  "<table", "<div",     "<center",
                                         "<form",          "<iframe", "<style", "<frameset"};
  return std::ranges::any_of(kPages, [&](std::string_view page) { return first.starts_with(page); });
}

// The marks of ISO media, Matroska, Ogg, RIFF, MPEG in all its forms, ASF, FLV, RealMedia, FLAC, AMR, AIFF,
// AC-3.
bool begins_as_media(std::string_view bytes) {
  using namespace std::string_view_literals;
  for (const auto mark : {"\x1A\x45\xDF\xA3"sv, "OggS"sv, "ID3"sv, "FLV\x01"sv, ".RMF"sv, ".ra\xFD"sv,
                          "fLaC"sv, "#!AMR"sv, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, "\0\0\x01\xBA"sv,
                          "\0\0\x01\xB3"sv, "\x0B\x77"sv, "MAC "sv, "\x06\x0E\x2B\x34"sv, "wvpk"sv, ".snd"sv})
    if (bytes.starts_with(mark)) return true;
  const auto at = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0; };
  for (const auto* box : {"ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"})
    if (bytes.substr(std::min<std::size_t>(4, bytes.size())).starts_with(box)) return true;
  const auto form = bytes.substr(std::min<std::size_t>(8, bytes.size()), 4);
  if (bytes.starts_with("RIFF") && (form == "WAVE" || form == "AVI " || form == "CDXA")) return true;
  if (bytes.starts_with("FORM") && (form == "AIFF" || form == "AIFC")) return true;
  if (at(0) == 0xFF && (at(1) & 0xE0) == 0xE0) return true;  // MPEG audio, AAC in ADTS
  return (at(0) == 0x47 && at(188) == 0x47) || (at(4) == 0x47 && at(196) == 0x47);
}

bool wants_login(std::string_view page) {
  const auto text = ascii_lower(page.substr(0, kLooked));
  constexpr std::string_view kWords[] = {"type=\"password\"",
                                         "type='password'",
                                         "type=password",
                                         "login",
                                         "log in",
                                         "sign in",
                                         "signin",
                                         "portal",
                                         "登录",
                                         "登陆",
                                         "上网认证",
                                         "认证",
                                         "密码"};
  return std::ranges::any_of(kWords, [&](std::string_view word) { return text.find(word) != text.npos; });
}

std::string plain_text(std::string_view html) {
  std::string out;
  while (!html.empty()) {
    std::size_t used = 0;
    if (html.front() == '&') used = take_entity(html, out);
    if (html.front() == '<') used = take_tag(html, out);
    if (used == 0) out += html[used++];
    html.remove_prefix(used);
  }
  return one_line(out);
}

}  // namespace edu::catalogue
