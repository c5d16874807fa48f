#include <sstream>

#include <pugixml.hpp>

#include "base/base64.h"
#include "flute/fdt.h"
#include "flute/fdt_oti.h"
#include "flute/ntp.h"

namespace edu::flute {
namespace {

const char* text_of(ContentEncoding encoding) {
  switch (encoding) {
    case ContentEncoding::gzip:
      return "gzip";
    case ContentEncoding::zlib:
      return "zlib";
    case ContentEncoding::deflate:
      return "deflate";
    case ContentEncoding::none:
      break;
  }
  return "";
}

std::string decimal(const Toi& toi) {
  __extension__ using Wide = unsigned __int128;
  std::string digits;
  for (auto value = Wide{toi.high} << 64 | toi.low; value; value /= 10)
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
  return digits;
}

void add(pugi::xml_node& element, const std::string& name, const std::string& value) {
  element.append_attribute(name.c_str()).set_value(value.c_str());
}

void write_file(pugi::xml_node& instance, const File& file) {
  auto element = instance.append_child("File");
  add(element, "TOI", decimal(file.toi));
  add(element, "Content-Location", file.location);
  if (file.content_length) add(element, "Content-Length", std::to_string(*file.content_length));
  if (file.transfer_length && file.transfer_length != file.content_length)
    add(element, "Transfer-Length", std::to_string(*file.transfer_length));
  if (!file.content_type.empty()) add(element, "Content-Type", file.content_type);
  if (file.content_encoding != ContentEncoding::none)
    add(element, "Content-Encoding", text_of(file.content_encoding));
  if (file.md5) add(element, "Content-MD5", to_base64(*file.md5));
  if (!file.oti) return;
  for (const auto& [name, value] : oti_attributes(*file.oti)) add(element, name, value);
}

}  // namespace

std::string write_fdt(const Fdt& fdt, std::uint8_t flute_version) {
  pugi::xml_document document;
  auto declaration = document.append_child(pugi::node_declaration);
  add(declaration, "version", "1.0");
  add(declaration, "encoding", "UTF-8");
  auto instance = document.append_child("FDT-Instance");
  add(instance, "xmlns", flute_version == 1 ? "http://www.example.com/flute" : "urn:ietf:params:xml:ns:fdt");
  if (fdt.expires) add(instance, "Expires", std::to_string(ntp_from_unix(*fdt.expires)));
  if (fdt.complete) add(instance, "Complete", "true");
  for (const auto& file : fdt.files) write_file(instance, file);
  std::ostringstream out;
  document.save(out, "", pugi::format_raw, pugi::encoding_utf8);
  return std::move(out).str();
}

}  // namespace edu::flute
