#include "flute/fdt_oti.h"

#include <charconv>
#include <limits>

#include "base/base64.h"
#include "base/text.h"

namespace edu::flute {
namespace {

constexpr std::array<const char*, OtiTexts::count> kNames{"FEC-OTI-FEC-Encoding-ID",
                                                          "FEC-OTI-FEC-Instance-ID",
                                                          "FEC-OTI-Maximum-Source-Block-Length",
                                                          "FEC-OTI-Encoding-Symbol-Length",
                                                          "FEC-OTI-Max-Number-of-Encoding-Symbols",
                                                          "FEC-OTI-Scheme-Specific-Info"};
constexpr std::size_t kMostOfValue = 80;   // bytes of a wrong value that a person is shown
constexpr std::uint8_t kFieldBits = 8;     // m of RFC 5510: our Reed-Solomon works on bytes
constexpr std::size_t kSchemeInfoMax = 4;  // bytes; RFC 6330's

std::optional<fec::Encoding> encoding_of(std::uint64_t id) {
  switch (id) {
    case 0:
      return fec::Encoding::no_code;
    case 1:
      return fec::Encoding::raptor;
    case 2:
      return fec::Encoding::reed_solomon_m;
    case 5:
      return fec::Encoding::reed_solomon;
    case 6:
      return fec::Encoding::raptorq;
    case 129:
      return fec::Encoding::small_block;
    default:
      return std::nullopt;
  }
}

template <class T>
Result<void> read_member(const OtiTexts& texts, OtiTexts::Name name, T& member) {
  if (!texts.values[name]) return {};
  const auto number = read_number(kNames[name], texts.values[name], std::numeric_limits<T>::max());
  if (!number) return tl::unexpected(number.error());
  member = static_cast<T>(*number);
  return {};
}

// RFC 6330 3.3.3: Z, N in two bytes, Al. RFC 5510 4.2.4.2: m, G.
Result<void> read_scheme_info(const char* text, fec::Oti& oti) {
  const auto wrong = [&](std::string right) {
    return bad_attribute(kNames[OtiTexts::scheme_info], text, std::move(right));
  };
  const auto bytes = from_base64(text, kSchemeInfoMax);
  if (oti.encoding == fec::Encoding::raptorq) {
    if (!bytes || bytes->size() != 4) return wrong("base64, 4");
    oti.blocks = (*bytes)[0];
    oti.sub_blocks = static_cast<std::uint16_t>((*bytes)[1] << 8 | (*bytes)[2]);
    oti.alignment = (*bytes)[3];
  } else if (oti.encoding == fec::Encoding::raptor) {  // RFC 5053 3.2.3: Z in two bytes, N, Al
    if (!bytes || bytes->size() != 4) return wrong("base64, 4");
    oti.blocks = static_cast<std::uint16_t>((*bytes)[0] << 8 | (*bytes)[1]);
    oti.sub_blocks = (*bytes)[2];
    oti.alignment = (*bytes)[3];
  } else if (oti.encoding == fec::Encoding::reed_solomon_m) {
    if (!bytes || bytes->size() != 2) return wrong("base64, 2");
    if ((*bytes)[0] != kFieldBits) return wrong("m = 8");
    oti.group = (*bytes)[1];
  }
  return {};
}

std::string scheme_info(const fec::Oti& oti) {
  if (oti.encoding == fec::Encoding::raptorq)
    return to_base64(std::array{static_cast<std::uint8_t>(oti.blocks),
                                static_cast<std::uint8_t>(oti.sub_blocks >> 8),
                                static_cast<std::uint8_t>(oti.sub_blocks), oti.alignment});
  if (oti.encoding == fec::Encoding::reed_solomon_m) return to_base64(std::array{kFieldBits, oti.group});
  return {};
}

}  // namespace

bool OtiTexts::set(std::string_view attribute, const char* value) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (attribute == kNames[i]) return values[i] = value, true;
  return false;
}

Unexpected bad_attribute(std::string_view attribute, std::string_view value, std::string right) {
  const auto shown = one_line(to_utf8(truncate_utf8(value, kMostOfValue)));
  return refuse(
      "fdt.bad_attribute",
      {{"attribute", std::string(attribute)}, {"value", shown}, {"right", std::move(right)}, {"file", ""}});
}

Result<std::uint64_t> read_number(std::string_view attribute, std::string_view text, std::uint64_t most) {
  constexpr std::string_view kBlanks = " \t\r\n";  // which XML Schema takes off a number
  const auto first = text.find_first_not_of(kBlanks);
  const auto digits = first == text.npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || number > most)
    return bad_attribute(attribute, text, "0 – " + std::to_string(most));
  return number;
}

Result<std::optional<fec::Oti>> read_oti(const OtiTexts& texts, std::uint64_t length) {
  if (!texts.values[OtiTexts::symbol]) return std::nullopt;
  fec::Oti oti;
  oti.length = length;
  std::uint8_t id = 0;
  for (const auto& read :
       {read_member(texts, OtiTexts::encoding, id), read_member(texts, OtiTexts::instance, oti.instance),
        read_member(texts, OtiTexts::max_block, oti.max_block),
        read_member(texts, OtiTexts::symbol, oti.symbol),
        read_member(texts, OtiTexts::max_symbols, oti.max_symbols)})
    if (!read) return tl::unexpected(read.error());
  const auto encoding = encoding_of(id);
  if (!encoding)
    return bad_attribute(kNames[OtiTexts::encoding], texts.values[OtiTexts::encoding], "0, 1, 2, 5, 6, 129");
  oti.encoding = *encoding;
  if (const auto* info = texts.values[OtiTexts::scheme_info])
    if (auto read = read_scheme_info(info, oti); !read) return tl::unexpected(read.error());
  const bool fountain = oti.encoding == fec::Encoding::raptor || oti.encoding == fec::Encoding::raptorq;
  if (!texts.values[fountain ? OtiTexts::scheme_info : OtiTexts::max_block]) return std::nullopt;
  if (!texts.values[OtiTexts::max_symbols]) oti.max_symbols = fec::kMostReedSolomon;  // it is a bound alone
  return fec::own_members(oti);
}

Attributes oti_attributes(const fec::Oti& oti) {
  Attributes out;
  const auto add = [&](OtiTexts::Name name, std::string value) { out.emplace_back(kNames[name], value); };
  add(OtiTexts::encoding, std::to_string(static_cast<int>(oti.encoding)));
  if (oti.encoding == fec::Encoding::small_block) add(OtiTexts::instance, std::to_string(oti.instance));
  // RaptorQ has none, but a receiver of another maker divides by it.
  const bool blocks = oti.encoding != fec::Encoding::raptorq;
  const bool cut = !blocks && oti.length > 0 && fec::checked(oti);
  const auto largest = blocks ? oti.max_block : cut ? fec::Partition(oti).block(0).symbols : 1;
  add(OtiTexts::max_block, std::to_string(largest));
  add(OtiTexts::symbol, std::to_string(oti.symbol));
  if (oti.max_symbols) add(OtiTexts::max_symbols, std::to_string(oti.max_symbols));
  if (auto info = scheme_info(oti); !info.empty()) add(OtiTexts::scheme_info, std::move(info));
  return out;
}

}  // namespace edu::flute
