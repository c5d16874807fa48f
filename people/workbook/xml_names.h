// Walking XML whose namespace prefixes are the writer's choice: names are compared without them.
#pragma once

#include <string>
#include <string_view>

#include <pugixml.hpp>

namespace edu::workbook {

inline std::string_view local_name(std::string_view name) { return name.substr(name.find(':') + 1); }

inline bool is(const pugi::xml_node& node, std::string_view name) { return local_name(node.name()) == name; }

inline pugi::xml_node child(const pugi::xml_node& parent, std::string_view name) {
  for (const auto& node : parent.children())
    if (is(node, name)) return node;
  return {};
}

inline std::string attribute(const pugi::xml_node& node, std::string_view name) {
  for (const auto& one : node.attributes())
    if (local_name(one.name()) == name) return one.value();
  return {};
}

}  // namespace edu::workbook
