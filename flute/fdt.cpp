// In comes the text of an FDT instance, inflated; out goes what it says of each file. Runs where the whole
// FDT came together, off the receiving thread: a large one takes milliseconds.
//
// What bounds it: the text's size, and the elements and attributes that pugixml would keep (a node costs 15
// times its four bytes of text). Nesting costs nothing: the parser does not recurse, and we read two levels.
#include "flute/fdt.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>

#include <pugixml.hpp>

#include "base/base64.h"
#include "base/md5.h"
#include "base/text.h"
#include "flute/fdt_oti.h"
#include "flute/ntp.h"

namespace edu::flute {
namespace {

constexpr std::size_t kMostMarks = 1'000'000;  // elements (twice: begin and end) and attributes; some 50 MB
// What pugixml keeps of an element and of an attribute; what an entry with its texts has in the answer.
constexpr std::uint64_t kNode = 64, kAttribute = 40, kEntry = sizeof(File) + 128;
constexpr std::size_t kMostSkipped = 20;
constexpr std::size_t kMostLocation = 4096;  // bytes of a Content-Location
constexpr std::size_t kMostType = 255;       // bytes of a Content-Type
constexpr std::size_t kMostShown = 80;
constexpr std::uint64_t kMostLength = (std::uint64_t{1} << 48) - 1;  // RFC 5445's 48 bits, of every length
constexpr std::uint64_t kMostExpires = 0xffff'ffff'ffff;  // some senders count on behind 2036: beyond 32 bits

// An entry's attributes as they are in the document; what it lacks is the instance's.
struct Texts {
  const char *toi = nullptr, *location = nullptr, *content_length = nullptr, *transfer_length = nullptr,
             *type = nullptr, *encoding = nullptr, *md5 = nullptr;
  OtiTexts oti;
};
using Member = const char* Texts::*;
constexpr std::pair<std::string_view, Member> kAttributes[] = {
    {"TOI", &Texts::toi},
    {"Content-Location", &Texts::location},
    {"Content-Length", &Texts::content_length},
    {"Transfer-Length", &Texts::transfer_length},
    {"Content-Type", &Texts::type},
    {"Content-Encoding", &Texts::encoding},
    {"Content-MD5", &Texts::md5},
};

std::string_view local_name(std::string_view name) { return name.substr(name.find(':') + 1); }

void collect(const pugi::xml_node& element, Texts& texts) {
  for (const auto& attribute : element.attributes()) {
    const auto name = local_name(attribute.name());
    // Some senders write their attributes with the namespace's prefix; what has none goes before.
    const bool prefixed = name.size() != std::string_view(attribute.name()).size();
    if (prefixed && element.attribute(std::string(name).c_str())) continue;
    const auto* known = std::find_if(std::begin(kAttributes), std::end(kAttributes),
                                     [&](auto& a) { return a.first == name; });
    if (known != std::end(kAttributes))
      texts.*known->second = attribute.value();
    else
      texts.oti.set(name, attribute.value());
  }
}

Result<Toi> read_toi(const char* text) {
  __extension__ using Wide = unsigned __int128;
  constexpr auto kMost = (Wide{1} << 112) - 1;
  const std::string_view digits = text ? text : "";
  Wide value = 0;
  bool good = !digits.empty() && digits.size() <= 34;
  for (const char c : digits) {
    good = good && c >= '0' && c <= '9';
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  if (!good || value == 0 || value > kMost) return bad_attribute("TOI", digits, "1 – 2^112-1");
  return Toi{static_cast<std::uint64_t>(value >> 64), static_cast<std::uint64_t>(value)};
}

Result<ContentEncoding> read_encoding(const char* text) {
  const auto name = ascii_lower(text ? text : "");
  if (name.empty() || name == "null" || name == "identity") return ContentEncoding::none;
  if (name == "gzip" || name == "x-gzip") return ContentEncoding::gzip;
  if (name == "zlib") return ContentEncoding::zlib;
  if (name == "deflate") return ContentEncoding::deflate;
  return bad_attribute("Content-Encoding", name, "gzip, zlib, deflate");
}

Result<std::optional<Md5Digest>> read_md5(const char* text) {
  if (!text) return std::nullopt;
  Md5Digest digest{};
  const auto bytes = from_base64(text, digest.size());
  if (!bytes || bytes->size() != digest.size()) return bad_attribute("Content-MD5", text, "base64, 16");
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

Result<std::optional<std::uint64_t>> read_length(const char* attribute, const char* text) {
  if (!text) return std::nullopt;
  const auto length = read_number(attribute, text, kMostLength);
  if (!length) return tl::unexpected(length.error());
  return *length;
}

// Stores what was read, or keeps the first refusal.
class Keep {
 public:
  template <class T, class U>
  void operator()(Result<T> read, U& member) {
    if (read)
      member = std::move(*read);
    else if (!refusal)
      refusal = std::move(read.error());
  }
  std::optional<Refusal> refusal;
};

Result<File> read_file(const Texts& texts) {
  File file;
  if (!texts.location || !*texts.location || std::string_view(texts.location).size() > kMostLocation)
    return bad_attribute("Content-Location", texts.location ? texts.location : "",
                         "1 – " + std::to_string(kMostLocation));
  file.location = texts.location;
  if (texts.type) file.content_type = one_line(to_utf8(truncate_utf8(texts.type, kMostType)));
  Keep keep;
  keep(read_toi(texts.toi), file.toi);
  keep(read_length("Content-Length", texts.content_length), file.content_length);
  keep(read_length("Transfer-Length", texts.transfer_length), file.transfer_length);
  keep(read_encoding(texts.encoding), file.content_encoding);
  keep(read_md5(texts.md5), file.md5);
  if (const auto length = sent_length(file)) keep(read_oti(texts.oti, *length), file.oti);
  if (file.oti) file.code_given = texts.oti.values[OtiTexts::encoding] != nullptr;
  if (keep.refusal) return tl::unexpected(*keep.refusal);
  return file;
}

pugi::xml_attribute attribute_of(const pugi::xml_node& element, std::string_view name) {
  return element.find_attribute([&](const auto& one) { return local_name(one.name()) == name; });
}

Result<std::optional<std::int64_t>> read_expires(const pugi::xml_node& instance) {
  const auto attribute = attribute_of(instance, "Expires");
  if (!attribute) return std::nullopt;
  const auto ntp = read_number("Expires", attribute.value(), kMostExpires);
  if (!ntp) return tl::unexpected(ntp.error());
  if (*ntp >= kNtpEra) return static_cast<std::int64_t>(*ntp) - kNtpToUnix;
  return unix_from_ntp(static_cast<std::uint32_t>(*ntp));
}

// Senders write their file system's bytes, UTF-8 or GB18030, under any declaration.
bool has_wide_characters(std::string_view xml) {
  return xml.substr(0, 4).find('\0') != xml.npos || xml.starts_with("\xff\xfe") ||
         xml.starts_with("\xfe\xff");
}

// Into the document, which keeps pointers into the text: a copy of it would be as large again.
pugi::xml_parse_result parse(std::string& xml, pugi::xml_document& document) {
  bool utf8 = !has_wide_characters(xml) && is_utf8(xml);
  if (auto from = utf8 || has_wide_characters(xml) ? std::nullopt : from_gb18030(xml)) {
    xml = *std::move(from);
    utf8 = true;
  }
  return document.load_buffer_inplace(xml.data(), xml.size(), pugi::parse_default,
                                      utf8 ? pugi::encoding_utf8 : pugi::encoding_auto);
}

bool too_many_marks(std::string_view xml) {
  const auto tags = std::count(xml.begin(), xml.end(), '<');
  const auto quotes = std::count(xml.begin(), xml.end(), '"') + std::count(xml.begin(), xml.end(), '\'');
  return static_cast<std::size_t>(tags + quotes / 2) > kMostMarks;
}

void skip(ReadFdt& out, Refusal refusal, const Texts& texts) {
  if (out.skipped.size() >= kMostSkipped) return;
  const std::string_view name = texts.location && *texts.location ? texts.location
                                : texts.toi                       ? texts.toi
                                                                  : "";
  refusal.args["file"] = one_line(to_utf8(truncate_utf8(name, kMostShown)));
  out.skipped.push_back(std::move(refusal));
}

Result<void> read_files(const pugi::xml_node& instance, ReadFdt& out) {
  Texts defaults;
  collect(instance, defaults);
  std::set<Toi> seen;
  const auto elements = static_cast<std::size_t>(std::distance(instance.begin(), instance.end()));
  out.fdt.files.reserve(std::min(elements, kMostFiles));
  for (const auto& element : instance.children()) {
    if (local_name(element.name()) != "File") continue;
    if (out.fdt.files.size() == kMostFiles)
      return refuse("fdt.too_many_files", {{"most", std::to_string(kMostFiles)}});
    auto texts = defaults;
    collect(element, texts);
    auto file = read_file(texts);
    if (!file)
      skip(out, file.error(), texts);
    else if (!seen.insert(file->toi).second)
      skip(out, refuse("fdt.toi_twice", {{"toi", texts.toi}}).value(), texts);
    else
      out.fdt.files.push_back(std::move(*file));
  }
  return {};
}

}  // namespace

std::optional<std::uint64_t> sent_length(const File& file) {
  if (file.transfer_length) return file.transfer_length;
  return file.content_encoding == ContentEncoding::none ? file.content_length : std::nullopt;
}

void FdtMemory::add(std::span<const std::uint8_t> piece) {
  text_ += piece.size();
  for (const auto byte : piece) {
    wide_ += byte >= 0x80;
    tags_ += byte == '<';
    quotes_ += byte == '"' || byte == '\'';
  }
}

// Text that is no UTF-8 is converted, and grows by that.
std::uint64_t FdtMemory::bytes() const {
  return text_ + 2 * wide_ + tags_ * (kNode + kEntry) + quotes_ / 2 * kAttribute;
}

Result<ReadFdt> read_fdt(std::string xml) {
  if (xml.size() > kFdtLimit || too_many_marks(xml))
    return refuse("fdt.too_large", {{"most", std::to_string(kFdtLimit)}});
  pugi::xml_document document;
  const auto parsed = parse(xml, document);
  if (!parsed) return refuse("fdt.not_xml", {{"at", std::to_string(parsed.offset)}});
  const auto instance = document.document_element();
  if (local_name(instance.name()) != "FDT-Instance")
    return refuse("fdt.no_instance",
                  {{"element", one_line(to_utf8(truncate_utf8(instance.name(), kMostShown)))}});
  ReadFdt out;
  auto expires = read_expires(instance);
  if (!expires) return tl::unexpected(expires.error());
  out.fdt.expires = *expires;
  const std::string_view complete = attribute_of(instance, "Complete").value();
  out.fdt.complete = complete == "true" || complete == "1";
  if (auto read = read_files(instance, out); !read) return tl::unexpected(read.error());
  return out;
}

}  // namespace edu::flute
