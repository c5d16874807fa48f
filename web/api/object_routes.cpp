// /api/v1/objects: what comes in by multicast, what it still lacks, and how a neighbour helps out.
#include "library/courses.h"
#include "receiver/channels/neighbour.h"
#include "web/api/channels.h"
#include "web/api/context.h"

namespace edu::web {
namespace {

Table objects_table(const std::vector<multicast::ChannelStatus>& channels, const Zone& zone,
                    Language language) {
  auto table = headed(
      language, "object.column",
      {"no", "channel", "name", "size", "received", "blocks_missing", "expected", "session", "hindrance"});
  table.title = text(language, "object.title");
  for (const auto& channel : channels)
    for (const auto& one : channel.objects)
      table.rows.push_back({Count{static_cast<std::int64_t>(one.no)}, channel.name, one.name,
                            Bytes{one.bytes}, Percent{percent_received(one)},
                            Count{static_cast<std::int64_t>(one.blocks_missing)},
                            one.blocks_missing == 0 ? "" : expected_text(one.passes, zone, language),
                            one.session, one.why ? text(language, *one.why) : ""});
  return table;
}

}  // namespace

Answer list_objects(Context& context, Request request) {
  co_return table_answer(
      request, objects_table(context.rooms.channels.status(), context.rooms.zone, request.language));
}

Answer show_object(Context& context, Request request) {
  const auto no = request.capture("no");
  auto table = objects_table(context.rooms.channels.status(), context.rooms.zone, request.language);
  std::erase_if(table.rows, [&](const auto& row) { return shown(table, row.at(0)) != no; });
  if (table.rows.empty()) co_return refuse("receiver.no_object", {{"no", no}}, Refusal::Kind::not_found);
  co_return table_answer(request, turned(table, request.language));
}

Answer list_gaps(Context& context, Request request) {
  Asked asked(request);
  const auto no = asked.number("no");
  if (!asked) co_return asked.refused();
  const auto found = co_await context.rooms.channels.gaps(no, receiver::kMostRuns);
  if (!found) co_return Unexpected(found.error());
  const auto list = receiver::gap_list(*found, no);
  if (!list) co_return Unexpected(list.error());
  auto answer = receiver::to_json(*list);
  answer["expected"] = passes_json(found->passes);
  co_return json_answer(answer);
}

Answer answer_gaps(Context& context, Request request) {
  const auto gaps = receiver::read_gaps(request.body);
  if (!gaps) co_return Unexpected(gaps.error());
  auto work = [&store = context.rooms.store, wanted = *gaps](Database& database) {
    return receiver::repair_for(database, store, wanted);
  };
  auto repair = co_await read(context, work);
  if (!repair) co_return Unexpected(repair.error());
  Response response;
  response.content_type = "application/octet-stream";
  response.body = *std::move(repair);
  co_return response;
}

Answer apply_repair(Context& context, Request request) {
  const auto repair = receiver::read_repair(request.body);
  if (!repair) co_return Unexpected(repair.error());
  const auto applied = co_await receiver::apply(context.rooms.channels, *repair);
  if (!applied) co_return Unexpected(applied.error());
  json::object result;
  result["bytes"] = *applied;
  co_return done_answer(request, result,
                        text(request.language, "object.filled", {{"size", library::size_text(*applied)}}));
}

Answer fetch_gaps(Context& context, Request request) {
  Asked asked(request);
  const auto no = asked.number("no");
  if (!asked) co_return asked.refused();
  const auto order = co_await context.rooms.web_fill.order(no);
  if (!order) co_return Unexpected(order.error());
  json::object result;
  result["name"] = order->name;
  result["url"] = order->url;
  result["bytes"] = order->bytes;
  const Args args{{"name", order->name}, {"url", order->url}, {"size", library::size_text(order->bytes)}};
  co_return done_answer(request, result, text(request.language, "object.web_begun", args), 202);
}

}  // namespace edu::web
