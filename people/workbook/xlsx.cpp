// XLSX: a ZIP file of XML parts (ECMA-376 part 1, 12.3 and 18). Names of parts come from the relations;
// prefixes and the namespace (transitional or strict) do not matter.
#include <charconv>
#include <cstdlib>
#include <map>
#include <vector>

#include "people/workbook/grid.h"
#include "people/workbook/ods.h"
#include "people/workbook/readers.h"
#include "people/workbook/xml_names.h"
#include "people/workbook/zip_parts.h"

namespace edu::workbook {
namespace {

Unexpected bad(const std::string& what) { return refuse("people.workbook_bad", {{"what", what}}); }

std::size_t count_of(std::string_view digits, std::size_t otherwise) {
  std::size_t value = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  return error == std::errc() && stop == end ? value : otherwise;
}

struct Place {
  std::size_t row = 0, column = 0;
};

// "B3", from 0; what is none leaves `otherwise`.
Place place_of(std::string_view name, Place otherwise) {
  std::size_t column = 0, at = 0;
  for (; at < name.size() && name[at] >= 'A' && name[at] <= 'Z' && column < 20'000; ++at)
    column = column * 26 + static_cast<std::size_t>(name[at] - 'A' + 1);
  const auto row = count_of(name.substr(at), 0);
  if (at == 0 || row == 0) return otherwise;
  return {row - 1, column - 1};
}

// Characters that XML cannot hold stand as _x000D_.
std::string unescaped(std::string text) {
  for (const std::string_view blank : {"_x000D_", "_x000d_", "_x000A_", "_x000a_", "_x0009_"})
    for (auto at = text.find(blank); at != text.npos; at = text.find(blank, at))
      text.replace(at, blank.size(), "\n");
  return text;
}

// A text is in one piece or in runs; what tells how Japanese is spoken is no part of it.
std::string text_of(const pugi::xml_node& item) {
  std::string out;
  for (const auto& node : item.children()) {
    if (is(node, "t")) out += node.text().get();
    if (is(node, "r")) out += child(node, "t").text().get();
  }
  return unescaped(std::move(out));
}

class Xlsx {
 public:
  explicit Xlsx(const ZipParts& parts) : parts_(parts) {}

  Result<Workbook> read() {
    const auto main = main_part();
    if (main.ends_with(".bin")) return refuse("people.workbook_kind");
    const auto source = parts_.part(main);
    pugi::xml_document document;
    if (!source || !document.load_buffer(source->data(), source->size())) return bad(main);
    folder_ = main.substr(0, main.rfind('/') + 1);
    read_relations(main);
    const auto root = document.document_element();
    const auto date_system = attribute(child(root, "workbookPr"), "date1904");
    since_1904_ = date_system == "1" || date_system == "true";
    read_strings();
    read_styles();
    Workbook workbook{"xlsx", {}};
    for (const auto& sheet : child(root, "sheets").children()) {
      if (!is(sheet, "sheet") || workbook.sheets.size() >= kMostSheets) continue;
      const auto state = attribute(sheet, "state");
      Sheet made{attribute(sheet, "name"), state == "hidden" || state == "veryHidden", {}};
      const auto target = relations_.find(relation_id(sheet));
      if (target == relations_.end() || !read_sheet(target->second.part, made)) return bad(made.name);
      workbook.sheets.push_back(std::move(made));
    }
    return workbook;
  }

 private:
  struct Relation {
    std::string type, part;
  };

  // r:id; its prefix tells it from the attributes of the sheet itself.
  static std::string relation_id(const pugi::xml_node& sheet) {
    for (const auto& one : sheet.attributes()) {
      const std::string_view name = one.name();
      if (name.find(':') != name.npos && local_name(name) == "id") return one.value();
    }
    return {};
  }

  std::string main_part() const {
    if (const auto relations = parts_.part("_rels/.rels")) {
      pugi::xml_document document;
      document.load_buffer(relations->data(), relations->size());
      for (const auto& one : document.document_element().children())
        if (attribute(one, "Type").ends_with("/officeDocument"))
          return absolute("", attribute(one, "Target"));
    }
    return "xl/workbook.xml";
  }

  static std::string absolute(const std::string& folder, std::string target) {
    if (target.starts_with('/')) return target.substr(1);
    while (target.starts_with("./")) target.erase(0, 2);
    return folder + target;
  }

  void read_relations(const std::string& main) {
    const auto slash = main.rfind('/');
    const auto name = slash == main.npos ? main : main.substr(slash + 1);
    const auto source = parts_.part(folder_ + "_rels/" + name + ".rels");
    if (!source) return;
    pugi::xml_document document;
    document.load_buffer(source->data(), source->size());
    for (const auto& one : document.document_element().children())
      relations_[attribute(one, "Id")] = {attribute(one, "Type"),
                                          absolute(folder_, attribute(one, "Target"))};
  }

  std::optional<std::string> part_of_type(std::string_view type) const {
    for (const auto& [id, relation] : relations_)
      if (relation.type.ends_with(type)) return parts_.part(relation.part);
    return std::nullopt;
  }

  void read_strings() {
    const auto source = part_of_type("/sharedStrings");
    if (!source) return;
    pugi::xml_document document;
    document.load_buffer(source->data(), source->size());
    for (const auto& item : document.document_element().children())
      if (is(item, "si")) strings_.push_back(text_of(item));
  }

  void read_styles() {
    const auto source = part_of_type("/styles");
    if (!source) return;
    pugi::xml_document document;
    document.load_buffer(source->data(), source->size());
    std::map<std::size_t, std::string> formats{{2, "0.00"}};
    for (const std::size_t date : {14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58})
      formats[date] = "yyyy-mm-dd";
    for (const auto& one : child(document.document_element(), "numFmts").children())
      formats[count_of(attribute(one, "numFmtId"), 0)] = attribute(one, "formatCode");
    for (const auto& one : child(document.document_element(), "cellXfs").children())
      if (is(one, "xf")) styles_.push_back(formats[count_of(attribute(one, "numFmtId"), 0)]);
  }

  bool read_sheet(const std::string& part, Sheet& sheet) const {
    const auto source = parts_.part(part);
    pugi::xml_document document;
    if (!source || !document.load_buffer(source->data(), source->size())) return false;
    const auto root = document.document_element();
    Grid grid;
    Place place;
    for (const auto& row : child(root, "sheetData").children()) {
      if (!is(row, "row")) continue;
      place = {count_of(attribute(row, "r"), place.row + 1) - 1, 0};
      for (const auto& cell : row.children()) {
        if (!is(cell, "c")) continue;
        place = place_of(attribute(cell, "r"), place);
        grid.put(place.row, place.column, value_of(cell));
        ++place.column;
      }
      ++place.row;
    }
    for (const auto& merged : child(root, "mergeCells").children()) {
      const auto range = attribute(merged, "ref");
      const auto colon = range.find(':');
      const auto from = place_of(range.substr(0, colon), {});
      const auto to = place_of(colon == range.npos ? range : range.substr(colon + 1), from);
      if (to.row > from.row) grid.fill_down(from.row, from.column, to.row);
    }
    sheet.rows = grid.rows();
    return true;
  }

  std::string value_of(const pugi::xml_node& cell) const {
    const auto type = attribute(cell, "t");
    const std::string value = child(cell, "v").text().get();
    if (type == "inlineStr") return text_of(child(cell, "is"));
    if (type == "s") {
      const auto at = count_of(value, strings_.size());
      return at < strings_.size() ? strings_[at] : std::string();
    }
    if (!type.empty() && type != "n") return unescaped(value);
    if (value.empty()) return value;
    char* end = nullptr;
    const double number = std::strtod(value.c_str(), &end);
    if (*end != '\0') return value;
    const auto style = count_of(attribute(cell, "s"), styles_.size());
    const auto format = style < styles_.size() ? styles_[style] : std::string();
    return is_date_format(format) ? date_text(number, since_1904_) : number_text(number, format);
  }

  const ZipParts& parts_;
  std::string folder_;
  std::map<std::string, Relation> relations_;
  std::vector<std::string> strings_, styles_;  // styles: the number format of each
  bool since_1904_ = false;
};

}  // namespace

Result<Workbook> read_zip(std::string_view bytes) {
  const ZipParts parts(bytes);
  if (!parts.good()) return bad("zip");
  if (parts.locked()) return refuse("people.workbook_locked");
  if (const auto content = parts.part("content.xml")) return read_ods(*content);
  return Xlsx(parts).read();
}

}  // namespace edu::workbook
