// /api/v1/sources: the ways by which courseware comes; catalogues are added, tried and taken away here.
#include "web/api/context.h"

namespace edu::web {
namespace {

Cell time_cell(const std::optional<WallTime>& at, const Zone& zone) {
  return at ? Cell(zone.instant(*at)) : Cell(Text());
}

Table table_of(const std::vector<receiver::SourceState>& states, const Zone& zone, Language language) {
  auto table = headed(language, "source.column",
                      {"name", "means", "where", "trust", "state", "problem", "heard", "next", "origin"});
  table.title = text(language, "source.title");
  for (const auto& one : states)
    table.rows.push_back({one.name, text(language, "book.means." + one.means), one.where,
                          text(language, std::string("source.trust.") + receiver::name_of(one.trust)),
                          text(language, "source.state." + one.state),
                          one.problem ? text(language, *one.problem) : "", time_cell(one.heard, zone),
                          time_cell(one.next, zone), one.origin});
  name_year(table);
  return table;
}

// What it says is checked by the room that takes it (receiver/catalogue/catalogues.h).
config::Catalogue catalogue_of(Asked& asked) {
  config::Catalogue catalogue;
  catalogue.url = asked.text("url");
  if (asked.has("mirrors")) catalogue.mirrors = asked.texts("mirrors");
  catalogue.name = asked.text_or("name", catalogue.url);
  catalogue.trust = asked.text_or("trust", "");
  catalogue.window = asked.text_or("window", "");
  catalogue.proxy = asked.text_or("proxy", "");
  catalogue.ca_file = asked.text_or("ca_file", "");
  catalogue.interval = config::minutes(get_int(asked.body(), "interval_min", catalogue.interval.count()));
  catalogue.rate_kbit =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, get_int(asked.body(), "rate_kbit")));
  return catalogue;
}

// A catalogue by its name, or one that is not added yet by its URL.
config::Catalogue catalogue_to_test(const Context& context, Asked& asked) {
  if (asked.has("url")) {
    auto catalogue = catalogue_of(asked);
    catalogue.name = "test";
    return catalogue;
  }
  const auto name = asked.text("name");
  if (const auto* known = context.rooms.catalogues.find(name)) return *known;
  asked.refuse({"catalogue.unknown", {{"name", name}}, Refusal::Kind::not_found});
  return {};
}

}  // namespace

Answer list_sources(Context& context, Request request) {
  const auto states = context.rooms.sources.states();
  co_return table_answer(request, table_of(states, context.rooms.zone, request.language));
}

Answer add_source(Context& context, Request request) {
  Asked asked(request);
  const auto name = asked.text("name");
  const auto catalogue = catalogue_of(asked);
  if (!asked) co_return asked.refused();
  const auto added = co_await context.rooms.catalogues.add(catalogue, request.caller.actor);
  if (!added) co_return Unexpected(added.error());
  json::object result;
  result["name"] = name;
  const Args args{{"name", name}, {"url", catalogue.url}};
  co_return done_answer(request, result, text(request.language, "source.added", args), 201);
}

Answer remove_source(Context& context, Request request) {
  Asked asked(request);
  const auto name = asked.text("name");
  if (!asked) co_return asked.refused();
  const auto removed = co_await context.rooms.catalogues.remove(name, request.caller.actor);
  if (!removed) co_return Unexpected(removed.error());
  json::object result;
  result["name"] = name;
  co_return done_answer(request, result, text(request.language, "source.removed", {{"name", name}}));
}

Answer test_source(Context& context, Request request) {
  Asked asked(request);
  const auto catalogue = catalogue_to_test(context, asked);
  if (!asked) co_return asked.refused();
  const auto found = co_await context.rooms.catalogues.test(catalogue);
  if (!found) co_return Unexpected(found.error());
  json::object result;
  result["title"] = found->title;
  result["feed"] = found->feed;
  result["entries"] = found->entries;
  result["passed_over"] = found->passed_over;
  result["signed_by"] = found->signed_by;
  const Args args{{"title", found->title},
                  {"count", std::to_string(found->entries)},
                  {"passed", std::to_string(found->passed_over)},
                  {"name", found->signed_by}};
  auto sentence = text(request.language, found->feed ? "source.found_feed" : "source.found_catalogue", args);
  sentence += text(request.language,
                   found->signed_by.empty() ? "source.found_unsigned" : "source.found_signed", args);
  co_return done_answer(request, result, sentence);
}

}  // namespace edu::web
