#include "flute/fdt.h"

#include <cstdlib>

#include <gtest/gtest.h>
#include <pugixml.hpp>

#include "base/messages.h"

namespace edu::flute {
namespace {

ReadFdt read(std::string xml) {
  auto fdt = read_fdt(std::move(xml));
  if (!fdt) ADD_FAILURE() << fdt.error().code;
  return fdt.value_or(ReadFdt());
}
std::string refusal(std::string xml) {
  const auto fdt = read_fdt(std::move(xml));
  return fdt ? "" : fdt.error().code;
}
// What an entry with these attributes is refused for: code and attribute.
std::string skipped(const std::string& attributes) {
  const auto fdt = read("<FDT-Instance><File " + attributes + "/></FDT-Instance>");
  EXPECT_EQ(fdt.fdt.files.size() + fdt.skipped.size(), 1U);
  return fdt.skipped.empty() ? "" : fdt.skipped[0].args.at("attribute");
}
File one(const std::string& attributes, const std::string& defaults = "") {
  const auto fdt = read("<FDT-Instance " + defaults + "><File TOI='1' Content-Location='a' " + attributes +
                        "/></FDT-Instance>");
  return fdt.fdt.files.empty() ? File() : fdt.fdt.files[0];
}

// As an independent sender wrote it.
const std::string kSample =
    R"(<?xml version="1.0" encoding="UTF-8"?><FDT-Instance xmlns="urn:IETF:metadata:2005:FLUTE:FDT")"
    R"( Expires="4004362874" FEC-OTI-FEC-Encoding-ID="0" FEC-OTI-Maximum-Source-Block-Length="64")"
    R"( FEC-OTI-Encoding-Symbol-Length="1436" xmlns:mbms2007="urn:3GPP:metadata:2007:MBMS:FLUTE:FDT">)"
    R"(<File TOI="1" Content-Location="lesson-a.mp4" Content-Length="26349" Transfer-Length="26349")"
    R"( Content-MD5="P3EUQTRu7C45ngR2v9Us1Q==" Content-Type="application/octet-stream"/>)"
    R"(<File TOI="2" Content-Location="lesson-b.mp3" Content-Length="12372" Transfer-Length="12372"/>)"
    R"(</FDT-Instance>)";

TEST(Fdt, ReadsAnIndependentSendersInstance) {
  const auto fdt = read(kSample).fdt;
  EXPECT_EQ(fdt.expires, 4004362874 - 2208988800);
  EXPECT_FALSE(fdt.complete);
  ASSERT_EQ(fdt.files.size(), 2U);
  const auto& a = fdt.files[0];
  EXPECT_EQ(a.toi, (Toi{0, 1}));
  EXPECT_EQ(a.location, "lesson-a.mp4");
  EXPECT_EQ(a.content_length, 26349U);
  EXPECT_EQ(a.content_type, "application/octet-stream");
  ASSERT_TRUE(a.md5);
  EXPECT_EQ((*a.md5)[0], 0x3f);
  fec::Oti oti;
  oti.length = 26349, oti.symbol = 1436, oti.max_block = 64;
  EXPECT_EQ(a.oti, oti);
  EXPECT_FALSE(fdt.files[1].md5);
}

TEST(Fdt, TakesEveryNamespaceAndPrefix) {
  for (const auto* xml : {"<FDT-Instance xmlns='urn:ietf:params:xml:ns:fdt' Complete='true'><File TOI='7' "
                          "Content-Location='x'/></FDT-Instance>",
                          "<f:FDT-Instance xmlns:f='http://www.example.com/flute' Complete='1'><f:File "
                          "TOI='7' Content-Location='x'/></f:FDT-Instance>",
                          "\xef\xbb\xbf<FDT-Instance Complete='true'><File TOI=' 7' "
                          "Content-Location='y'/><File TOI='7' Content-Location='x'><Cache-Control>"
                          "<no-cache>true</no-cache></Cache-Control><Group>g</Group></File><Group>all</"
                          "Group></FDT-Instance>"}) {
    const auto fdt = read(xml).fdt;
    EXPECT_TRUE(fdt.complete);
    ASSERT_EQ(fdt.files.size(), 1U) << xml;
    EXPECT_EQ(fdt.files[0].toi, (Toi{0, 7}));
    EXPECT_EQ(fdt.files[0].location, "x");
  }
}

TEST(Fdt, TakesTheInstancesValuesWhereAnEntryHasNone) {
  const std::string defaults =
      "Content-Type='video/mp4' Content-Encoding='gzip' FEC-OTI-FEC-Encoding-ID='5' "
      "FEC-OTI-Encoding-Symbol-Length='1000' "
      "FEC-OTI-Maximum-Source-Block-Length='200' FEC-OTI-Max-Number-of-Encoding-Symbols='255'";
  const auto file = one(
      "Transfer-Length='9' FEC-OTI-Maximum-Source-Block-Length='100' Content-Type='audio/mpeg'", defaults);
  EXPECT_EQ(file.content_type, "audio/mpeg");
  EXPECT_EQ(file.content_encoding, ContentEncoding::gzip);
  fec::Oti oti;
  oti.encoding = fec::Encoding::reed_solomon;
  oti.length = 9, oti.symbol = 1000, oti.max_block = 100, oti.max_symbols = 255;
  EXPECT_EQ(file.oti, oti);
}

TEST(Fdt, ReadsSchemeSpecificInfo) {
  const std::string common =
      "Content-Length='1' FEC-OTI-Encoding-Symbol-Length='1280' FEC-OTI-Maximum-Source-Block-Length='9' "
      "FEC-OTI-Scheme-Specific-Info=";
  const auto raptorq = one(common + "'AgEEBA==' FEC-OTI-FEC-Encoding-ID='6'").oti.value();  // 02 0104 04
  EXPECT_EQ(raptorq.blocks, 2);
  EXPECT_EQ(raptorq.sub_blocks, 260);
  EXPECT_EQ(raptorq.alignment, 4);
  const auto rs = one(common + "'CAM=' FEC-OTI-FEC-Encoding-ID='2'").oti.value();  // m = 8, G = 3
  EXPECT_EQ(rs.group, 3);
  const std::string entry = "TOI='1' Content-Location='a' " + common;
  EXPECT_EQ(skipped(entry + "'BAM=' FEC-OTI-FEC-Encoding-ID='2'"), "FEC-OTI-Scheme-Specific-Info");  // m = 4
  EXPECT_EQ(skipped(entry + "'CAM=' FEC-OTI-FEC-Encoding-ID='6'"), "FEC-OTI-Scheme-Specific-Info");
  EXPECT_EQ(skipped(entry + "'!' FEC-OTI-FEC-Encoding-ID='6'"), "FEC-OTI-Scheme-Specific-Info");
}

TEST(Fdt, KnowsNoOtiWithoutSymbolLengthOrTransferLength) {
  EXPECT_FALSE(one("Content-Length='1' FEC-OTI-FEC-Encoding-ID='5'").oti);
  EXPECT_FALSE(one("FEC-OTI-Encoding-Symbol-Length='1000'").oti);
  // The length of coded content is not the length of what is sent.
  EXPECT_FALSE(one("Content-Length='1' Content-Encoding='gzip' FEC-OTI-Encoding-Symbol-Length='1000'").oti);
  EXPECT_FALSE(one("Content-Length='1' FEC-OTI-Encoding-Symbol-Length='1000'").oti);
  EXPECT_TRUE(
      one("Content-Length='1' FEC-OTI-Encoding-Symbol-Length='1000' FEC-OTI-Maximum-Source-Block-Length='9'")
          .oti);
}

TEST(Fdt, LeavesOutWhatIsWrongAlone) {
  const auto out = read(
      "<FDT-Instance><File TOI='1' Content-Location='good'/><File TOI='1' Content-Location='twice'/>"
      "<File TOI='x' Content-Location='bad'/><File TOI='3'/><File TOI='4' "
      "Content-Location='good'/></FDT-Instance>");
  EXPECT_EQ(out.fdt.files.size(), 2U);
  ASSERT_EQ(out.skipped.size(), 3U);
  EXPECT_EQ(out.skipped[0].code, "fdt.toi_twice");
  EXPECT_EQ(out.skipped[0].args.at("file"), "twice");
  for (const auto& refusal : out.skipped)
    for (const auto language : {Language::zh, Language::en}) {
      EXPECT_TRUE(has_text(language, "refusal." + refusal.code));
      EXPECT_EQ(text(language, refusal).find('{'), std::string::npos) << text(language, refusal);
    }
}

TEST(Fdt, NamesWhatIsWrongWithAnEntry) {
  const std::string entry = "TOI='1' Content-Location='a' ";
  EXPECT_EQ(skipped("TOI='1'"), "Content-Location");
  EXPECT_EQ(skipped("TOI='1' Content-Location=''"), "Content-Location");
  EXPECT_EQ(skipped("TOI='1' Content-Location='" + std::string(5000, 'a') + "'"), "Content-Location");
  EXPECT_EQ(skipped("Content-Location='a'"), "TOI");
  for (const auto* toi : {"", "0", "-1", "+1", "1.0", "0x1", "1e3", "5192296858534827628530496329220096",
                          "99999999999999999999999999999999999999999999999"})
    EXPECT_EQ(skipped(std::string("Content-Location='a' TOI='") + toi + "'"), "TOI") << toi;
  for (const auto* length :
       {"", "-1", "1x", "281474976710656", "18446744073709551616", "99999999999999999999999999"}) {
    EXPECT_EQ(skipped(entry + "Content-Length='" + length + "'"), "Content-Length") << length;
    EXPECT_EQ(skipped(entry + "Transfer-Length='" + length + "'"), "Transfer-Length") << length;
  }
  EXPECT_EQ(skipped(entry + "Content-Encoding='brotli'"), "Content-Encoding");
  EXPECT_EQ(skipped(entry + "Content-MD5='AAAA'"), "Content-MD5");
  const auto oti = entry + "Content-Length='1' FEC-OTI-Encoding-Symbol-Length=";
  EXPECT_EQ(skipped(oti + "'65536'"), "FEC-OTI-Encoding-Symbol-Length");
  EXPECT_EQ(skipped(oti + "'-1'"), "FEC-OTI-Encoding-Symbol-Length");
  EXPECT_EQ(skipped(oti + "'1' FEC-OTI-FEC-Encoding-ID='256'"), "FEC-OTI-FEC-Encoding-ID");
  EXPECT_EQ(skipped(oti + "'1' FEC-OTI-FEC-Encoding-ID='3'"), "FEC-OTI-FEC-Encoding-ID");
  EXPECT_EQ(skipped(oti + "'1' FEC-OTI-FEC-Instance-ID='65536'"), "FEC-OTI-FEC-Instance-ID");
  EXPECT_EQ(skipped(oti + "'1' FEC-OTI-Maximum-Source-Block-Length='4294967296'"),
            "FEC-OTI-Maximum-Source-Block-Length");
  EXPECT_EQ(skipped(oti + "'1' FEC-OTI-Max-Number-of-Encoding-Symbols='-5'"),
            "FEC-OTI-Max-Number-of-Encoding-Symbols");
}

TEST(Fdt, ReadsTheLargestNumbers) {
  EXPECT_EQ(one("Transfer-Length='140737488355328'").transfer_length, std::uint64_t{1} << 47);
  const auto fdt = read(
      "<FDT-Instance><File TOI='5192296858534827628530496329220095' Content-Location='a'/></FDT-Instance>");
  EXPECT_EQ(fdt.fdt.files.at(0).toi, (Toi{0xffff'ffff'ffff, ~0ULL}));
}

TEST(Fdt, ReadsExpiresOverTheEndOfNtpsEra) {
  const auto expires = [](const std::string& ntp) {
    return read("<FDT-Instance Expires='" + ntp + "'/>").fdt.expires;
  };
  EXPECT_EQ(expires("4294967295"), 2085978495);  // the era's last second, in February 2036
  EXPECT_EQ(expires("0"), 2085978496);           // and the next one
  EXPECT_EQ(expires("4294967296"), 2085978496);  // as senders write it that count on
  EXPECT_EQ(read("<FDT-Instance/>").fdt.expires, std::nullopt);
  for (const auto* wrong : {"", "-1", "soon", "99999999999999999999999"})
    EXPECT_EQ(refusal("<FDT-Instance Expires='" + std::string(wrong) + "'/>"), "fdt.bad_attribute") << wrong;
}

TEST(Fdt, RefusesWhatIsNoXml) {
  EXPECT_EQ(refusal(""), "fdt.not_xml");
  EXPECT_EQ(refusal("hello"), "fdt.not_xml");
  EXPECT_EQ(refusal(kSample.substr(0, 300)), "fdt.not_xml");
  EXPECT_EQ(refusal(std::string(1000, '\0')), "fdt.not_xml");
  EXPECT_EQ(refusal("<html/>"), "fdt.no_instance");
}

TEST(Fdt, ExpandsNoEntities) {
  std::string bomb = "<!DOCTYPE f [<!ENTITY a '";
  bomb += std::string(1000, 'x') + "'>";
  for (char c = 'b'; c < 'j'; ++c) {
    bomb += std::string("<!ENTITY ") + c + " '";
    for (int i = 0; i < 10; ++i) bomb += std::string("&") + static_cast<char>(c - 1) + ";";
    bomb += "'>";
  }
  bomb +=
      "<!ENTITY file SYSTEM 'file:///etc/passwd'>]><FDT-Instance><File TOI='1' "
      "Content-Location='&i;&file;&amp;'/></FDT-Instance>";
  const auto fdt = read(bomb);
  EXPECT_EQ(fdt.fdt.files.at(0).location, "&i;&file;&");
}

TEST(Fdt, BearsDepthAndBulk) {
  std::string deep;
  for (int i = 0; i < 300'000; ++i) deep += "<a>";
  EXPECT_EQ(refusal(deep), "fdt.not_xml");
  std::string closed = "<FDT-Instance>" + deep;
  for (int i = 0; i < 300'000; ++i) closed += "</a>";
  EXPECT_EQ(refusal(closed + "</FDT-Instance>"), "");
  EXPECT_EQ(refusal("<FDT-Instance>" + std::string(kFdtLimit, ' ') + "</FDT-Instance>"), "fdt.too_large");
  std::string bulk;
  for (int i = 0; i < 1'000'001; ++i) bulk += "<a/>";
  EXPECT_EQ(refusal("<FDT-Instance>" + bulk + "</FDT-Instance>"), "fdt.too_large");
}

TEST(Fdt, ReadsThousandsOfFilesAndNoMoreThanItsBound) {
  std::string files;
  for (std::size_t i = 1; i <= kMostFiles; ++i)
    files += "<File TOI='" + std::to_string(i) + "' Content-Location='l/" + std::to_string(i) + "'/>";
  EXPECT_EQ(read("<FDT-Instance>" + files + "</FDT-Instance>").fdt.files.size(), kMostFiles);
  EXPECT_EQ(refusal("<FDT-Instance>" + files + "<File/></FDT-Instance>"), "fdt.too_many_files");
}

// What pugixml has allocated, and the most of it at once.
std::size_t kept = 0, most_kept = 0;
void* keep(std::size_t size) {
  auto* at = static_cast<std::size_t*>(std::malloc(size + 16));
  *at = size;
  most_kept = std::max(most_kept, kept += size);
  return at + 2;
}
void give_up(void* at) {
  auto* begin = static_cast<std::size_t*>(at) - 2;
  kept -= *begin;
  std::free(begin);
}

TEST(Fdt, TakesNoMoreMemoryThanItSaysBefore) {
  std::string files, text;
  for (std::size_t i = 1; i <= 20'000; ++i)
    files += "<File TOI='" + std::to_string(i) + "' Content-Location='lessons/of/a/year/" +
             std::to_string(i) + "'/>";
  for (int i = 0; i < 200'000; ++i) text += "<a>b</a>";
  for (const auto& inside : {files, text, std::string("<File") + std::string(1000, ' ') + "/>"}) {
    const auto xml = "<FDT-Instance>" + inside + "</FDT-Instance>";
    FdtMemory said;
    said.add(std::span(reinterpret_cast<const std::uint8_t*>(xml.data()), xml.size()));
    EXPECT_EQ(said.text(), xml.size());
    kept = most_kept = 0;
    pugi::set_memory_management_functions(keep, give_up);
    const auto fdt = read(xml);
    pugi::set_memory_management_functions(std::malloc, std::free);
    std::size_t answer = fdt.fdt.files.capacity() * sizeof(File);
    for (const auto& file : fdt.fdt.files) answer += file.location.capacity();
    constexpr std::size_t kPage = 64 << 10;  // pugixml's first
    EXPECT_LE(xml.size() + most_kept + answer, said.bytes() + kPage);
    EXPECT_EQ(kept, 0U);
  }
}

TEST(Fdt, NamesAtMostTwentyWrongEntries) {
  std::string files;
  for (int i = 0; i < 1000; ++i) files += "<File TOI='0' Content-Location='x'/>";
  EXPECT_EQ(read("<FDT-Instance>" + files + "</FDT-Instance>").skipped.size(), 20U);
}

}  // namespace
}  // namespace edu::flute
