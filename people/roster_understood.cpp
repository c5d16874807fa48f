#include "base/text.h"
#include "people/roster_file.h"

namespace edu::people {
namespace {

constexpr std::size_t kMostShown = 8;  // of a list in a sentence

std::string joined(const std::vector<std::string>& items, Language language) {
  std::string out;
  for (std::size_t i = 0; i < items.size() && i < kMostShown; ++i)
    out += (i == 0 ? "" : text(language, "people.list_separator")) + items[i];
  if (items.size() > kMostShown)
    out = text(language, "people.and_more", {{"items", out}, {"count", std::to_string(items.size())}});
  return out;
}

std::string separator_name(char separator, Language language) {
  if (separator == '\t') return text(language, "people.read.tab");
  if (separator == ';') return text(language, "people.read.semicolon");
  if (separator == ',') return text(language, "people.read.comma");
  return std::string(1, separator);
}

std::string skipped_rows(const Understood& understood, Language language) {
  std::vector<std::string> rows;
  for (const auto& row : understood.skipped)
    rows.push_back(
        text(language, "people.read.row", {{"line", std::to_string(row.line)}, {"text", row.text}}));
  return joined(rows, language);
}

}  // namespace

std::string understood_text(Language language, const Understood& understood) {
  std::string out;
  const auto say = [&](const std::string& key, const Args& args = {}) {
    out += (out.empty() ? "" : "\n") + text(language, "people.read." + key, args);
  };
  const auto line = std::to_string(understood.heading_line);
  if (understood.kind == "csv")
    say("text_file", {{"encoding", understood.encoding},
                      {"separator", separator_name(understood.separator, language)},
                      {"line", line}});
  else
    say("workbook", {{"kind", understood.kind}, {"sheet", understood.sheet}, {"line", line}});
  if (!understood.other_sheets.empty())
    say("other_sheets", {{"sheets", joined(understood.other_sheets, language)}});
  say("columns", {{"columns", joined(understood.columns, language)}});
  if (!understood.unknown_columns.empty())
    say("unknown_columns", {{"columns", joined(understood.unknown_columns, language)}});
  if (understood.number_is_line) say("number_is_line");
  if (!understood.skipped.empty()) say("skipped", {{"rows", skipped_rows(understood, language)}});
  return out;
}

json::object understood_json(const Understood& understood) {
  const auto list = [](const std::vector<std::string>& items) {
    return json::array(items.begin(), items.end());
  };
  json::object out;
  out["kind"] = understood.kind;
  if (understood.kind == "csv") {
    out["encoding"] = understood.encoding;
    out["separator"] = std::string(1, understood.separator);
  } else {
    out["sheet"] = understood.sheet;
    out["other_sheets"] = list(understood.other_sheets);
  }
  out["heading_line"] = understood.heading_line;
  out["columns"] = list(understood.columns);
  out["unknown_columns"] = list(understood.unknown_columns);
  out["number_is_line"] = understood.number_is_line;
  json::array skipped;
  for (const auto& row : understood.skipped) {
    json::object one;
    one["line"] = row.line;
    one["text"] = row.text;
    skipped.push_back(std::move(one));
  }
  out["skipped"] = std::move(skipped);
  return out;
}

}  // namespace edu::people
