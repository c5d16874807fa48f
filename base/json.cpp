#include "base/json.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace edu {
namespace {

void write_string(std::string& out, std::string_view text) {
  const auto normal = nfc(text);
  if (!normal) throw std::logic_error("canonical JSON: text is not UTF-8");
  out += '"';
  for (const char c : *normal) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20)
          out += fmt::format("\\u{:04x}", static_cast<int>(c));
        else
          out += c;
    }
  }
  out += '"';
}

void write(std::string& out, const json::value& value);

void write_object(std::string& out, const json::object& object) {
  std::vector<const json::key_value_pair*> members;
  members.reserve(object.size());
  for (const auto& member : object) members.push_back(&member);
  std::ranges::sort(members, {}, [](const auto* m) { return std::string_view(m->key()); });
  out += '{';
  for (const auto* member : members) {
    if (member != members.front()) out += ',';
    write_string(out, member->key());
    out += ':';
    write(out, member->value());
  }
  out += '}';
}

void write_array(std::string& out, const json::array& array) {
  out += '[';
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (i != 0) out += ',';
    write(out, array[i]);
  }
  out += ']';
}

void write(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::object:
      return write_object(out, value.get_object());
    case json::kind::array:
      return write_array(out, value.get_array());
    case json::kind::string:
      return write_string(out, value.get_string());
    case json::kind::int64:
      out += std::to_string(value.get_int64());
      return;
    case json::kind::uint64:
      out += std::to_string(value.get_uint64());
      return;
    default:
      throw std::logic_error("canonical JSON holds integers and strings only");
  }
}

constexpr std::size_t kMaxDepth = 32;  // deeper than any form of ours; bounds the parser's stack

}  // namespace

std::string canonical(const json::value& value) {
  std::string out;
  write(out, value);
  return out;
}

Result<json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::parser parser({}, options);
  boost::system::error_code error;
  const auto read = parser.write_some(text.data(), text.size(), error);
  if (!error && text.substr(read).find_first_not_of(" \t\r\n") != std::string_view::npos)
    error = json::error::extra_data;
  if (error) return refuse("json", {{"where", std::to_string(read)}, {"what", error.message()}});
  return parser.release();
}

std::string get_string(const json::object& object, std::string_view name, std::string_view fallback) {
  const auto* value = object.if_contains(name);
  const auto* text = value ? value->if_string() : nullptr;
  return std::string(text ? std::string_view(*text) : fallback);
}

std::int64_t get_int(const json::object& object, std::string_view name, std::int64_t fallback) {
  const auto* value = object.if_contains(name);
  if (!value) return fallback;
  if (const auto* number = value->if_int64()) return *number;
  if (const auto* number = value->if_uint64()) return static_cast<std::int64_t>(*number);
  return fallback;
}

const json::array& get_array(const json::object& object, std::string_view name) {
  static const json::array none;
  const auto* value = object.if_contains(name);
  return value && value->is_array() ? value->get_array() : none;
}

const json::object& get_object(const json::object& object, std::string_view name) {
  static const json::object none;
  const auto* value = object.if_contains(name);
  return value && value->is_object() ? value->get_object() : none;
}

}  // namespace edu
