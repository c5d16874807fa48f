// /api/v1/sources: the ways by which courseware comes; catalogues are added, tried and taken away here.
#include "web/api/context.h"

namespace edu::web {
namespace {

std::string time_text(const std::optional<WallTime>& at, const Zone& zone) {
  return at ? zone.iso8601(*at) : std::string();
}

Table table_of(const std::vector<receiver::SourceState>& states, const Zone& zone, Language language) {
  Table table;
  table.title = text(language, "source.title");
  for (const auto* key : {"name", "means", "where", "trust", "state", "problem", "heard", "next", "origin"})
    table.columns.push_back({key, text(language, std::string("source.column.") + key)});
  for (const auto& one : states)
    table.rows.push_back({one.name, text(language, "book.means." + one.means), one.where,
                          text(language, std::string("source.trust.") + receiver::name_of(one.trust)),
                          text(language, "source.state." + one.state),
                          one.problem ? text(language, *one.problem) : "", time_text(one.heard, zone),
                          time_text(one.next, zone), one.origin});
  return table;
}

awaitable<Response> list(Context& context, Request request) {
  const auto states = context.rooms.sources.states();
  co_return table_answer(request, table_of(states, context.rooms.zone, request.language));
}

Result<std::vector<std::string>> texts_or_none(const json::object& body, std::string_view name) {
  if (!body.contains(name)) return std::vector<std::string>();
  return member_texts(body, name);
}

// What it says is checked by whoever takes it (receiver/catalogue/catalogues.h).
Result<config::Catalogue> catalogue_of(const json::object& body) {
  config::Catalogue catalogue;
  const auto url = member_text(body, "url");
  if (!url) return Unexpected(url.error());
  auto mirrors = texts_or_none(body, "mirrors");
  if (!mirrors) return Unexpected(mirrors.error());
  catalogue.name = member_or(body, "name", *url);
  catalogue.url = *url;
  catalogue.mirrors = *std::move(mirrors);
  catalogue.trust = member_or(body, "trust", "");
  catalogue.window = member_or(body, "window", "");
  catalogue.proxy = member_or(body, "proxy", "");
  catalogue.ca_file = member_or(body, "ca_file", "");
  catalogue.interval = config::minutes(get_int(body, "interval_min", catalogue.interval.count()));
  catalogue.rate_kbit = static_cast<std::uint64_t>(std::max<std::int64_t>(0, get_int(body, "rate_kbit")));
  return catalogue;
}

awaitable<Response> add(Context& context, Request request) {
  const auto body = json_body(request);
  if (!body) co_return problem(request.language, body.error());
  const auto name = member_text(*body, "name");
  if (!name) co_return problem(request.language, name.error());
  const auto catalogue = catalogue_of(*body);
  if (!catalogue) co_return problem(request.language, catalogue.error());
  auto adding = context.rooms.catalogues.add(*catalogue, kActor);
  const auto added = co_await std::move(adding);
  if (!added) co_return problem(request.language, added.error());
  json::object result;
  result["name"] = *name;
  const Args args{{"name", *name}, {"url", catalogue->url}};
  co_return done_answer(request, result, text(request.language, "source.added", args), 201);
}

awaitable<Response> remove(Context& context, Request request) {
  const auto body = json_body(request);
  if (!body) co_return problem(request.language, body.error());
  const auto name = member_text(*body, "name");
  if (!name) co_return problem(request.language, name.error());
  auto removing = context.rooms.catalogues.remove(*name, kActor);
  const auto removed = co_await std::move(removing);
  if (!removed) co_return problem(request.language, removed.error());
  json::object result;
  result["name"] = *name;
  co_return done_answer(request, result, text(request.language, "source.removed", {{"name", *name}}));
}

// A catalogue by its name, or one that is not added yet by its URL.
Result<config::Catalogue> catalogue_to_test(Context& context, const json::object& body) {
  if (body.contains("url")) {
    auto catalogue = catalogue_of(body);
    if (catalogue) catalogue->name = "test";
    return catalogue;
  }
  const auto name = member_text(body, "name");
  if (!name) return Unexpected(name.error());
  if (const auto* known = context.rooms.catalogues.find(*name)) return *known;
  return refuse("catalogue.unknown", {{"name", *name}}, Refusal::Kind::not_found);
}

awaitable<Response> test(Context& context, Request request) {
  const auto body = json_body(request);
  if (!body) co_return problem(request.language, body.error());
  const auto catalogue = catalogue_to_test(context, *body);
  if (!catalogue) co_return problem(request.language, catalogue.error());
  auto testing = context.rooms.catalogues.test(*catalogue);
  const auto found = co_await std::move(testing);
  if (!found) co_return problem(request.language, found.error());
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

}  // namespace

void add_source_routes(Router& router, Context& context) {
  router.add("GET", "/api/v1/sources", with(context, list));
  router.add("POST", "/api/v1/sources", with(context, add));
  router.add("POST", "/api/v1/sources/test", with(context, test));
  router.add("POST", "/api/v1/sources/remove", with(context, remove));
}

}  // namespace edu::web
